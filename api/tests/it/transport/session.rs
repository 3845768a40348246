//! Who speaks on a socket, and for how long: credentials that end, are renewed or lose their rights; and how many sockets
//! somebody may have.

use std::{sync::atomic::Ordering, time::Duration};

use entity::value::Role;
use partnergraph::http::{live::LiveSettings, server::ServerSettings};
use serde_json::json;

use super::{
    server::{TestServer, code, settings},
    socket::{Came, Socket},
};

const TICKS: &str = "subscription{ticks{n}}";

async fn listening(server: &TestServer, authorization: Option<&str>) -> Socket {
    let mut socket = Socket::enter(server, authorization).await;
    socket.subscribe("a", TICKS).await;
    assert_eq!(socket.data("a").await, json!({"ticks": {"n": 0}}));
    socket
}

fn renewal(token: &str) -> serde_json::Value {
    json!({"type": "ping", "payload": {"authorization": format!("Bearer {token}")}})
}

#[tokio::test]
async fn the_token_is_that_of_the_init_or_of_the_header() {
    let server = TestServer::start().await;
    let who = async |mut socket: Socket| {
        socket.subscribe("w", "{who}").await;
        socket.data("w").await["who"].clone()
    };
    let header = [("sec-websocket-protocol", "graphql-transport-ws"), ("authorization", "Bearer header")];
    let mut socket = Socket::open_with(&server, &header).await.unwrap();
    socket.init(None).await;
    socket.next().await;
    assert_eq!(who(socket).await, "Bearer header");
    let mut socket = Socket::open_with(&server, &header).await.unwrap();
    socket.init(Some("Bearer init")).await;
    socket.next().await;
    assert_eq!(who(socket).await, "Bearer init");
    assert_eq!(who(Socket::enter(&server, None).await).await, json!(null));
    let forged = [("sec-websocket-protocol", "graphql-transport-ws"), ("authorization", "Bearer forged")];
    let mut socket = Socket::open_with(&server, &forged).await.unwrap();
    socket.init(None).await;
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn a_token_that_ends_closes_its_socket_and_nothing_follows() {
    let server = TestServer::start().await;
    let mut ends = listening(&server, Some("Bearer me@60")).await;
    let mut stays = listening(&server, Some("Bearer me@600")).await;
    server.names.advance(59);
    let _ = server.world.ticker.send(1);
    assert_eq!(ends.data("a").await, json!({"ticks": {"n": 1}}));
    server.names.advance(1);
    let _ = server.world.ticker.send(2);
    assert_eq!(ends.came().await, Came::Closed(4403, "The credentials have expired".into()));
    assert_eq!(stays.data("a").await, json!({"ticks": {"n": 1}}));
    assert_eq!(stays.data("a").await, json!({"ticks": {"n": 2}}));
}

#[tokio::test]
async fn a_renewed_token_of_the_same_actor_moves_the_end() {
    let server = TestServer::start().await;
    let mut socket = listening(&server, Some("Bearer me@60")).await;
    socket.say(&renewal("me@120")).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    server.names.advance(100);
    let _ = server.world.ticker.send(1);
    assert_eq!(socket.data("a").await, json!({"ticks": {"n": 1}}));
    server.names.advance(20);
    assert_eq!(socket.closed().await, 4403);
    for token in ["you@300", "forged", "me@100"] {
        let mut socket = listening(&server, Some("Bearer me@200")).await;
        socket.say(&renewal(token)).await;
        assert_eq!(socket.closed().await, 4403, "{token}");
    }
    let mut visitor = Socket::enter(&server, None).await;
    visitor.say(&renewal("me@300")).await;
    assert_eq!(visitor.closed().await, 4403);
}

#[tokio::test]
async fn rights_that_changed_close_the_sockets_of_their_actor_before_anything_else_is_delivered() {
    let server = TestServer::start().await;
    let mut stays = listening(&server, Some("Bearer other")).await;
    for role in [Some(Role::Viewer), None] {
        let name = format!("me{role:?}");
        let mut socket = listening(&server, Some(&format!("Bearer {name}"))).await;
        server.names.stir();
        let _ = server.world.ticker.send(1);
        assert_eq!(socket.data("a").await, json!({"ticks": {"n": 1}}));
        server.names.set_role(&name, role);
        let _ = server.world.ticker.send(2);
        assert_eq!(socket.closed().await, 4403, "{role:?}");
        assert_eq!(stays.data("a").await, json!({"ticks": {"n": 1}}));
        assert_eq!(stays.data("a").await, json!({"ticks": {"n": 2}}));
    }
}

#[tokio::test]
async fn rights_that_cannot_be_looked_at_are_none() {
    let server = TestServer::start().await;
    let mut socket = listening(&server, Some("Bearer me")).await;
    server.names.unavailable.store(true, Ordering::SeqCst);
    server.names.stir();
    let _ = server.world.ticker.send(1);
    assert_eq!(socket.came().await, Came::Closed(1013, "Try again later".into()));
    let mut late = Socket::open(&server).await;
    late.init(Some("Bearer me")).await;
    assert_eq!(late.closed().await, 1013);
}

#[tokio::test]
async fn a_change_while_somebody_is_let_in_closes_the_socket() {
    let server = TestServer::start().await;
    server.names.change_meanwhile("me", Role::Viewer);
    let mut socket = Socket::open(&server).await;
    socket.init(Some("Bearer me")).await;
    // It may be told that it is let in, and nothing else.
    let mut came = socket.came().await;
    if let Came::Said(message) = &came {
        assert_eq!(message["type"], "connection_ack");
        came = socket.came().await;
    }
    assert_eq!(came, Came::Closed(4403, "The rights of the actor have changed".into()));
    // Without a change nobody is asked twice.
    let mut calm = Socket::enter(&server, Some("Bearer calm")).await;
    calm.works().await;
    assert_eq!(server.names.asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn connections_of_an_actor_an_organization_and_the_server_are_limited() {
    let limits = LiveSettings { connections: 4, per_actor: 1, per_organization: 2, ..LiveSettings::default() };
    let server = TestServer::with(ServerSettings { live: limits, ..settings() }).await;
    let first = Socket::enter(&server, Some("Bearer a")).await;
    let mut again = Socket::open(&server).await;
    again.init(Some("Bearer a")).await;
    assert_eq!(again.came().await, Came::Closed(1013, "Too many connections of this actor".into()));
    let _second = Socket::enter(&server, Some("Bearer b")).await;
    let mut third = Socket::open(&server).await;
    third.init(Some("Bearer c")).await;
    assert_eq!(third.came().await, Came::Closed(1013, "Too many connections of this organization".into()));
    // Seats come back with the end of their sockets, which the server notices in its own time.
    drop((first, again, third));
    let again = async {
        loop {
            let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
            let Ok(mut socket) = Socket::open_with(&server, &protocol).await else { continue };
            socket.init(Some("Bearer a")).await;
            if let Came::Said(_) = socket.came().await {
                return socket;
            }
        }
    };
    let _again = tokio::time::timeout(Duration::from_secs(10), again).await.unwrap();
    let mut held = Vec::new();
    let refused = loop {
        match Socket::open_with(&server, &[("sec-websocket-protocol", "graphql-transport-ws")]).await {
            Ok(socket) => held.push(socket),
            Err(refused) => break refused,
        }
        assert!(held.len() <= 4);
    };
    assert_eq!((refused.0, code(&refused.1)), (503, "LIMIT_EXCEEDED"));
}

#[tokio::test]
async fn a_server_that_stops_closes_its_sockets_one_after_the_other() {
    let spread = LiveSettings { closing_spread: Duration::from_millis(200), ..LiveSettings::default() };
    let mut server = TestServer::with(ServerSettings { live: spread, ..settings() }).await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        sockets.push(listening(&server, None).await);
    }
    let began = std::time::Instant::now();
    let stopped = server.stop();
    for socket in &mut sockets {
        assert_eq!(socket.came().await, Came::Closed(1012, "Service restart".into()));
    }
    stopped.await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "no socket keeps the server: {:?}", began.elapsed());
}

#[tokio::test]
async fn a_server_that_stops_lets_queries_and_mutations_on_its_sockets_end() {
    let spread = LiveSettings { closing_spread: Duration::ZERO, ..LiveSettings::default() };
    let mut server = TestServer::with(ServerSettings { live: spread, ..settings() }).await;
    let mut socket = listening(&server, None).await;
    socket.subscribe("q", "{waits}").await;
    server.world.waiting.notified().await;
    let stopped = server.stop();
    server.world.gate.notify_one();
    assert_eq!(socket.data("q").await, json!({"waits": 1}));
    socket.complete("q").await;
    assert_eq!(socket.closed().await, 1012);
    stopped.await.unwrap().unwrap();
}
