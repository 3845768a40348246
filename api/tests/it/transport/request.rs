//! Pitfalls 4, 5 and 7: GET, bad JSON, other methods; and coercion, directives and messages (9 to 14).

use std::{sync::atomic::Ordering, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{JSON, RESPONSE, TestServer, body, code, header};

fn query(pairs: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(pairs);
    format!("/graphql?{}", text.finish())
}

#[tokio::test]
async fn pitfall_04_get_runs_queries_by_name_and_no_mutation() {
    let server = TestServer::start().await;
    let two = "query A{hello} mutation B{change}";
    let (status, answer) = server.send(server.get(&query(&[("query", two), ("operationName", "A")]))).await;
    assert_eq!((status.as_u16(), answer), (200, json!({"data": {"hello": "world"}})));
    for (document, name) in [(two, "B"), ("mutation{change}", "")] {
        for accept in [JSON, RESPONSE] {
            let path = query(&[("query", document), ("operationName", name)]);
            let response = server.get(&path).header("accept", accept).send().await.unwrap();
            assert_eq!(response.status(), 405);
            assert_eq!(header(&response, "allow"), "POST");
            assert_eq!(code(&body(response).await), "BAD_USER_INPUT");
        }
    }
    assert_eq!(server.world.changes.load(Ordering::SeqCst), 0);
    let path = query(&[("query", "query($n: Int){echo(number: $n)}"), ("variables", "{\"n\": 7}")]);
    assert_eq!(server.send(server.get(&path)).await.1, json!({"data": {"echo": " 7"}}));
}

#[tokio::test]
async fn pitfall_05_what_is_malformed_is_400_in_json_under_every_type() {
    let server = TestServer::start().await;
    let by_get = [("variables", "{"), ("variables", "7"), ("extensions", "{"), ("extensions", "[]")];
    for accept in [JSON, RESPONSE] {
        for (name, value) in by_get {
            let request = server.get(&query(&[("query", "{hello}"), (name, value)])).header("accept", accept);
            let (status, answer) = server.send(request).await;
            assert_eq!((status.as_u16(), code(&answer)), (400, "BAD_USER_INPUT"), "{name}={value}");
            assert!(answer.get("data").is_none());
        }
        for text in [
            "{ \"not JSON",
            "",
            "7",
            "[{\"query\":\"{hello}\"}]",
            "{}",
            "{\"query\":7}",
            "\u{0}\u{1}",
            "{\"query\":\"{hello}\",\"query\":\"{hello}\"}",
        ] {
            let request =
                server.request(Method::POST, "/graphql").header("content-type", JSON).header("accept", accept);
            let response = request.body(text).send().await.unwrap();
            assert_eq!(response.status(), 400, "{text}");
            assert!(header(&response, "content-type").starts_with(accept));
            let answer = body(response).await;
            assert_eq!(code(&answer), "BAD_USER_INPUT", "{text}");
            let message = answer["errors"][0]["message"].as_str().unwrap().to_lowercase();
            assert!(
                !["serde", "eof", "expected value", "trailing"].iter().any(|word| message.contains(word)),
                "{message}"
            );
        }
    }
    assert_eq!(server.get("/graphql").send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn pitfall_07_other_methods_are_405_and_say_what_is_allowed() {
    let server = TestServer::start().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
        let response = server.request(method.clone(), "/graphql").body("{}").send().await.unwrap();
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(header(&response, "allow"), "GET, HEAD, POST, OPTIONS");
        assert_eq!(code(&body(response).await), "BAD_USER_INPUT");
    }
    let response = server.request(Method::OPTIONS, "/graphql").send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "allow")), (204, "GET, HEAD, POST, OPTIONS"));
    let response = server.request(Method::HEAD, "/graphql?query={hello}").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(header(&response, "content-type").starts_with(JSON));
    assert_eq!(response.text().await.unwrap(), "");
    let response = server.get("/nothing/here").send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(code(&body(response).await), "NOT_FOUND");
}

#[tokio::test]
async fn pitfall_10_directives_on_typename_are_judged() {
    let server = TestServer::start().await;
    for document in ["{__typename @unknown}", "{__typename @skip(if: false) @skip(if: false)}"] {
        let (status, answer) = server.ask(document).await;
        assert_eq!((status.as_u16(), code(&answer)), (400, "GRAPHQL_VALIDATION_FAILED"), "{document}");
    }
    let request = json!({"query": "query($x: Boolean!){__typename @include(if: $x)}", "variables": {"x": true}});
    assert_eq!(server.send(server.post(&request)).await.1, json!({"data": {"__typename": "Query"}}));
    let many = format!("{{__typename {}}}", "@skip(if: false) ".repeat(1000));
    assert_eq!(code(&server.ask(&many).await.1), "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn pitfall_11_a_required_variable_that_is_missing_stops_the_request() {
    let server = TestServer::start().await;
    for document in ["query($x: Boolean!){hello @include(if: $x)}", "query($x: Int!){echo(number: $x)}"] {
        let (status, answer) = server.ask(document).await;
        assert_eq!((status.as_u16(), code(&answer)), (400, "BAD_USER_INPUT"), "{document}");
        assert!(answer.get("data").is_none());
    }
    let skipped = server.ask("query($x: Boolean = false){hello @include(if: $x)}").await;
    assert_eq!(skipped.1, json!({"data": {}}));
}

#[tokio::test]
async fn pitfalls_12_to_14_messages_suggest_nothing_and_repeat_no_library() {
    let server = TestServer::start().await;
    for document in ["{helo}", "{echo(txt: \"a\")}", "{person{nam}}", "{hello @skp(if: true)}"] {
        let (_, answer) = server.ask(document).await;
        let text = answer.to_string().to_lowercase();
        assert!(!text.contains("did you mean") && !text.contains("\\\"hello\\\""), "{text}");
        assert_eq!(code(&answer), "GRAPHQL_VALIDATION_FAILED", "all rules are on");
    }
    let (status, answer) = server.ask("{echo(number: 3000000000)}").await;
    assert_eq!((status.as_u16(), code(&answer)), (200, "BAD_USER_INPUT"));
    assert_eq!(answer["errors"][0]["message"], "The value is not a valid Int");
}

#[tokio::test]
async fn a_panic_ends_only_its_own_request_and_is_told_by_its_id() {
    let server = TestServer::start().await;
    let request = server.post(&json!({"query": "{panics}"})).header("x-request-id", "my-id.1");
    let response = request.send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "x-request-id")), (200, "my-id.1"));
    let answer = body(response).await;
    assert_eq!(answer["data"], Value::Null);
    assert_eq!(answer["errors"][0]["extensions"], json!({"code": "INTERNAL", "requestId": "my-id.1"}));
    assert_eq!(server.ask("{hello}").await.0, 200);
}

#[tokio::test]
async fn an_execution_that_hangs_is_given_up_while_others_are_served() {
    let server = TestServer::start().await;
    let began = std::time::Instant::now();
    let (hanging, others) =
        tokio::join!(server.ask("{hangs}"), futures::future::join_all((0..50).map(|_| server.ask("{hello}"))));
    assert!(others.iter().all(|(status, _)| *status == 200));
    assert_eq!(code(&hanging.1), "TIMEOUT");
    assert!(began.elapsed() < Duration::from_secs(5));
}
