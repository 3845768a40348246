//! `partnergraph account-list import`: the same as an upload, by whoever runs the installation.

use crate::cases::command::process::run;
use std::fs;

#[test]
fn a_file_is_loaded_into_a_list_that_is_made_for_it() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let settings = [("DATABASE_URL", "sqlite:live.db"), ("JWT_SECRET", "0123456789abcdef0123456789abcdef")];
    run(folder, &["migrate"], &settings).fine();
    let bootstrap = ["bootstrap", "--name", "Acme", "--slug", "acme", "--owner", "admin@acme.example"];
    run(folder, &bootstrap, &settings).fine();
    fs::write(folder.join("list.csv"), "id,name,website\n1,Bolt,bolt.example\n2,Cord,\n3,,\n").unwrap();
    let load = |further: &[&str]| {
        let mut arguments = vec!["account-list", "import", "--organization", "acme", "--name", "Customers"];
        arguments.extend(further);
        run(folder, &arguments, &settings)
    };

    let unknown = load(&["list.csv"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("no list `Customers`") && unknown.err.contains("--kind"), "{}", unknown.err);
    let missing = load(&["--kind", "customers", "none.csv"]);
    assert_eq!(missing.code, 1, "{}", missing.err);

    let first = load(&["--kind", "customers", "list.csv"]);
    assert_eq!(first.code, 3, "{}{}", first.out, first.err);
    assert!(first.out.contains("2 created") && first.out.contains("1 rejected"), "{}", first.out);
    assert!(first.err.contains("Line 4") && first.err.contains("acl_"), "{}", first.err);

    fs::write(folder.join("next.csv"), "id,name,website\n1,Bolt,bolt.example\n4,Dart,\n").unwrap();
    let tried = load(&["--dry-run", "next.csv"]).fine();
    assert!(tried.contains("1 created") && tried.contains("1 removed") && tried.contains("dry run"), "{tried}");
    let merged = load(&["--mode", "merge", "next.csv"]).fine();
    assert!(merged.contains("1 created") && merged.contains("0 removed") && merged.contains("3 accounts"), "{merged}");
    let replaced = load(&["next.csv"]).fine();
    assert!(replaced.contains("2 unchanged, 1 removed") && replaced.contains("2 accounts"), "{replaced}");

    let by_id = first.err.split("acl_").nth(1).unwrap().split(')').next().unwrap();
    let list = format!("acl_{by_id}");
    fs::write(folder.join("none.csv"), "id,name\n").unwrap();
    let empty = run(folder, &["account-list", "import", "--list", &list, "none.csv"], &settings);
    assert_eq!(empty.code, 1);
    assert!(empty.err.contains("stays as it is"), "{}", empty.err);
    let same = run(folder, &["account-list", "import", "--list", &list, "next.csv"], &settings).fine();
    assert!(same.contains("2 unchanged") && same.contains("2 accounts"), "{same}");
    let nothing = run(folder, &["account-list", "import", "--list", "acl_1", "next.csv"], &settings);
    assert_eq!(nothing.code, 1, "{}", nothing.err);
}
