//! Pitfalls 6 and 25: bodies that are too large, too slow, packed, or no HTTP at all; over raw sockets where a client
//! library would be too polite.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use partnergraph::http::server::{BodySettings, ServerSettings};
use reqwest::Method;
use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::server::{JSON, TestServer, code, read_all, settings};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn pitfall_06_a_declared_length_is_refused_before_it_is_read() {
    let server = TestServer::start().await;
    let head =
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 31457280\r\n\r\n";
    // Not a byte of the body is sent.
    let answer = server.raw(head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("LIMIT_EXCEEDED") && answer.to_lowercase().contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn pitfall_06_a_body_of_unknown_length_is_read_up_to_the_limit() {
    let server = TestServer::start().await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let head =
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..17 {
        socket.write_all(chunk.as_bytes()).await.unwrap();
    }
    let answer = read_all(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn pitfall_06_accepted_credentials_allow_more() {
    let server = TestServer::start().await;
    let request = || server.post(&json!({"query": "query($t: String){who}", "variables": {"x": "x".repeat(2 << 20)}}));
    let (status, answer) = server.send(request().header("authorization", "Bearer a")).await;
    assert_eq!((status.as_u16(), code(&answer)), (200, "GRAPHQL_VALIDATION_FAILED"), "it was read");
    let forged = server.raw(b"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer forged\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\n\r\n").await;
    assert!(forged.starts_with("HTTP/1.1 401 "), "{forged}");
    let none = server
        .raw(b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\n\r\n")
        .await;
    assert!(none.starts_with("HTTP/1.1 413 "), "{none}");
}

#[tokio::test]
async fn pitfall_06_packed_bodies_are_limited_unpacked() {
    let server = TestServer::start().await;
    let post = |body: Vec<u8>, encoding: &str| {
        let request = server.request(Method::POST, "/graphql").header("content-type", JSON);
        server.send(request.header("content-encoding", encoding).body(body))
    };
    let document = json!({"query": "{hello}"}).to_string();
    let (status, answer) = post(packed(document.as_bytes()), "gzip").await;
    assert_eq!((status.as_u16(), answer), (200, json!({"data": {"hello": "world"}})));
    let bomb = packed(&vec![b' '; 20 << 20]);
    assert!(bomb.len() < 100_000);
    let began = Instant::now();
    assert_eq!(post(bomb, "gzip").await.0, 413);
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(post(document.clone().into_bytes(), "gzip").await.0, 400);
    assert_eq!(post(document.into_bytes(), "br").await.0, 415);
}

#[tokio::test]
async fn pitfall_25_a_chunked_body_that_nobody_reads_does_not_keep_its_connection() {
    let server = TestServer::start().await;
    let heads = [
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain",
        "PUT /graphql HTTP/1.1\r\nHost: a",
        "POST /nothing HTTP/1.1\r\nHost: a",
        "GET /livez HTTP/1.1\r\nHost: a",
    ];
    // The body is begun and never ended, and the connection is kept open.
    let began = heads.map(|head| format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
    let answers = futures::future::join_all(began.iter().map(|began| server.raw(began.as_bytes()))).await;
    for answer in answers {
        assert!(answer.starts_with("HTTP/1.1 ") && answer.to_lowercase().contains("connection: close"), "{answer}");
    }
}

fn hurried() -> ServerSettings {
    let bodies = BodySettings { deadline: Duration::from_millis(200), ..BodySettings::default() };
    ServerSettings { header_deadline: Duration::from_millis(200), bodies, ..settings() }
}

#[tokio::test]
async fn pitfall_25_slow_heads_and_bodies_are_cut_and_others_served() {
    let server = TestServer::with(hurried()).await;
    let slow_head = server.raw(b"POST /graphql HTTP/1.1\r\nHost: a\r\nX-Slow: ");
    let slow_body = server.raw(
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"qu",
    );
    let began = Instant::now();
    let (head, body, others) =
        tokio::join!(slow_head, slow_body, futures::future::join_all((0..20).map(|_| server.ask("{hello}"))));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(head.is_empty() || head.starts_with("HTTP/1.1 408 "), "{head}");
    assert!(body.starts_with("HTTP/1.1 408 ") && body.contains("TIMEOUT"), "{body}");
    assert!(others.iter().all(|(status, _)| *status == 200));
}

#[tokio::test]
async fn pitfall_25_a_body_that_drips_is_cut_by_the_time_of_the_whole() {
    let server = TestServer::with(hurried()).await;
    let (mut reading, mut writing) = TcpStream::connect(server.address).await.unwrap().into_split();
    let head = "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";
    writing.write_all(head.as_bytes()).await.unwrap();
    let drip = async {
        let mut every = tokio::time::interval(Duration::from_millis(10));
        loop {
            every.tick().await;
            if writing.write_all(b" ").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut answer = vec![0; 12];
    tokio::select! {
        () = drip => {}
        read = tokio::io::AsyncReadExt::read_exact(&mut reading, &mut answer) => { read.unwrap(); }
    }
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 408");
}

#[tokio::test]
async fn pitfall_25_garbage_is_no_request() {
    let server = TestServer::with(hurried()).await;
    for bytes in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..], b"GARBAGE\r\n\r\n", b"GET /graphql HTTP/9.9\r\n\r\n"] {
        let answer = server.raw(bytes).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let large = format!("GET / HTTP/1.1\r\nHost: a\r\nX-Large: {}\r\n\r\n", "x".repeat(1 << 20));
    let answer = server.raw(large.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(server.ask("{hello}").await.0, 200);
}
