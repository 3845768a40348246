//! What subscriptions and other operations answer over a WebSocket, and what goes wrong in them.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::json;

use super::{
    server::{TestServer, code},
    socket::Socket,
};

#[tokio::test]
async fn a_subscription_answers_each_item_and_then_completes() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    socket.subscribe("a", "subscription S{n: count(to: 3)}").await;
    for n in 1..=3 {
        assert_eq!(socket.data("a").await, json!({ "n": n }));
    }
    socket.complete("a").await;
    let payload = json!({
        "query": "query Q{hello} subscription S($to: Int!){...F} fragment F on Live{count(to: $to, after: 8)}",
        "operationName": "S",
        "variables": {"to": 9}
    });
    socket.say(&json!({"id": "b", "type": "subscribe", "payload": payload})).await;
    assert_eq!(socket.data("b").await, json!({"count": 9}));
    socket.complete("b").await;
}

#[tokio::test]
async fn queries_and_mutations_are_answered_too() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, Some("Bearer me")).await;
    socket.subscribe("q", "{who}").await;
    assert_eq!(socket.data("q").await, json!({"who": "Bearer me"}));
    socket.complete("q").await;
    socket.subscribe("m", "mutation{change}").await;
    assert_eq!(socket.data("m").await, json!({"change": 1}));
    socket.complete("m").await;
    assert_eq!(server.world.changes.load(Ordering::SeqCst), 1);
    socket.subscribe("s", "subscription{who}").await;
    assert_eq!(socket.data("s").await, json!({"who": "Bearer me"}));
    socket.complete("s").await;
}

#[tokio::test]
async fn plain_http_has_no_subscriptions() {
    let server = TestServer::start().await;
    let (status, answer) = server.ask("subscription{count(to: 1)}").await;
    assert_eq!((status.as_u16(), code(&answer)), (400, "BAD_USER_INPUT"));
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("WebSocket"), "{answer}");
}

#[tokio::test]
async fn an_item_that_fails_is_a_result_and_not_the_end() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    socket.subscribe("a", "subscription{stumbles}").await;
    assert_eq!(socket.data("a").await, json!({"stumbles": 1}));
    let next = socket.next().await;
    assert_eq!((&next["type"], code(&next["payload"])), (&json!("next"), "UNAUTHENTICATED"));
    assert_eq!(next["payload"]["data"], json!(null));
    assert_eq!(socket.data("a").await, json!({"stumbles": 3}));
    socket.complete("a").await;
    socket.subscribe("b", "subscription{ticks{n fails(at: 0)}}").await;
    let next = socket.next().await;
    assert_eq!(
        (&next["payload"]["data"], code(&next["payload"])),
        (&json!({"ticks": {"n": 0, "fails": null}}), "INTERNAL")
    );
    assert!(!next.to_string().contains("secret"), "{next}");
    let _ = server.world.ticker.send(1);
    assert_eq!(socket.data("b").await, json!({"ticks": {"n": 1, "fails": null}}));
}

#[tokio::test]
async fn a_panic_ends_its_operation_and_nothing_else() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    socket.subscribe("other", "subscription{ticks{n}}").await;
    socket.data("other").await;
    for (id, query) in
        [("source", "subscription{panics}"), ("item", "subscription{ticks{panics(at: 0)}}"), ("query", "{panics}")]
    {
        socket.subscribe(id, query).await;
        if id == "source" {
            assert_eq!(socket.data(id).await, json!({"panics": 1}));
        }
        let next = socket.next().await;
        assert_eq!((&next["type"], code(&next["payload"])), (&json!("next"), "INTERNAL"), "{id}");
        assert!(!next.to_string().contains("secret"), "{next}");
        socket.complete(id).await;
    }
    let _ = server.world.ticker.send(1);
    assert_eq!(socket.data("other").await, json!({"ticks": {"n": 1}}));
}

/// The toy's deadline is half a second.
#[tokio::test]
async fn the_deadline_is_that_of_an_item_and_not_that_of_the_stream() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    socket.subscribe("long", "subscription{ticks{n hangs(at: 2)}}").await;
    socket.data("long").await;
    socket.subscribe("source", "subscription{hangs}").await;
    assert_eq!(socket.refused("source").await, ["TIMEOUT"]);
    // By now the stream is older than the deadline, and has waited for its second item for all that time.
    let _ = server.world.ticker.send(1);
    assert_eq!(socket.data("long").await, json!({"ticks": {"n": 1, "hangs": null}}));
    let _ = server.world.ticker.send(2);
    let next = socket.next().await;
    assert_eq!((&next["type"], code(&next["payload"])), (&json!("next"), "TIMEOUT"));
    socket.complete("long").await;
    assert_eq!(server.world.ticker.receiver_count(), 0);
}

#[tokio::test]
async fn pitfall_21_a_busy_subscription_does_not_hold_up_the_rest_of_its_socket() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    socket.subscribe("busy", "subscription{texts(bytes: 1000)}").await;
    socket.next().await;
    socket.subscribe("a", "{hello}").await;
    socket.say(&json!({"type": "ping"})).await;
    let (mut answered, mut ponged) = (false, false);
    let search = async {
        while !(answered && ponged) {
            let message = socket.next().await;
            answered |= message["id"] == "a" && message["type"] == "complete";
            ponged |= message["type"] == "pong";
        }
    };
    tokio::time::timeout(Duration::from_secs(5), search).await.unwrap();
    socket.say(&json!({"id": "busy", "type": "complete"})).await;
    socket.subscribe("last", "{hello}").await;
    while socket.next().await["id"] != "last" {}
    socket.complete("last").await;
}
