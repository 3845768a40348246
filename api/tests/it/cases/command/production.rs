//! From an empty database file to a served request, with tokens and keys, and back-ups on the way.

use super::process::{Running, data, partnergraph, post, run};
use serde_json::json;
use std::fs;

const SECRET: &str = "a secret that only this test and its servers know";
const BOOTSTRAP: [&str; 9] = [
    "bootstrap",
    "--name",
    "Our Company",
    "--slug",
    "our-company",
    "--owner",
    "Admin@Our-Company.example",
    "--owner-name",
    "Administrator of Our Company",
];
const VIEWER: &str = "{ viewer { organization { id slug } role } }";

#[tokio::test]
async fn a_new_installation_is_made_served_saved_and_put_back() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let settings =
        [("DATABASE_URL", "sqlite:data/live.db"), ("JWT_SECRET", SECRET), ("LISTEN", "127.0.0.1:0"), ("PATH", "/bin")];
    let go = |arguments: &[&str]| run(folder, arguments, &settings);

    // Nothing serves or changes a database that is not there or not migrated, and each says what to do.
    for arguments in [&["serve"][..], &["migrate", "--status"], &BOOTSTRAP, &["backup", "copy.db"]] {
        let told = go(arguments);
        assert_eq!(told.code, 1, "{arguments:?}");
        assert!(told.err.contains("There is no database at data/live.db"), "{arguments:?}: {}", told.err);
    }
    assert!(!folder.join("data").exists());
    fs::create_dir(folder.join("data")).unwrap();
    fs::write(folder.join("data/live.db"), "").unwrap();
    let told = go(&["serve"]);
    assert_eq!(told.code, 1);
    assert!(told.err.contains("partnergraph migrate"), "{}", told.err);
    assert_eq!(go(&["migrate", "--status"]).code, 1);
    fs::remove_dir_all(folder.join("data")).unwrap();

    assert!(go(&["migrate"]).fine().contains("The database is up to date."));
    assert!(go(&["migrate"]).fine().contains("up to date already"));
    assert!(!go(&["migrate", "--status"]).fine().contains("missing"));

    assert!(go(&BOOTSTRAP).fine().contains("partnergraph token --person"));
    let twice = go(&BOOTSTRAP);
    assert_eq!((twice.code, twice.err.contains("already")), (1, true), "{}", twice.err);

    let mut server = Running::start(partnergraph(folder, &["serve"], &settings));
    server.until("Listening on ");
    let base = server.base();

    // A token of the command line is taken by the server; it is all that is on the standard output.
    let of = ["--person", "admin@our-company.example", "--organization", "our-company"];
    let token = go(&[&["token"][..], &of].concat()).fine();
    let viewer = data(&base, Some(token.trim()), VIEWER, json!({})).await;
    assert_eq!(viewer["viewer"]["role"], "OWNER");
    let id = viewer["viewer"]["organization"]["id"].clone();
    let nobody = go(&["token", "--person", "nobody@our-company.example", "--organization", "our-company"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    assert!(nobody.err.contains("no member"), "{}", nobody.err);
    assert!(go(&["token", "--person", "a@b.example", "--organization", "x"]).err.contains("no organization `x`"));

    // A key: shown once, works, is listed without its secret, and is out at once when it is revoked.
    let create = ["api-key", "create", "--organization", "our-company", "--name", "CRM sync"];
    let key = go(&[&create[..], &["--scope", "organization-write", "--lifetime", "30d"]].concat()).fine();
    let key = key.trim();
    let update =
        "mutation($id: ID!) { organizationUpdate(id: $id, input: {name: \"Our Firm\"}) { userErrors { code } } }";
    let changed = data(&base, Some(key), update, json!({"id": id})).await;
    assert_eq!(changed["organizationUpdate"]["userErrors"], json!([]));
    let prefix = key.split('_').nth(1).unwrap();
    let listed = go(&["api-key", "list", "--organization", "our-company"]).fine();
    assert!(
        listed.contains(prefix) && listed.contains("CRM sync") && listed.contains("ORGANIZATION_WRITE"),
        "{listed}"
    );
    assert!(!listed.contains(key) && listed.contains("last used"), "{listed}");
    assert_eq!(go(&["api-key", "revoke", "--organization", "our-company", key]).code, 1, "never the whole key");
    go(&["api-key", "revoke", "--organization", "our-company", prefix]).fine();
    let (status, _) = post(&base, Some(key), VIEWER, json!({})).await;
    assert_eq!(status, 401);

    // Health, as a container asks for it.
    let address = base.trim_start_matches("http://");
    assert!(go(&["health", "--address", address]).fine().contains("\"ok\""));

    // A copy of the running server's data; a restore waits until it has stopped.
    go(&["backup", "copy.db"]).fine();
    assert_eq!(go(&["backup", "copy.db"]).code, 1, "nothing is overwritten");
    go(&["backup", "--force", "copy.db"]).fine();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(folder.join("copy.db")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let later = "mutation($id: ID!) { organizationUpdate(id: $id, input: {name: \"Later\"}) { userErrors { code } } }";
    data(&base, Some(token.trim()), later, json!({"id": id})).await;
    let busy = go(&["restore", "copy.db"]);
    assert_eq!(busy.code, 1);
    assert!(busy.err.contains("Stop the server"), "{}", busy.err);
    assert!(server.stop().success());

    let restored = go(&["restore", "copy.db"]).fine();
    assert!(restored.contains("before-restore-"), "{restored}");
    let mut server = Running::start(partnergraph(folder, &["serve"], &settings));
    server.until("Listening on ");
    let base = server.base();
    let name = "query($id: ID!) { node(id: $id) { ... on Organization { name } } }";
    let now = data(&base, Some(token.trim()), name, json!({"id": id})).await;
    assert_eq!(now["node"]["name"], "Our Firm", "as it was when the copy was made");
    let kept: Vec<_> = fs::read_dir(folder.join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("before-restore"))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
}
