//! Readers that do not read: they cost a bounded amount, delay nobody, and are told to come back.

use std::time::Duration;

use partnergraph::http::{live::LiveSettings, server::ServerSettings};
use serde_json::json;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};

use super::{
    events::{self, Events},
    handover::HANDSHAKE,
    server::{TestServer, read_all, settings},
    socket::{Came, PATIENCE, Socket},
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
async fn the_code_is_there_for_a_reader_that_reads_when_the_server_has_long_gone() {
    let server = TestServer::with(impatient()).await;
    let mut stuck = Socket::open_narrow(&server).await;
    stuck.init(None).await;
    stuck.next().await;
    stuck.subscribe("a", "subscription{texts(bytes: 1000)}").await;
    stuck.next().await;
    let gone = async {
        while server.metric(r#"live_connections{transport="websocket"}"#).await != Some(0.0) {
            let _ = server.world.ticker.send(1);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
    loop {
        match stuck.came().await {
            Came::Said(_) => {}
            came => {
                assert_eq!(came, Came::Closed(1013, "The reader is too slow".into()));
                break;
            }
        }
    }
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

/// Asks for events over a connection that the system holds little for, and that nobody reads.
async fn ask_for_events(server: &TestServer, query: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    let body = json!({ "query": query }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn an_event_stream_that_nobody_reads_is_given_up_delays_nobody_and_goes_on_later() {
    const LAST: usize = 6000;
    let impatient = impatient();
    let live = LiveSettings { peer_timeout: Duration::from_millis(300), ..impatient.live };
    let server = TestServer::with(ServerSettings { live, ..impatient }).await;
    let mut others = Socket::enter(&server, None).await;
    others.subscribe("a", "subscription{ticks{n}}").await;
    others.data("a").await;
    let query = format!("subscription{{count(to: {LAST})}}");
    let mut stuck = ask_for_events(&server, &query).await;
    // It is counted from when it is open, and no longer once it is given up.
    let given_up = async {
        while server.metric(r#"live_connections{transport="events"}"#).await != Some(0.0) {
            let _ = server.world.ticker.send(1);
            assert_eq!(others.data("a").await, json!({"ticks": {"n": 1}}));
        }
    };
    tokio::time::timeout(PATIENCE, given_up).await.expect("it is waited for without end");
    assert_eq!(server.metric(r#"live_operations{transport="events"}"#).await, Some(0.0));
    // Buffers of the system on both sides and of the server: far less than what would be there for it.
    let made = server.metric(r#"live_results_total{transport="events"}"#).await.unwrap();
    assert!(made < LAST as f64 / 2.0, "{made} results were made for nobody");

    // What it then reads is whole events up to where it was cut off; behind the last of them it goes on.
    let read = read_all(&mut stuck).await;
    assert!(!read.contains("event: complete"));
    let whole = read.rsplit_once("\n\n").unwrap().0;
    let ids: Vec<usize> = whole.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
    assert!(!ids.is_empty() && ids.iter().copied().eq(1..=ids.len()), "{ids:?}");
    let request = server.post(&json!({ "query": query })).header("last-event-id", ids.len().to_string());
    let mut back = Events::of(request).await;
    for n in ids.len() + 1..=LAST {
        assert_eq!(back.next().await, events::Came::Next(Some(n.to_string()), json!({"data": {"count": n}})));
    }
    assert_eq!(back.next().await, events::Came::Complete);
    others.works().await;
}

/// A server that pings often, with little room for each connection, and time for whoever is slow.
async fn pinging() -> TestServer {
    let ping_interval = Duration::from_millis(250);
    let live = LiveSettings { ping_interval, send_buffer: 4096, ..LiveSettings::default() };
    TestServer::with(ServerSettings { live, workers: 1, ..settings() }).await
}

/// Waits as long as it takes until somebody counts as dead who answers no pings.
async fn until_one_is_dead(server: &TestServer) {
    let mut dead = TcpStream::connect(server.address).await.unwrap();
    dead.write_all(HANDSHAKE.as_bytes()).await.unwrap();
    let ended = tokio::time::timeout(PATIENCE, read_all(&mut dead)).await.expect("it is not given up");
    assert!(ended.starts_with("HTTP/1.1 101 "), "{ended:?}");
}

#[tokio::test]
async fn who_is_still_being_sent_a_long_message_is_not_dead() {
    let server = pinging().await;
    let mut slow = Socket::open_narrow(&server).await;
    slow.init(None).await;
    slow.next().await;
    slow.subscribe("a", "{long(length: 100000)}").await;
    let begun = async {
        while server.metric(r#"live_results_total{transport="websocket"}"#).await != Some(1.0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, begun).await.expect("there is no result");
    // The pings stand behind the message, so nothing answers them. Two others die meanwhile, one after the other: each ping
    // comes up to a fifth earlier or later than the one before.
    until_one_is_dead(&server).await;
    until_one_is_dead(&server).await;
    assert_eq!(slow.data("a").await["long"].as_str().unwrap().len(), 500_000);
    slow.complete("a").await;
    slow.works().await;
    assert_eq!(server.metric("websocket_slow_closes_total").await, Some(0.0));
}

#[tokio::test]
async fn a_client_is_heard_between_long_messages() {
    let live = LiveSettings { send_buffer: 4096, ..LiveSettings::default() };
    let server = TestServer::with(ServerSettings { live, workers: 1, ..settings() }).await;
    let mut socket = Socket::open_narrow(&server).await;
    socket.init(None).await;
    socket.next().await;
    socket.subscribe("ticks", "subscription{ticks{n}}").await;
    socket.data("ticks").await;
    // Each of them takes more than all the room there is, and the next one is there already.
    socket.subscribe("long", "subscription{texts(bytes: 200000)}").await;
    for _ in 0..3 {
        socket.data("long").await;
    }
    socket.say(&json!({"id": "ticks", "type": "complete"})).await;
    socket.say(&json!({"type": "ping"})).await;
    let mut between = 0;
    loop {
        let message = socket.next().await;
        if message["type"] == "pong" {
            break;
        }
        assert_eq!(message["id"], "long");
        between += 1;
        assert!(between < 16, "{between} messages, and it was not heard");
    }
    // What it said first was heard first: nothing comes of that operation any more.
    let _ = server.world.ticker.send(7);
    for _ in 0..3 {
        socket.data("long").await;
    }
    assert_eq!(server.metric(r#"live_operations{transport="websocket"}"#).await, Some(1.0));
}
