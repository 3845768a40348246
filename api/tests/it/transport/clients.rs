//! The clients `graphql-ws` and `graphql-sse`, as front ends use them.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use super::server::TestServer;

#[tokio::test]
async fn the_usual_clients_get_on_with_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients");
    if !folder.join("node_modules/graphql-ws").exists() {
        println!("left out: the clients need `npm ci` in clients");
        return;
    }
    let server = TestServer::start().await;
    let mut node = Command::new("node");
    node.arg("live.mjs").arg(format!("http://{}", server.address)).current_dir(folder).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || node.output()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
}
