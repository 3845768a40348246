//! `partnergraph restore`.

use super::{
    backup::{private, same_file, sqlite_file},
    data,
    failure::Failed,
    terminal,
};
use crate::{
    config,
    db::{Db, DbConfig, FileFault, SqliteFile, with_suffix},
    event::feed,
    op::{Clock, RandomIds, SystemClock},
};
use clap::Args;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Put a copy made by `backup` in the place of the SQLite database.
///
/// Reads the whole copy first and refuses a damaged one. Refuses while a program has the database open. What was there
/// before is kept beside it under another name. The feeds of alerts begin a new epoch: clients whose cursors are of the
/// time after the copy are told so, instead of missing alerts in silence. For PostgreSQL it says which commands to use,
/// and exits with 2.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  DATABASE_URL=sqlite:partnergraph.db partnergraph restore backups/partnergraph-monday.db")]
pub(super) struct Restore {
    /// The copy.
    file: PathBuf,
}

impl Restore {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let config = data::from_environment(config::read_database)?;
        let place = sqlite_file(&config.url)?;
        if same_file(place.path(), &self.file) {
            return Err(Failed::new(format!("{} is the database itself.", self.file.display())));
        }
        let missing = check(&SqliteFile::at(&self.file)).await?;
        place.make_folder().map_err(|cause| failed("make the folder of", place.path(), &cause))?;

        // Copied beside its place first, so that what follows is only a change of names.
        let fresh = with_suffix(place.path(), &format!(".restoring-{}", std::process::id()));
        let prepared = match copy(&self.file, &fresh) {
            Ok(()) => renew(&config, &SqliteFile::at(&fresh)).await,
            Err(failed) => Err(failed),
        };
        let replaced = match prepared {
            Ok(()) => replace(&place, &fresh).await,
            Err(failed) => Err(failed),
        };
        if replaced.is_err() {
            let companions = SqliteFile::at(&fresh).companions();
            for path in std::iter::once(fresh.clone()).chain(companions) {
                let _ = fs::remove_file(path);
            }
        }
        if let Some(aside) = replaced? {
            terminal::say(&format!("What was there before is kept as {}.", aside.display()));
        }
        terminal::say(&format!("{} is now the copy {}.", place.path().display(), self.file.display()));
        if missing > 0 {
            terminal::note(&format!("{missing} migrations are missing: run `partnergraph migrate` before `serve`."));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// How many migrations a copy lacks.
async fn check(copy: &SqliteFile) -> Result<usize, Failed> {
    let path = copy.path().display();
    if !copy.path().is_file() {
        return Err(Failed::new(format!("There is no file {path}.")));
    }
    let [log, ..] = copy.companions();
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(Failed::new(format!("{path} has a log beside it: it is in use, or was copied by other means."))
            .advise("Make a copy with `partnergraph backup`, which leaves nothing out."));
    }
    let migrations = copy.check().await.map_err(|cause| {
        let newer = matches!(&cause, FileFault::Damaged(said) if said.contains(data::UNKNOWN_MIGRATION));
        if newer {
            Failed::new(format!("{path} was made by a newer partnergraph than this one."))
                .advise("Restore it with that.")
        } else {
            Failed::new(format!("{path} cannot be restored: {cause}.")).advise("Take an older copy.")
        }
    })?;
    if !migrations.iter().any(|migration| migration.applied) {
        return Err(Failed::new(format!("{path} is an SQLite database, but not one of partnergraph.")));
    }
    Ok(migrations.iter().filter(|migration| !migration.applied).count())
}

fn copy(from: &Path, to: &Path) -> Result<(), Failed> {
    let copied = fs::copy(from, to).and_then(|_| private(to)).and_then(|()| fs::File::open(to)?.sync_all());
    copied.map_err(|cause| failed("write", to, &cause))
}

/// Begins another epoch of the feeds: the numbers after the copy's last alert are given out a second time.
async fn renew(config: &DbConfig, fresh: &SqliteFile) -> Result<(), Failed> {
    let refused = |cause: &dyn std::fmt::Display| {
        Failed::new(format!("Cannot begin a new epoch of the feeds: {cause}."))
            .advise("Nothing was restored. Try again.")
    };
    let db = Db::open(&DbConfig { url: fresh.url(), ..config.clone() }).await.map_err(|cause| refused(&cause))?;
    let renewed = feed::renew_epoch(&db, &RandomIds::default()).await;
    data::close(&db).await;
    renewed.map_err(|fault| refused(&fault.chain()))?;
    fresh.settle().await.map_err(|cause| refused(&cause))?;
    fs::File::open(fresh.path()).and_then(|file| file.sync_all()).map_err(|cause| refused(&cause))
}

/// Puts `fresh` in its place; gives the name under which the former database is kept.
async fn replace(place: &SqliteFile, fresh: &Path) -> Result<Option<PathBuf>, Failed> {
    if !place.path().exists() {
        fs::rename(fresh, place.path()).map_err(|cause| failed("write", place.path(), &cause))?;
        return Ok(None);
    }
    match place.settle().await {
        // A damaged database is a reason for a restore, not against it; its logs go aside with it.
        Ok(()) | Err(FileFault::Damaged(_)) => {}
        Err(FileFault::InUse) => {
            return Err(Failed::new(format!("A program has {} open.", place.path().display()))
                .advise("Stop the server (`serve` or `demo`) that uses it, then restore again."));
        }
    }
    let stamp = SystemClock.now().format("%Y%m%dT%H%M%SZ");
    let aside = with_suffix(place.path(), &format!(".before-restore-{stamp}"));
    if aside.exists() {
        return Err(Failed::new(format!("{} exists already.", aside.display())).advise("Try again in a second."));
    }
    let kept = SqliteFile::at(&aside);
    let companions = place.companions().into_iter().zip(kept.companions());
    let moves = std::iter::once((place.path().to_owned(), aside.clone())).chain(companions);
    for (from, to) in moves.filter(|(from, _)| from.exists()) {
        fs::rename(&from, to).map_err(|cause| failed("move aside", &from, &cause))?;
    }
    fs::rename(fresh, place.path()).map_err(|cause| {
        failed("write", place.path(), &cause).advise(format!("The former database is {}.", aside.display()))
    })?;
    Ok(Some(aside))
}

fn failed(what: &str, path: &Path, cause: &std::io::Error) -> Failed {
    Failed::new(format!("Cannot {what} {}: {cause}.", path.display()))
}
