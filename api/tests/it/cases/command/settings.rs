//! Commands that need no database.

use super::process::run;

#[test]
fn the_schema_needs_no_setting_and_is_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(folder.path(), &["schema"], &[]).fine();
    assert_eq!(printed.trim_end(), partnergraph::schema::sdl().trim_end());
    assert!(printed.ends_with("}\n"), "one line ends the file");
}

#[test]
fn all_problems_of_the_settings_are_told_at_once_and_no_secret_is() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = [
        ("JWT_SECRET", "hush"),
        ("LISTEN", "everywhere"),
        ("DATABASE_URL", "postgres://me:whisper@db.example/x"),
        ("LOG_LEVEL", "loud"),
    ];
    let told = run(folder.path(), &["config"], &wrong);
    assert_eq!(told.code, 1);
    for name in ["JWT_SECRET", "LISTEN", "LOG_LEVEL"] {
        assert!(told.err.contains(&format!("  {name}: ")), "{}", told.err);
    }
    assert!(told.err.starts_with("error: 3 settings are wrong:"), "{}", told.err);
    assert!(told.out.contains("DATABASE_URL = postgres://***@db.example/x   (set)"), "{}", told.out);
    for secret in ["hush", "whisper"] {
        assert!(!told.out.contains(secret) && !told.err.contains(secret), "{secret}");
    }

    let refused = run(folder.path(), &["serve"], &wrong);
    assert_eq!((refused.code, refused.err), (1, told.err), "serve says the same");
}

#[test]
fn the_wrong_use_of_a_command_ends_with_2_and_help_with_0() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["fly"], &[]).code, 2);
    assert_eq!(run(folder.path(), &["demo", "--reset", "--memory"], &[]).code, 2);
    assert_eq!(
        run(folder.path(), &["token", "--person", "x", "--organization", "y", "--lifetime", "soon"], &[]).code,
        2
    );
    let help = run(folder.path(), &["--help"], &[]).fine();
    assert!(help.contains("Exit codes:") && help.contains("partnergraph demo"), "{help}");
}

#[test]
fn health_says_that_nobody_answers() {
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let told = run(folder.path(), &["health", "--address", &address], &[]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains(&address) && told.err.contains("Is the server running"), "{}", told.err);
}
