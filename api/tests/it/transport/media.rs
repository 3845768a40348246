//! Pitfalls 1 to 3: media types, the status that goes with them, and what is taken for JSON.

use reqwest::Method;
use serde_json::{Value, json};

use super::server::{JSON, RESPONSE, TestServer, body, code, header};

#[tokio::test]
async fn pitfall_01_the_answer_has_the_type_that_was_asked_for() {
    let server = TestServer::start().await;
    for (accept, expected) in [
        (None, JSON),
        (Some("*/*"), JSON),
        (Some(JSON), JSON),
        (Some(RESPONSE), RESPONSE),
        (Some("application/graphql-response+json, application/json;q=0.9"), RESPONSE),
        (Some("application/graphql-response+json;q=0.1, application/json;q=0.9"), JSON),
    ] {
        let mut request = server.post(&json!({"query": "{hello}"}));
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{accept:?}");
        assert_eq!(header(&response, "content-type"), format!("{expected}; charset=utf-8"), "{accept:?}");
        assert_eq!(body(response).await, json!({"data": {"hello": "world"}}));
    }
    for accept in ["text/html", "image/png", "text/*", "application/json;q=0"] {
        let (status, body) = server.send(server.post(&json!({"query": "{hello}"})).header("accept", accept)).await;
        assert_eq!((status.as_u16(), code(&body)), (406, "BAD_USER_INPUT"), "{accept}");
    }
}

#[tokio::test]
async fn pitfalls_01_and_02_the_phase_decides_status_and_data() {
    let server = TestServer::start().await;
    let refused = [
        ("GRAPHQL_PARSE_FAILED", json!({"query": "{"})),
        ("GRAPHQL_VALIDATION_FAILED", json!({"query": "{unknown}"})),
        ("GRAPHQL_VALIDATION_FAILED", json!({"query": "{echo(number: \"x\")}"})),
        ("BAD_USER_INPUT", json!({"query": "query($n: Int!){echo(number: $n)}"})),
        ("BAD_USER_INPUT", json!({"query": "query($n: Int!){echo(number: $n)}", "variables": {"n": "x"}})),
        ("BAD_USER_INPUT", json!({"query": "{hello}", "operationName": "Unknown"})),
        ("BAD_USER_INPUT", json!({"query": "query A{hello} query B{hello}"})),
        ("LIMIT_EXCEEDED", json!({"query": "{a".repeat(200)})),
    ];
    for (expected, request) in &refused {
        for (accept, status) in [(RESPONSE, 400), (JSON, 200)] {
            let (found, body) = server.send(server.post(request).header("accept", accept)).await;
            assert_eq!((found.as_u16(), code(&body)), (status, *expected), "{request}");
            assert!(body.get("data").is_none(), "{body}");
            assert!(!body["errors"][0]["message"].as_str().unwrap().is_empty());
        }
    }
    // After execution has begun there is data, be it null, and the status is 200 in both types.
    for (query, data) in [("{fails hello}", json!({"fails": null, "hello": "world"})), ("{must hello}", Value::Null)] {
        for accept in [RESPONSE, JSON] {
            let response = server.post(&json!({ "query": query })).header("accept", accept).send().await.unwrap();
            assert_eq!(response.status(), 200);
            let text = response.text().await.unwrap();
            assert!(text.starts_with("{\"errors\":["), "errors come first: {text}");
            let body: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(body.get("data"), Some(&data));
            assert_eq!(code(&body), "INTERNAL");
            assert!(!text.contains("secret"), "{text}");
        }
    }
}

#[tokio::test]
async fn pitfall_03_only_json_is_read_so_that_no_form_of_another_site_can_change_anything() {
    let server = TestServer::start().await;
    let mutation = json!({"query": "mutation{change}"}).to_string();
    let form = "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"mutation{change}\"}\r\n--b--\r\n";
    for (content_type, body) in [
        (Some("text/plain"), mutation.as_str()),
        (Some("application/x-www-form-urlencoded"), "query=mutation%7Bchange%7D"),
        (Some("multipart/form-data; boundary=b"), form),
        (Some("application/json; charset=utf-16"), mutation.as_str()),
        (Some("image/png"), mutation.as_str()),
        (Some("application/graphql"), "mutation{change}"),
        (None, mutation.as_str()),
    ] {
        let mut request = server.request(Method::POST, "/graphql").body(body.to_owned());
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let (status, answer) = server.send(request).await;
        assert_eq!((status.as_u16(), code(&answer)), (415, "BAD_USER_INPUT"), "{content_type:?}");
    }
    assert_eq!(server.world.changes.load(std::sync::atomic::Ordering::SeqCst), 0);
    let (_, answer) = server.send(server.post(&json!({"query": "mutation{change}"}))).await;
    assert_eq!(answer, json!({"data": {"change": 1}}));
}
