//! The audits of the `graphql-http` package, which anybody can run against any server.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use super::server::TestServer;

#[tokio::test]
async fn all_audits_of_graphql_http_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../audits");
    if !folder.join("node_modules").exists() {
        println!("left out: the audits need `npm ci` in audits");
        return;
    }
    let server = TestServer::start().await;
    let mut node = Command::new("node");
    node.arg("audit.mjs").arg(format!("http://{}", server.address)).current_dir(folder).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || node.output()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
}
