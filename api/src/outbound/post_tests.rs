//! What goes over the wire, and where nothing goes.

use super::*;
use crate::outbound::OutboundSettings;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

fn outbound(allow_private: bool, deadline: Duration) -> Outbound {
    let settings = OutboundSettings { allow_private, allow_plain: true, deadline, key: None };
    Outbound::new(settings, b"a secret that only these tests know")
}

fn open() -> Outbound {
    outbound(true, Duration::from_secs(15))
}

/// A receiver that answers one request with `answer` and gives what it got.
async fn receiver(answer: &'static str) -> (Url, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?tenant=7", listener.local_addr().unwrap()).parse().unwrap();
    let got = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"{\"a\":1}") {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "cut off: {request:?}");
        }
        // The other side may have gone once it knows the status.
        _ = stream.write_all(answer.as_bytes()).await;
        String::from_utf8(request).unwrap()
    });
    (url, got)
}

async fn post(outbound: &Outbound, url: &Url) -> Result<Posted, PostFault> {
    outbound.post(url, &[("webhook-id", "msg_1".to_owned())], b"{\"a\":1}".to_vec()).await
}

#[tokio::test]
async fn a_request_has_what_it_needs_and_its_status_is_read() {
    let (url, got) = receiver("HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(post(&open(), &url).await, Ok(Posted { status: 204 }));
    let request = got.await.unwrap().to_lowercase();
    let port = url.port().unwrap();
    assert!(request.starts_with("post /hook?tenant=7 http/1.1\r\n"), "{request}");
    for line in [
        &*format!("host: 127.0.0.1:{port}"),
        "content-type: application/json",
        "content-length: 7",
        "webhook-id: msg_1",
    ] {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{line} in {request}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let (inside, untouched) = receiver("HTTP/1.1 200 OK\r\n\r\n").await;
    let answer = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {inside}\r\nContent-Length: 0\r\n\r\n");
    let (url, _) = receiver(answer.leak()).await;
    assert_eq!(post(&open(), &url).await, Ok(Posted { status: 307 }));
    assert!(!untouched.is_finished());
    untouched.abort();
}

#[tokio::test]
async fn an_endless_body_is_not_read_and_an_endless_head_is_no_answer() {
    let (url, _) = receiver("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx").await;
    assert_eq!(post(&open(), &url).await, Ok(Posted { status: 200 }));
    let head = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(2 * HEAD_MAX));
    let (url, _) = receiver(head.leak()).await;
    assert_eq!(post(&open(), &url).await, Err(PostFault::Unreachable));
    let (url, _) = receiver("what?\r\n\r\n").await;
    assert_eq!(post(&open(), &url).await, Err(PostFault::Unreachable));
}

#[tokio::test]
async fn who_does_not_answer_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    assert_eq!(post(&outbound(true, Duration::from_millis(50)), &url).await, Err(PostFault::Timeout));
    drop(listener);
    assert_eq!(post(&open(), &url).await, Err(PostFault::Unreachable), "nobody listens any more");
    // A receiver that speaks no TLS.
    let (url, _) = receiver("HTTP/1.1 200 OK\r\n\r\n").await;
    let secure: Url = url.as_str().replace("http:", "https:").parse().unwrap();
    let outcome = post(&outbound(true, Duration::from_millis(500)), &secure).await;
    assert!(matches!(outcome, Err(PostFault::Unreachable | PostFault::Timeout)), "{outcome:?}");
}

#[tokio::test]
async fn nothing_is_sent_inside_whatever_the_host_is_called() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let strict = outbound(false, Duration::from_secs(15));
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"] {
        let url: Url = format!("http://{host}:{port}/").parse().unwrap();
        assert_eq!(post(&strict, &url).await, Err(PostFault::AddressRefused), "{host}");
    }
    assert!(futures::FutureExt::now_or_never(listener.accept()).is_none(), "nobody came");
    let nowhere: Url = "http://no-such-host.invalid/".parse().unwrap();
    assert_eq!(post(&strict, &nowhere).await, Err(PostFault::AddressRefused));
}
