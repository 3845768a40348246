//! Files that go out: how many one caller may have on their way.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, future, stream};
use partnergraph::{
    http::server::ServerSettings,
    transfer::{Asker, Download, Outlet, Refused, Transfers},
};
use reqwest::Response;
use tokio::sync::watch;

use super::server::{TestServer, body, code, header, settings};

/// A file of two lines, the second of which comes when the test says so.
struct Slow(watch::Receiver<bool>);

#[async_trait]
impl Outlet for Slow {
    async fn open(&self, asker: Asker) -> Result<Download, Refused> {
        if asker.parameters.iter().any(|(name, _)| name == "broken") {
            return Err(Refused::NotFound);
        }
        let mut told = self.0.clone();
        let second = async move {
            told.wait_for(|told| *told).await.unwrap();
            Ok(Bytes::from_static(b"two\r\n"))
        };
        let first = stream::once(future::ready(Ok(Bytes::from_static(b"one\r\n"))));
        Ok(Download { name: "lines.csv".to_owned(), bytes: first.chain(stream::once(second)).boxed() })
    }
}

#[tokio::test]
async fn files_on_their_way_are_counted_by_caller() {
    let (tell, told) = watch::channel(false);
    let transfers = Transfers { outlets: vec![("/v1/lines", Arc::new(Slow(told)))], ..Transfers::default() };
    let server = TestServer::giving(ServerSettings { downloads_per_actor: 2, ..settings() }, transfers).await;
    let ask = async |name: &str, query: &str| -> Response {
        let request = server.get(&format!("/v1/lines{query}")).header("authorization", format!("Bearer {name}"));
        request.send().await.unwrap()
    };
    // What is refused does not count.
    assert_eq!(ask("me", "?broken=true").await.status(), 404);
    let (first, second) = (ask("me", "").await, ask("me", "").await);
    assert_eq!((first.status().as_u16(), second.status().as_u16()), (200, 200));
    let third = ask("me", "").await;
    assert_eq!((third.status().as_u16(), header(&third, "retry-after")), (429, "2"));
    assert_eq!(code(&body(third).await), "LIMIT_EXCEEDED");
    let other = ask("you", "").await;
    assert_eq!(other.status(), 200, "somebody else has files of their own");
    tell.send(true).unwrap();
    for file in [first, second, other] {
        assert_eq!(file.text().await.unwrap(), "one\r\ntwo\r\n");
    }
    // What has arrived makes room.
    let (fourth, fifth) = (ask("me", "").await, ask("me", "").await);
    assert_eq!((fourth.status().as_u16(), fifth.status().as_u16()), (200, 200));
}
