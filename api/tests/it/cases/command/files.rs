//! What `backup` and `restore` refuse.

use super::process::run;
use entity::feed_epoch;
use sea_orm::EntityTrait;
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn postgresql_is_left_to_its_own_tools() {
    let place = tempfile::tempdir().unwrap();
    let settings = [("DATABASE_URL", "postgres://me:word@db.example/x")];
    for command in ["backup", "restore"] {
        let told = run(place.path(), &[command, "copy.db"], &settings);
        assert_eq!(told.code, 2);
        assert!(told.err.contains("pg_dump") && told.err.contains("pg_restore"), "{}", told.err);
        assert!(!told.err.contains("word"), "{}", told.err);
    }
}

#[test]
fn what_is_no_copy_is_not_put_in_the_place_of_the_database() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let settings = [("DATABASE_URL", "sqlite:live.db")];
    run(folder, &["migrate"], &settings).fine();
    let before = fs::read(folder.join("live.db")).unwrap();

    fs::write(folder.join("letter.db"), "Dear Sir or Madam, ".repeat(500)).unwrap();
    fs::write(folder.join("empty.db"), "").unwrap();
    run(folder, &["backup", "cut.db"], &settings).fine();
    let whole = fs::read(folder.join("cut.db")).unwrap();
    fs::write(folder.join("cut.db"), &whole[..whole.len() / 2]).unwrap();
    for (file, why) in [
        ("none.db", "There is no file"),
        ("letter.db", "cannot be restored"),
        ("cut.db", "cannot be restored"),
        ("empty.db", "not one of partnergraph"),
        ("live.db", "is the database itself"),
    ] {
        let told = run(folder, &["restore", file], &settings);
        assert_eq!(told.code, 1, "{file}");
        assert!(told.err.contains(why), "{file}: {}", told.err);
    }
    assert!(fs::read(folder.join("live.db")).unwrap() == before, "the database was touched");

    // A damaged database is what restores are for; it is kept.
    run(folder, &["backup", "good.db"], &settings).fine();
    fs::write(folder.join("live.db"), "burnt").unwrap();
    run(folder, &["restore", "good.db"], &settings).fine();
    run(folder, &["migrate", "--status"], &settings).fine();
    let burnt = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| {
        path.to_string_lossy().contains("before-restore") && fs::read_to_string(path).is_ok_and(|text| text == "burnt")
    });
    assert!(burnt.is_some());
}

#[tokio::test]
async fn a_database_that_was_put_back_has_feeds_of_another_epoch() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let settings = [("DATABASE_URL", "sqlite:live.db")];
    let go = |arguments: &[&str]| run(folder, arguments, &settings);
    let told = go(&["feed", "new-epoch"]);
    assert_eq!((told.code, told.err.contains("There is no database")), (1, true), "{}", told.err);

    go(&["migrate"]).fine();
    let mut epochs = BTreeSet::from([epoch(folder).await]);
    let told = go(&["feed", "new-epoch"]).fine();
    let now = epoch(folder).await;
    assert!(told.contains(&now.to_string()) && epochs.insert(now), "{told}");

    go(&["backup", "copy.db"]).fine();
    for _ in 0..2 {
        fs::remove_file(folder.join("live.db")).unwrap();
        go(&["restore", "copy.db"]).fine();
        assert!(epochs.insert(epoch(folder).await), "a restore has begun no epoch of its own");
    }
    // The copy is what it was, and nothing is left beside the database.
    fs::rename(folder.join("copy.db"), folder.join("live.db")).unwrap();
    assert_eq!(epoch(folder).await, now);
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.contains("restoring")).count(), 0);
}

async fn epoch(folder: &Path) -> i64 {
    let url = format!("sqlite:{}?mode=ro", folder.join("live.db").display());
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let row = feed_epoch::Entity::find().one(&connection).await.unwrap().unwrap();
    connection.close().await.unwrap();
    row.epoch
}
