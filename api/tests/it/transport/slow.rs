//! Readers that do not read: they cost a bounded amount, delay nobody, and are told to come back.

use std::time::Duration;

use partnergraph::http::{live::LiveSettings, server::ServerSettings};
use serde_json::json;

use super::{
    server::{TestServer, settings},
    socket::{Came, Socket},
};

fn impatient() -> ServerSettings {
    // As little as the system allows, so that the test needs few bytes to fill it.
    let live = LiveSettings { patience: Duration::from_millis(300), send_buffer: 4096, ..LiveSettings::default() };
    ServerSettings { live, workers: 1, ..settings() }
}

#[tokio::test]
async fn a_reader_that_stops_is_closed_with_1013_and_delays_nobody() {
    let server = TestServer::with(impatient()).await;
    let mut others = Socket::enter(&server, None).await;
    others.subscribe("a", "subscription{ticks{n}}").await;
    others.data("a").await;
    let mut stuck = Socket::open_narrow(&server).await;
    stuck.init(None).await;
    stuck.next().await;
    stuck.subscribe("a", "subscription{texts(bytes: 1000)}").await;
    stuck.next().await;
    let closed = async {
        while server.metric("websocket_slow_closes_total").await != Some(1.0) {
            let _ = server.world.ticker.send(1);
            assert_eq!(others.data("a").await, json!({"ticks": {"n": 1}}));
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed).await.unwrap();
    // What it then reads is whole messages, and the code at their end.
    let mut read = 0;
    loop {
        match stuck.came().await {
            Came::Said(message) => {
                assert_eq!(message["payload"]["data"]["texts"].as_str().unwrap().len(), 1000);
                read += 1;
            }
            Came::Closed(code, _) => {
                assert_eq!(code, 1013);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    // Buffers of the system on both sides and of the server: far less than what a queue without a bound takes.
    assert!(read < 1000, "{read} messages of 1000 bytes waited");
    others.works().await;
}

#[tokio::test]
async fn a_reader_that_is_only_slow_gets_everything() {
    let server = TestServer::with(impatient()).await;
    let mut slow = Socket::open_narrow(&server).await;
    slow.init(None).await;
    slow.next().await;
    slow.subscribe("a", "subscription{count(to: 3000)}").await;
    for n in 1..=3000 {
        assert_eq!(slow.data("a").await, json!({ "count": n }));
    }
    slow.complete("a").await;
    assert_eq!(server.metric("websocket_slow_closes_total").await, Some(0.0));
}

#[tokio::test]
async fn one_message_fits_whatever_its_size() {
    let server = TestServer::with(impatient()).await;
    let mut socket = Socket::enter(&server, None).await;
    socket.subscribe("a", "{long(length: 200000)}").await;
    assert_eq!(socket.data("a").await["long"].as_str().unwrap().len(), 1_000_000);
    socket.complete("a").await;
}

#[tokio::test]
async fn a_client_that_only_talks_is_not_listened_to_for_ever() {
    let server = TestServer::with(impatient()).await;
    let mut talker = Socket::open_narrow(&server).await;
    talker.init(None).await;
    talker.next().await;
    let payload = "x".repeat(1000);
    let talking = async {
        loop {
            talker.say(&json!({"type": "ping", "payload": {"x": payload}})).await;
        }
    };
    // It cannot even send on: the server reads no more than it may answer.
    let closed = async {
        while server.metric("websocket_slow_closes_total").await != Some(1.0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = talking => {}
        closed = tokio::time::timeout(Duration::from_secs(10), closed) => closed.unwrap(),
    }
}
