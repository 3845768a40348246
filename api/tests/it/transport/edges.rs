//! What surrounds every request: credentials, CORS, ids, headers, compression, caches, health, metrics, start and stop.

use std::{net::SocketAddr, sync::Arc};

use partnergraph::http::{
    cors::Origins,
    server::{ListenError, ServerSettings, listen},
};
use reqwest::Method;
use serde_json::json;

use super::{
    names::Names,
    server::{TestServer, body, code, header, parts, settings},
    toy::World,
};

#[tokio::test]
async fn credentials_are_checked_before_anything_is_read() {
    let server = TestServer::start().await;
    let request = || server.post(&json!({"query": "{who}"}));
    assert_eq!(server.send(request()).await.1, json!({"data": {"who": null}}));
    let known = server.send(request().header("authorization", "Bearer me")).await.1;
    assert_eq!(known, json!({"data": {"who": "Bearer me"}}));
    let response = request().header("authorization", "Bearer forged").send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert!(header(&response, "www-authenticate").starts_with("Bearer realm="));
    assert_eq!(code(&body(response).await), "UNAUTHENTICATED");
    let twice = request().header("authorization", "Bearer a").header("authorization", "Bearer b");
    assert_eq!(server.send(twice).await.0, 400);
}

#[tokio::test]
async fn every_answer_is_named_and_safe_for_browsers() {
    let server = TestServer::start().await;
    for path in ["/graphql?query={hello}", "/graphql", "/nothing", "/livez"] {
        let response = server.get(path).header("x-request-id", "abc").send().await.unwrap();
        assert_eq!(header(&response, "x-request-id"), "abc", "{path}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert!(header(&response, "content-security-policy").contains("default-src 'none'"));
        assert!(header(&response, "content-type").starts_with("application/json"));
    }
    let response = server.get("/livez").header("x-request-id", "no blanks").send().await.unwrap();
    assert_eq!(header(&response, "x-request-id").len(), 32);
}

#[tokio::test]
async fn no_origin_is_reflected() {
    let listed = Origins::parse("https://a.example").unwrap();
    for (origins, origin, granted) in [
        (Origins::Own, "https://a.example", ""),
        (listed.clone(), "https://a.example", "https://a.example"),
        (listed, "https://b.example", ""),
        (Origins::Any, "https://b.example", "*"),
    ] {
        let server = TestServer::with(ServerSettings { origins, ..settings() }).await;
        let plain = server.post(&json!({"query": "{hello}"})).header("origin", origin).send().await.unwrap();
        let question = server.request(Method::OPTIONS, "/graphql").header("origin", origin);
        let preflight = question.header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(preflight.status(), 204);
        for response in [&plain, &preflight] {
            assert_eq!(header(response, "access-control-allow-origin"), granted);
            assert_eq!(header(response, "access-control-allow-credentials"), "");
            let vary: Vec<_> = response.headers().get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            assert!(vary.join(",").contains("Origin"), "{vary:?}");
        }
    }
}

#[tokio::test]
async fn caches_are_told_what_they_may_keep() {
    let server = TestServer::start().await;
    let control = async |path: &str, authorization: Option<&str>| {
        let mut request = server.get(path);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        header(&request.send().await.unwrap(), "cache-control").to_owned()
    };
    assert_eq!(control("/graphql?query={hello}", None).await, "no-cache");
    assert_eq!(control("/graphql?query={hello}", Some("Bearer a")).await, "private, no-store");
    assert_eq!(control("/graphql?query={", None).await, "no-store");
    let response = server.post(&json!({"query": "{hello}"})).send().await.unwrap();
    assert_eq!(header(&response, "cache-control"), "no-store");
}

#[tokio::test]
async fn long_answers_are_packed_for_those_who_read_it() {
    let server = TestServer::start().await;
    let ask = |length: usize, encoding: &str| {
        let request = server.post(&json!({ "query": format!("{{long(length: {length})}}") }));
        request.header("accept-encoding", encoding).send()
    };
    let response = ask(10_000, "gzip").await.unwrap();
    assert_eq!(header(&response, "content-encoding"), "gzip");
    assert!(response.bytes().await.unwrap().len() < 5_000);
    assert_eq!(header(&ask(10, "gzip").await.unwrap(), "content-encoding"), "");
    assert_eq!(header(&ask(10_000, "gzip;q=0").await.unwrap(), "content-encoding"), "");
}

#[tokio::test]
async fn health_and_metrics_are_told() {
    let server = TestServer::start().await;
    assert_eq!(server.send(server.get("/livez")).await.1, json!({"status": "ok"}));
    let ready = server.send(server.get("/readyz")).await;
    assert_eq!(ready.1, json!({"status": "ok", "checks": {"database": "ok"}}));
    assert_eq!(server.request(Method::POST, "/readyz").send().await.unwrap().status(), 405);
    server.ask("{hello}").await;
    server.ask("{").await;
    let text = server.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(text.contains("http_requests_total{operation=\"query\",status=\"200\"} 1"), "{text}");
    assert!(text.contains("graphql_errors_total{code=\"GRAPHQL_PARSE_FAILED\"} 1"), "{text}");
    let proxied = server.get("/metrics").header("x-forwarded-for", "192.0.2.1").send().await.unwrap();
    assert_eq!(proxied.status(), 404);
}

#[tokio::test]
async fn metrics_can_have_an_address_of_their_own() {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = TestServer::with(ServerSettings { metrics_listen: Some(free), ..settings() }).await;
    assert_eq!(server.get("/metrics").send().await.unwrap().status(), 404);
    let address = server.metrics.unwrap();
    let text = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn a_taken_port_says_what_to_do() {
    let server = TestServer::start().await;
    let (world, names) = (World::default(), Arc::new(Names::default()));
    let taken = listen(&ServerSettings { listen: server.address, ..settings() }, parts(&world, &names)).err().unwrap();
    assert!(matches!(taken, ListenError::Taken(address) if address == server.address));
    assert!(taken.to_string().contains("set another address"), "{taken}");
    let foreign = SocketAddr::from(([192, 0, 2, 1], 0));
    let refused = listen(&ServerSettings { listen: foreign, ..settings() }, parts(&world, &names)).err().unwrap();
    assert!(matches!(refused, ListenError::Refused { .. }), "{refused}");
}

#[tokio::test]
async fn stopping_lets_requests_end_and_takes_no_more() {
    let mut server = TestServer::start().await;
    let request = server.post(&json!({"query": "{waits}"})).send();
    let request = tokio::spawn(request);
    server.world.waiting.notified().await;
    let stopped = server.stop();
    server.world.gate.notify_one();
    let response = request.await.unwrap().unwrap();
    assert_eq!(body(response).await, json!({"data": {"waits": 1}}));
    stopped.await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err());
}
