//! GraphQL over Server-Sent Events, in the distinct connections mode of graphql-sse.

use std::{sync::atomic::Ordering, time::Duration};

use partnergraph::http::{live::LiveSettings, server::ServerSettings};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::{
    server::{JSON, RESPONSE, TestServer, body, code, header, settings},
    socket::PATIENCE,
};

const EVENTS: &str = "text/event-stream";

/// The events of an answer, as a browser reads them.
pub(super) struct Events {
    response: Response,
    text: String,
}

#[derive(Debug, PartialEq)]
pub(super) enum Came {
    Next(Option<String>, Value),
    Complete,
    Comment,
    End,
}

impl Events {
    pub(super) async fn of(request: RequestBuilder) -> Self {
        let response = request.header("accept", EVENTS).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(header(&response, "content-type").starts_with(EVENTS));
        Self { response, text: String::new() }
    }

    /// The next block, comments included.
    async fn came(&mut self) -> Came {
        while !self.text.contains("\n\n") {
            match tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("nothing came").unwrap() {
                Some(chunk) => self.text.push_str(std::str::from_utf8(&chunk).unwrap()),
                None => return Came::End,
            }
        }
        let (block, rest) = self.text.split_once("\n\n").unwrap();
        let (block, rest) = (block.to_owned(), rest.to_owned());
        self.text = rest;
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        match field("event:") {
            None => Came::Comment,
            Some("complete") => {
                assert_eq!(field("data:"), Some(""), "without data a browser would not tell it");
                Came::Complete
            }
            Some("next") => {
                Came::Next(field("id:").map(str::to_owned), serde_json::from_str(field("data:").unwrap()).unwrap())
            }
            other => panic!("{other:?}"),
        }
    }

    /// The next block that is no comment.
    pub(super) async fn next(&mut self) -> Came {
        loop {
            match self.came().await {
                Came::Comment => {}
                other => return other,
            }
        }
    }
}

fn data(value: Value) -> Came {
    Came::Next(None, json!({ "data": value }))
}

#[tokio::test]
async fn a_subscription_is_a_stream_of_results_by_post_and_by_get() {
    let server = TestServer::start().await;
    let query = "subscription{count(to: 2)}";
    for request in [server.post(&json!({ "query": query })), server.get(&format!("/graphql?query={query}"))] {
        let mut events = Events::of(request).await;
        assert_eq!(header(&events.response, "cache-control"), "no-cache");
        assert_eq!(header(&events.response, "x-accel-buffering"), "no");
        assert_eq!(header(&events.response, "content-encoding"), "");
        assert_eq!(events.came().await, Came::Comment, "one sees at once that it is open");
        assert_eq!(events.next().await, Came::Next(Some("1".into()), json!({"data": {"count": 1}})));
        assert_eq!(events.next().await, Came::Next(Some("2".into()), json!({"data": {"count": 2}})));
        assert_eq!(events.next().await, Came::Complete);
        assert_eq!(events.next().await, Came::End);
    }
}

