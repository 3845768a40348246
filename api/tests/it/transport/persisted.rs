//! Pitfall 23: automatic persisted queries, as Apollo's clients speak them.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::server::{JSON, RESPONSE, TestServer, code};

fn extension(document: &str, version: i32) -> Value {
    let hash: String = Sha256::digest(document.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"persistedQuery": {"version": version, "sha256Hash": hash}})
}

async fn by_post(server: &TestServer, query: Option<&str>, extensions: &Value) -> (u16, Value) {
    let mut request = json!({ "extensions": extensions });
    if let Some(query) = query {
        request["query"] = query.into();
    }
    let (status, answer) = server.send(server.post(&request).header("accept", RESPONSE)).await;
    (status.as_u16(), answer)
}

async fn by_get(server: &TestServer, query: Option<&str>, extensions: &Value) -> (u16, Value) {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(query.map(|query| ("query", query)));
    text.append_pair("extensions", &extensions.to_string());
    let request = server.get(&format!("/graphql?{}", text.finish())).header("accept", RESPONSE);
    let (status, answer) = server.send(request).await;
    (status.as_u16(), answer)
}

#[tokio::test]
async fn pitfall_23_a_document_is_asked_for_once() {
    let server = TestServer::start().await;
    let hello = json!({"data": {"hello": "world"}});
    let first = "{hello}";
    let (status, answer) = by_post(&server, None, &extension(first, 1)).await;
    assert_eq!((status, code(&answer)), (400, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(answer["errors"][0]["message"], "PersistedQueryNotFound");
    let as_json = server.post(&json!({"extensions": extension(first, 1)})).header("accept", JSON);
    assert_eq!(server.send(as_json).await.0, 200, "under application/json it is 200, as for all request errors");
    assert_eq!(by_post(&server, Some(first), &extension(first, 1)).await, (200, hello.clone()));
    assert_eq!(by_post(&server, None, &extension(first, 1)).await, (200, hello.clone()));
    assert_eq!(by_get(&server, None, &extension(first, 1)).await, (200, hello.clone()));
    let second = "{ hello }";
    assert_eq!(by_get(&server, None, &extension(second, 1)).await.0, 400);
    assert_eq!(by_get(&server, Some(second), &extension(second, 1)).await, (200, hello.clone()));
    assert_eq!(by_get(&server, None, &extension(second, 1)).await, (200, hello));
}

#[tokio::test]
async fn pitfall_23_what_is_wrong_is_not_kept() {
    let server = TestServer::start().await;
    let (status, answer) = by_post(&server, Some("{hello}"), &extension("{other}", 1)).await;
    assert_eq!((status, code(&answer)), (400, "BAD_USER_INPUT"));
    let deep = format!("{{person{}{{name}}{}}}", "{self".repeat(30), "}".repeat(30));
    for bad in ["{", "{unknown}", deep.as_str()] {
        assert_eq!(by_post(&server, Some(bad), &extension(bad, 1)).await.0, 400);
        assert_eq!(code(&by_post(&server, None, &extension(bad, 1)).await.1), "PERSISTED_QUERY_NOT_FOUND", "{bad}");
    }
    assert_eq!(code(&by_post(&server, None, &extension("{hello}", 1)).await.1), "PERSISTED_QUERY_NOT_FOUND");
    for version in [0, 2] {
        let (status, answer) = by_post(&server, Some("{hello}"), &extension("{hello}", version)).await;
        assert_eq!((status, code(&answer)), (400, "PERSISTED_QUERY_NOT_SUPPORTED"));
    }
    let odd = json!({"persistedQuery": {"version": 1, "sha256Hash": "../x"}});
    assert_eq!(code(&by_post(&server, None, &odd).await.1), "BAD_USER_INPUT");
}

#[tokio::test]
async fn pitfall_23_a_kept_mutation_is_not_run_by_get() {
    let server = TestServer::start().await;
    let mutation = "mutation{change}";
    assert_eq!(by_get(&server, Some(mutation), &extension(mutation, 1)).await.0, 405);
    assert_eq!(by_post(&server, Some(mutation), &extension(mutation, 1)).await.1, json!({"data": {"change": 1}}));
    assert_eq!(by_get(&server, None, &extension(mutation, 1)).await.0, 405);
    assert_eq!(by_post(&server, None, &extension(mutation, 1)).await.1, json!({"data": {"change": 2}}));
}
