//! graphql-transport-ws to the letter: pitfalls 16 to 20, 22 and 23.

use std::time::Duration;

use futures::StreamExt;
use partnergraph::http::{
    cors::Origins,
    live::LiveSettings,
    server::{BodySettings, ServerSettings},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use super::{
    server::{TestServer, code, read_all, settings},
    socket::{Came, Socket},
};

fn live(live: LiveSettings) -> ServerSettings {
    ServerSettings { live, ..settings() }
}

#[tokio::test]
async fn pitfall_16_every_mistake_has_its_close_code() {
    let server = TestServer::start().await;
    for text in [
        "no JSON",
        "[]",
        "{}",
        r#"{"type":"unknown"}"#,
        r#"{"type":"connection_init","payload":7}"#,
        &"x".repeat(5_000),
    ] {
        let mut socket = Socket::open(&server).await;
        socket.say_text(text).await;
        assert_eq!(socket.closed().await, 4400, "{text:.40}");
    }
    let mut early = Socket::open(&server).await;
    early.subscribe("a", "{hello}").await;
    assert_eq!(early.came().await, Came::Closed(4401, "Unauthorized".into()));
    for authorization in [json!("Bearer forged"), json!("forged"), json!("Bearer me@0"), json!(7)] {
        let mut socket = Socket::open(&server).await;
        socket.say(&json!({"type": "connection_init", "payload": {"authorization": authorization}})).await;
        assert_eq!(socket.closed().await, 4403, "{authorization}");
    }
    let mut twice = Socket::enter(&server, None).await;
    twice.init(None).await;
    assert_eq!(twice.came().await, Came::Closed(4429, "Too many initialisation requests".into()));
    let mut same = Socket::enter(&server, None).await;
    same.subscribe("a", "subscription{ticks{n}}").await;
    assert_eq!(same.data("a").await, json!({"ticks": {"n": 0}}));
    same.subscribe("a", "{hello}").await;
    assert_eq!(same.came().await, Came::Closed(4409, "Subscriber for a already exists".into()));
}

#[tokio::test]
async fn pitfall_16_a_socket_that_says_nothing_is_closed() {
    let timeout = LiveSettings { init_timeout: Duration::from_millis(50), ..LiveSettings::default() };
    let server = TestServer::with(live(timeout)).await;
    let mut silent = Socket::open(&server).await;
    assert_eq!(silent.came().await, Came::Closed(4408, "Connection initialisation timeout".into()));
    let mut entered = Socket::enter(&server, None).await;
    entered.subscribe("a", "subscription{ticks{n}}").await;
    entered.data("a").await;
    assert_eq!(server.metric(r#"websocket_closes_total{by="server",code="4408"}"#).await, Some(1.0));
}

#[tokio::test]
async fn pitfall_17_a_request_that_is_refused_is_an_error_and_nothing_more() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    let deep = format!("{{person{}{{name}}{}", "{self".repeat(21), "}".repeat(22));
    for (id, query, expected) in [
        ("syntax", "{", "GRAPHQL_PARSE_FAILED"),
        ("validation", "{nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("field", "subscription{nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("two", "subscription{who refused}", "GRAPHQL_VALIDATION_FAILED"),
        ("variable", "query($n: Int!){echo(number: $n)}", "BAD_USER_INPUT"),
        ("limit", &deep, "LIMIT_EXCEEDED"),
        ("nul", "{echo(text: \"a\\u0000\")}", "BAD_USER_INPUT"),
        ("source", "subscription{refused}", "UNAUTHENTICATED"),
        ("broken", "subscription{broken}", "INTERNAL"),
    ] {
        socket.subscribe(id, query).await;
        assert_eq!(socket.refused(id).await, [expected], "{id}");
    }
    // Neither a complete nor anything else followed any of them, and the ids are free again.
    socket.subscribe("syntax", "{hello}").await;
    assert_eq!(socket.data("syntax").await, json!({"hello": "world"}));
    socket.complete("syntax").await;
}

#[tokio::test]
async fn pitfall_17_an_error_of_an_execution_is_a_result() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    socket.subscribe("a", "{fails hello}").await;
    let next = socket.next().await;
    assert_eq!((&next["type"], &next["payload"]["data"]), (&json!("next"), &json!({"fails": null, "hello": "world"})));
    assert_eq!(code(&next["payload"]), "INTERNAL");
    assert!(!next.to_string().contains("secret"), "{next}");
    socket.complete("a").await;
}

#[tokio::test]
async fn pitfall_18_other_protocols_empty_ids_and_requests_that_are_none_are_refused() {
    let server = TestServer::start().await;
    for message in [
        json!({"id": "a", "type": "start", "payload": {"query": "{hello}"}}),
        json!({"id": "a", "type": "stop"}),
        json!({"id": "", "type": "subscribe", "payload": {"query": "{hello}"}}),
        json!({"id": 7, "type": "subscribe", "payload": {"query": "{hello}"}}),
        json!({"type": "subscribe", "payload": {"query": "{hello}"}}),
        json!({"id": "a", "type": "subscribe"}),
        json!({"id": "a", "type": "subscribe", "payload": {}}),
        json!({"id": "a", "type": "subscribe", "payload": {"query": 7}}),
        json!({"id": "a", "type": "subscribe", "payload": {"query": "{hello}", "variables": []}}),
        json!({"id": "a", "type": "subscribe", "payload": [{"query": "{hello}"}]}),
        json!({"id": "", "type": "complete"}),
    ] {
        let mut socket = Socket::enter(&server, None).await;
        socket.say(&message).await;
        assert_eq!(socket.closed().await, 4400, "{message}");
    }
}

#[tokio::test]
async fn pitfall_18_a_complete_ends_the_operation_and_is_not_echoed() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    socket.subscribe("a", "subscription{ticks{n}}").await;
    socket.data("a").await;
    socket.say(&json!({"id": "a", "type": "complete"})).await;
    socket.say(&json!({"id": "unknown", "type": "complete"})).await;
    socket.works().await;
    let _ = server.world.ticker.send(1);
    socket.works().await;
    assert_eq!(server.world.ticker.receiver_count(), 0, "the source goes with its operation");
    socket.subscribe("a", "subscription{ticks{n}}").await;
    assert_eq!(socket.data("a").await, json!({"ticks": {"n": 0}}));
}

#[tokio::test]
async fn pitfall_19_the_close_frame_of_a_client_is_answered() {
    let server = TestServer::start().await;
    for code in [1000, 1001, 4499] {
        let mut socket = Socket::enter(&server, None).await;
        socket.subscribe("a", "subscription{ticks{n}}").await;
        socket.data("a").await;
        socket.close(code).await;
        assert_eq!(socket.closed().await, code);
        assert_eq!(socket.came().await, Came::Lost);
    }
}

#[tokio::test]
async fn pitfall_20_operations_are_limited() {
    let server = TestServer::with(live(LiveSettings { operations: 3, ..LiveSettings::default() })).await;
    let mut socket = Socket::enter(&server, None).await;
    for id in ["a", "b", "c"] {
        socket.subscribe(id, "subscription{ticks{n}}").await;
        socket.data(id).await;
    }
    socket.subscribe("d", "{hello}").await;
    assert_eq!(socket.refused("d").await, ["LIMIT_EXCEEDED"]);
    socket.say(&json!({"id": "b", "type": "complete"})).await;
    socket.works().await;
}

#[tokio::test]
async fn pitfall_20_messages_are_limited_as_bodies_are() {
    let bodies = BodySettings { anonymous: 2_000, with_credentials: 5_000, ..BodySettings::default() };
    let server = TestServer::with(ServerSettings { bodies, ..settings() }).await;
    let long = |length: usize| json!({"id": "a", "type": "subscribe", "payload": {"query": "{hello}", "x": "y".repeat(length)}});
    let mut visitor = Socket::enter(&server, None).await;
    visitor.say(&long(1_900)).await;
    visitor.data("a").await;
    visitor.complete("a").await;
    visitor.say(&long(2_000)).await;
    assert_eq!(visitor.closed().await, 1009);
    let mut known = Socket::enter(&server, Some("Bearer me")).await;
    known.say(&long(4_900)).await;
    known.data("a").await;
    known.complete("a").await;
    known.say(&long(5_000)).await;
    assert_eq!(known.closed().await, 1009);
    // Also in fragments, of which none is too large.
    let mut fragments = Socket::enter(&server, None).await;
    fragments.send(Message::Frame(Frame::message("x".repeat(1_500), OpCode::Data(Data::Text), false))).await;
    fragments.send(Message::Frame(Frame::message("x".repeat(1_500), OpCode::Data(Data::Continue), false))).await;
    assert_eq!(fragments.closed().await, 1009);
}

#[tokio::test]
async fn pitfall_20_fragments_are_one_message_and_binaries_are_none() {
    let server = TestServer::start().await;
    let mut socket = Socket::enter(&server, None).await;
    let text = json!({"id": "a", "type": "subscribe", "payload": {"query": "{hello}"}}).to_string();
    let (head, tail) = text.split_at(20);
    socket.send(Message::Frame(Frame::message(head.to_owned(), OpCode::Data(Data::Text), false))).await;
    socket.send(Message::Ping("between".into())).await;
    socket.send(Message::Frame(Frame::message(tail.to_owned(), OpCode::Data(Data::Continue), true))).await;
    assert_eq!(socket.came().await, Came::Pong(b"between".to_vec()));
    socket.data("a").await;
    socket.complete("a").await;
    socket.send(Message::binary(text.into_bytes())).await;
    assert_eq!(socket.closed().await, 1003);
}

#[tokio::test]
async fn pitfall_22_header_names_are_written_as_old_clients_expect_them() {
    let server = TestServer::start().await;
    let request = "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                   Sec-WebSocket-Protocol: graphql-ws, graphql-transport-ws\r\n\r\n";
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    for line in [
        "\r\nSec-Websocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
        "\r\nSec-Websocket-Protocol: graphql-transport-ws\r\n",
        "\r\nUpgrade: websocket\r\n",
        "\r\nConnection: Upgrade\r\n",
    ] {
        assert!(answer.to_ascii_lowercase().contains(&line.to_ascii_lowercase()), "{line} in {answer}");
        assert!(answer.contains(&line[..10]), "{line} in {answer}");
    }
}

#[tokio::test]
async fn pitfall_23_persisted_documents_are_known_here_too() {
    let server = TestServer::start().await;
    let hash = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
    let ask = |id: &str, query: Option<&str>| {
        let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
        json!({"id": id, "type": "subscribe", "payload": {"query": query, "extensions": extensions}})
    };
    let mut socket = Socket::enter(&server, None).await;
    socket.say(&ask("a", None)).await;
    assert_eq!(socket.refused("a").await, ["PERSISTED_QUERY_NOT_FOUND"]);
    socket.say(&ask("b", Some("{__typename}"))).await;
    assert_eq!(socket.data("b").await, json!({"__typename": "Query"}));
    socket.complete("b").await;
    socket.say(&ask("c", None)).await;
    assert_eq!(socket.data("c").await, json!({"__typename": "Query"}));
    socket.complete("c").await;
    socket.say(&ask("d", Some("{hello}"))).await;
    assert_eq!(socket.refused("d").await, ["BAD_USER_INPUT"]);
}

#[tokio::test]
async fn only_one_subprotocol_is_spoken() {
    let server = TestServer::start().await;
    let refused = Socket::open_with(&server, &[("sec-websocket-protocol", "graphql-ws")]).await.err().unwrap();
    assert_eq!((refused.0, code(&refused.1)), (400, "BAD_USER_INPUT"));
    let mut unnamed = Socket::open_with(&server, &[]).await.unwrap();
    assert_eq!(unnamed.came().await, Came::Closed(4406, "Subprotocol not acceptable".into()));
    let several = [("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")];
    let socket = Socket::open_with(&server, &several).await.unwrap();
    assert_eq!(socket.response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
}

#[tokio::test]
async fn handshakes_that_are_none_are_told_so() {
    let server = TestServer::start().await;
    let base = "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
    for (headers, status) in [
        ("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "426"),
        ("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n", "400"),
        ("Sec-WebSocket-Version: 13\r\n", "400"),
    ] {
        let answer = server.raw(format!("{base}{headers}\r\n").as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains("\"code\":\"BAD_USER_INPUT\""), "{answer}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_not_connect() {
    let listed = Origins::parse("https://a.example").unwrap();
    let server = TestServer::with(ServerSettings { origins: listed, ..settings() }).await;
    let own = format!("http://{}", server.address);
    let open = async |server: &TestServer, origin: &str| {
        let headers = [("sec-websocket-protocol", "graphql-transport-ws"), ("origin", origin)];
        Socket::open_with(server, &headers).await
    };
    for origin in ["https://a.example", &own] {
        let mut socket = open(&server, origin).await.unwrap();
        socket.init(Some("Bearer me")).await;
        assert_eq!(socket.next().await["type"], "connection_ack", "{origin}");
    }
    for origin in ["https://b.example", "null"] {
        let (status, body) = open(&server, origin).await.err().unwrap();
        assert_eq!((status, code(&body)), (403, "FORBIDDEN"), "{origin}");
    }
    let server = TestServer::with(ServerSettings { origins: Origins::Any, ..settings() }).await;
    let mut visitor = open(&server, "https://b.example").await.unwrap();
    visitor.init(None).await;
    assert_eq!(visitor.next().await["type"], "connection_ack");
    let mut known = open(&server, "https://b.example").await.unwrap();
    known.init(Some("Bearer me")).await;
    assert_eq!(known.closed().await, 4403);
}

#[tokio::test]
async fn pings_are_answered_both_ways_with_what_they_carry() {
    let server = TestServer::start().await;
    let mut socket = Socket::open(&server).await;
    socket.say(&json!({"type": "ping", "payload": {"n": [1]}})).await;
    assert_eq!(socket.next().await, json!({"type": "pong", "payload": {"n": [1]}}));
    socket.say(&json!({"type": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    socket.say(&json!({"type": "pong", "payload": {"n": 1}})).await;
    socket.send(Message::Ping("a".into())).await;
    assert_eq!(socket.came().await, Came::Pong(b"a".to_vec()));
}

#[tokio::test]
async fn a_client_that_answers_no_pings_is_dropped() {
    let quick = LiveSettings { ping_interval: Duration::from_millis(20), ..LiveSettings::default() };
    let server = TestServer::with(live(quick)).await;
    let mut alive = Socket::enter(&server, None).await;
    alive.subscribe("a", "subscription{ticks{n}}").await;
    alive.data("a").await;
    // Reads what comes without answering: the server gives it up without a close frame.
    let request = "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                   Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";
    let mut dead = TcpStream::connect(server.address).await.unwrap();
    dead.write_all(request.as_bytes()).await.unwrap();
    // The other one is read in the meantime, which answers its pings.
    let ended = tokio::select! {
        text = read_all(&mut dead) => text,
        came = alive.came() => panic!("{came:?}"),
    };
    assert!(ended.ends_with("\u{FFFD}\0\u{FFFD}\0"), "two pings and no more: {ended:?}");
    alive.works().await;
}

#[tokio::test]
async fn a_socket_without_operations_is_closed_after_a_while() {
    let quick = LiveSettings { idle_timeout: Duration::from_millis(100), ..LiveSettings::default() };
    let server = TestServer::with(live(quick)).await;
    let mut busy = Socket::enter(&server, None).await;
    busy.subscribe("a", "subscription{ticks{n}}").await;
    busy.data("a").await;
    let mut idle = Socket::enter(&server, None).await;
    assert_eq!(idle.closed().await, 1000);
    busy.works().await;
}

#[tokio::test]
async fn a_message_that_never_ends_is_not_waited_for() {
    let bodies = BodySettings { deadline: Duration::from_millis(100), ..BodySettings::default() };
    let server = TestServer::with(ServerSettings { bodies, ..settings() }).await;
    let mut socket = Socket::enter(&server, None).await;
    socket.send(Message::Frame(Frame::message("x", OpCode::Data(Data::Text), false))).await;
    assert_eq!(socket.closed().await, 1008);
}

#[tokio::test]
async fn all_sockets_of_one_client_at_once_are_served() {
    let server = TestServer::start().await;
    let sockets = futures::stream::iter(0..20).then(|_| Socket::enter(&server, Some("Bearer me")));
    let mut sockets: Vec<_> = sockets.collect().await;
    for socket in &mut sockets {
        socket.subscribe("a", "subscription{ticks{n}}").await;
        socket.data("a").await;
    }
    assert_eq!(server.metric(r#"live_connections{transport="websocket"}"#).await, Some(20.0));
    assert_eq!(server.metric(r#"live_operations{transport="websocket"}"#).await, Some(20.0));
    let _ = server.world.ticker.send(7);
    for socket in &mut sockets {
        assert_eq!(socket.data("a").await, json!({"ticks": {"n": 7}}));
    }
}