#[tokio::test]
async fn results_come_when_they_are_there() {
    let server = TestServer::start().await;
    let request = server.post(&json!({"query": "subscription{ticks{n}}"})).header("accept-encoding", "gzip");
    let mut events = Events::of(request).await;
    assert_eq!(events.next().await, data(json!({"ticks": {"n": 0}})));
    for n in 1..4 {
        let _ = server.world.ticker.send(n);
        assert_eq!(events.next().await, data(json!({"ticks": {"n": n}})));
    }
    assert_eq!(server.metric(r#"live_operations{transport="events"}"#).await, Some(1.0));
    drop(events);
}

#[tokio::test]
async fn a_client_that_comes_back_goes_on_behind_what_it_saw() {
    let server = TestServer::start().await;
    let first = async |query: &str, last: &str| {
        let request = server.post(&json!({ "query": query })).header("last-event-id", last);
        Events::of(request).await.next().await
    };
    let three = Came::Next(Some("3".into()), json!({"data": {"count": 3}}));
    assert_eq!(first("subscription{count(to: 9)}", "2").await, three);
    // What the document says goes before what the browser remembers.
    assert_eq!(first("subscription{count(to: 9, after: 2)}", "7").await, three);
}

#[tokio::test]
async fn queries_and_mutations_are_one_result() {
    let server = TestServer::start().await;
    let mut events = Events::of(server.post(&json!({"query": "{hello}"}))).await;
    assert_eq!(events.next().await, data(json!({"hello": "world"})));
    assert_eq!(events.next().await, Came::Complete);
    let mut events = Events::of(server.post(&json!({"query": "mutation{change}"}))).await;
    assert_eq!(events.next().await, data(json!({"change": 1})));
    assert_eq!(events.next().await, Came::Complete);
}

#[tokio::test]
async fn a_mutation_by_get_is_405() {
    let server = TestServer::start().await;
    let response = server.get("/graphql?query=mutation{change}").header("accept", EVENTS).send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(header(&response, "allow"), "POST");
    assert_eq!(code(&body(response).await), "BAD_USER_INPUT");
    assert_eq!(server.world.changes.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_request_that_is_refused_is_a_result_with_errors() {
    let server = TestServer::start().await;
    for (query, expected) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription{nothing}", "GRAPHQL_VALIDATION_FAILED"),
        ("query($n: Int!){echo(number: $n)}", "BAD_USER_INPUT"),
        ("subscription{refused}", "UNAUTHENTICATED"),
    ] {
        let mut events = Events::of(server.post(&json!({ "query": query }))).await;
        let Came::Next(None, result) = events.next().await else { panic!("{query}") };
        assert_eq!(code(&result), expected, "{query}");
        assert!(result.get("data").is_none());
        assert_eq!(events.next().await, Came::Complete, "{query}");
        assert_eq!(events.next().await, Came::End);
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused_by_http() {
    let server = TestServer::start().await;
    let ask = |request: RequestBuilder| request.header("accept", EVENTS).send();
    let malformed = ask(server.post(&json!({}))).await.unwrap();
    assert_eq!(malformed.status(), 400);
    let forged = server.post(&json!({"query": "{hello}"})).header("authorization", "Bearer forged");
    assert_eq!(ask(forged).await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_client_that_takes_both_gets_a_stream_only_for_what_is_one() {
    let server = TestServer::start().await;
    let both = format!("{RESPONSE}, {JSON}, {EVENTS}");
    let ask = |query: &str| server.post(&json!({ "query": query })).header("accept", &both).send();
    let response = ask("{hello}").await.unwrap();
    assert!(header(&response, "content-type").starts_with(RESPONSE));
    let response = ask("{").await.unwrap();
    assert_eq!(response.status(), 400);
    let response = ask("subscription{count(to: 1)}").await.unwrap();
    assert!(header(&response, "content-type").starts_with(EVENTS));
}

#[tokio::test]
async fn a_silent_stream_is_kept_open_by_comments() {
    let live = LiveSettings { comment_interval: Duration::from_millis(20), ..LiveSettings::default() };
    let server = TestServer::with(ServerSettings { live, ..settings() }).await;
    let mut events = Events::of(server.post(&json!({"query": "subscription{ticks{n}}"}))).await;
    events.next().await;
    assert_eq!(events.came().await, Came::Comment);
    assert_eq!(events.came().await, Came::Comment);
    assert!(LiveSettings::default().comment_interval < Duration::from_secs(15));
}

#[tokio::test]
async fn credentials_that_end_or_lose_rights_end_the_stream_without_a_complete() {
    let server = TestServer::start().await;
    let listen = async |token: &str| {
        let request = server.post(&json!({"query": "subscription{ticks{n}}"}));
        let mut events = Events::of(request.header("authorization", format!("Bearer {token}"))).await;
        events.next().await;
        events
    };
    let mut ends = listen("me@60").await;
    let mut out = listen("you@600").await;
    server.names.advance(60);
    let _ = server.world.ticker.send(1);
    assert_eq!(ends.next().await, Came::End);
    assert_eq!(out.next().await, data(json!({"ticks": {"n": 1}})));
    server.names.set_role("you", None);
    let _ = server.world.ticker.send(2);
    assert_eq!(out.next().await, Came::End);
}

#[tokio::test]
async fn streams_count_and_end_with_the_server() {
    let live = LiveSettings { per_actor: 1, closing_spread: Duration::from_millis(50), ..LiveSettings::default() };
    let mut server = TestServer::with(ServerSettings { live, ..settings() }).await;
    let ask = |query: &str| server.post(&json!({ "query": query })).header("authorization", "Bearer me");
    let mut events = Events::of(ask("subscription{ticks{n}}")).await;
    events.next().await;
    let response = ask("subscription{ticks{n}}").header("accept", EVENTS).send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (429, "2"));
    assert_eq!(code(&body(response).await), "LIMIT_EXCEEDED");
    let query = Events::of(ask("{hello}")).await;
    drop(query);
    let stopped = server.stop();
    assert_eq!(events.next().await, Came::End);
    stopped.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_panic_ends_its_stream_and_says_nothing_of_the_inside() {
    let server = TestServer::start().await;
    let request = server.post(&json!({"query": "subscription{panics}"}));
    let response = request.header("accept", EVENTS).send().await.unwrap();
    let text = response.text().await.unwrap();
    assert!(text.contains("INTERNAL") && text.ends_with("event: complete\ndata:\n\n"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}
