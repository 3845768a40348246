//! Where a connection leaves HTTP: what came before the handshake, with it and instead of it.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    server::{TestServer, read_all},
    socket::{Came, PATIENCE, Socket},
};

pub(super) const HANDSHAKE: &str = "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                         Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";

/// A text frame of a client, under a mask of zeros.
fn frame(text: &str) -> Vec<u8> {
    assert!(text.len() < 126);
    [&[0x81, 0x80 | text.len() as u8, 0, 0, 0, 0], text.as_bytes()].concat()
}

/// Sends bytes at once, and reads until `end` has come.
async fn answered(server: &TestServer, bytes: &[u8], end: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&answer).contains(end) {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "{}", String::from_utf8_lossy(&answer));
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("it did not come");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn what_comes_with_the_handshake_is_heard() {
    let server = TestServer::start().await;
    let mut bytes = HANDSHAKE.as_bytes().to_vec();
    bytes.extend(frame(r#"{"type":"connection_init"}"#));
    bytes.extend(frame(r#"{"id":"a","type":"subscribe","payload":{"query":"{hello}"}}"#));
    // The second message arrives in part.
    let rest = bytes.split_off(bytes.len() - 10);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&bytes).await.unwrap();
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).contains("connection_ack") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
    }
    stream.write_all(&rest).await.unwrap();
    while !String::from_utf8_lossy(&answer).contains("complete") {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
    }
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 101 ") && answer.contains(r#"{"hello":"world"}"#), "{answer}");
}

#[tokio::test]
async fn what_was_asked_before_the_handshake_is_answered_before_it() {
    let server = TestServer::start().await;
    let mut bytes = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2);
    bytes.extend(HANDSHAKE.as_bytes());
    bytes.extend(frame(r#"{"type":"ping"}"#));
    let answer = answered(&server, &bytes, r#"{"type":"pong"}"#).await;
    let statuses: Vec<_> = answer.split("HTTP/1.1 ").filter_map(|part| part.get(..3)).collect();
    assert_eq!(statuses, ["200", "200", "101"], "{answer}");
}

#[tokio::test]
async fn an_upgrade_that_is_not_granted_is_an_answer_like_any_other() {
    let server = TestServer::start().await;
    let upgrade = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
    for (line, status, said) in [
        ("GET /nothing", "404", "There is nothing here."),
        ("GET /graphql", "426", "version 13"),
        ("PUT /graphql", "405", "This method is not supported here"),
        // What follows its head is no body of a known length.
        ("POST /graphql", "415", "application/json"),
        ("GET /livez", "200", ""),
        ("HEAD /livez", "200", ""),
    ] {
        let request = format!("{line} HTTP/1.1\r\n{upgrade}\r\n");
        let answer = server.raw(request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(said), "{line}: {answer}");
        let head = answer.to_ascii_lowercase();
        for header in ["connection: close", "x-request-id: ", "x-content-type-options: nosniff", "content-length: "] {
            assert!(head.contains(&format!("\r\n{header}")), "{line}: {header} is missing in {answer}");
        }
        assert!(!line.starts_with("HEAD") || answer.ends_with("\r\n\r\n"), "{answer}");
    }
    let typed = "Content-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"query\":\"{hello}\"}";
    let answer = server.raw(format!("POST /graphql HTTP/1.1\r\n{upgrade}{typed}").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    // What the library takes for a request with a body, or for one that asks for something else, never leaves: it would be
    // looked after by nobody.
    let handshake = HANDSHAKE.trim_end();
    for odd in [
        format!("{handshake}\r\nTransfer-Encoding: chunked\r\n\r\n"),
        format!("{}\r\n\r\n", handshake.replace("Upgrade: websocket", "Upgrade: foo, websocket")),
        format!("{}\r\nContent-Length: 9\r\n\r\n", handshake.replace("Upgrade: websocket", "Upgrade: foo, websocket")),
    ] {
        let answer = server.raw(odd.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("A handshake has no body"), "{odd}: {answer}");
    }
    // Another protocol that is offered is not taken, and the request is one of HTTP.
    let other = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n";
    let request = format!("POST /graphql HTTP/1.1\r\nHost: x\r\n{other}{typed}");
    answered(&server, request.as_bytes(), r#"{"hello":"world"}"#).await;
}

#[tokio::test]
async fn a_client_that_leaves_is_let_go() {
    let server = TestServer::start().await;
    let open = "live_connections{transport=\"websocket\"}";
    let mut politely = Socket::enter(&server, None).await;
    let mut silently = TcpStream::connect(server.address).await.unwrap();
    silently.write_all(HANDSHAKE.as_bytes()).await.unwrap();
    let both = async {
        while server.metric(open).await != Some(2.0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, both).await.expect("they are not counted");
    politely.close(1000).await;
    assert_eq!(politely.came().await, Came::Closed(1000, String::new()));
    assert_eq!(politely.came().await, Came::Lost, "the server ends the connection");
    silently.shutdown().await.unwrap();
    read_all(&mut silently).await;
    let gone = async {
        while server.metric(open).await != Some(0.0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("a connection is left over");
    let mut next = Socket::enter(&server, None).await;
    next.say(&json!({"type": "ping"})).await;
    assert_eq!(next.next().await, json!({"type": "pong"}));
}
