//! What was qualified is accepted or dismissed, once, by its own organization.

use super::{leads, one_of, qualify, told};
use crate::support::{Answer, TestApp, on_both};
use entity::value::Role;
use partnergraph::op::{Actor, Scope};
use serde_json::{Value, json};

const ACCEPT: &str = "mutation ($id: ID!, $input: QualifiedLeadAcceptInput) { qualifiedLeadAccept(id: $id, input: $input) {
    qualifiedLead { status revision decidedAt viewerCanAccept viewerCanDismiss } userErrors { field code currentRevision } } }";
const DISMISS: &str = "mutation ($id: ID!, $input: QualifiedLeadDismissInput!) {
    qualifiedLeadDismiss(id: $id, input: $input) {
      qualifiedLead { status dismissReason comment viewerCanDismiss } userErrors { field code } } }";
const ONE: &str = "query ($id: ID!) { qualifiedLead(id: $id) { id } node(id: $id) { id } }";

async fn accept(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    app.graphql(actor, ACCEPT, json!({"id": id, "input": input})).await
}

async fn dismiss(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    app.graphql(actor, DISMISS, json!({"id": id, "input": input})).await
}

async fn somebody_decides_once(app: TestApp) {
    let id = one_of(&app, 2).await["id"].clone();
    let member = app.actor("aurora", Role::Member);
    let stale = json!({"expectedRevision": 3});
    assert_eq!(accept(&app, &member, &id, stale).await.refusals(), ["REVISION_MISMATCH"]);
    let done = accept(&app, &member, &id, json!({"expectedRevision": 1})).await;
    let lead = &done.payload()["qualifiedLead"];
    assert_eq!((&lead["status"], &lead["revision"]), (&json!("ACCEPTED"), &json!(2)));
    assert_eq!((&lead["viewerCanAccept"], &lead["viewerCanDismiss"]), (&json!(false), &json!(true)));
    assert_eq!(accept(&app, &member, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    // What was accepted may still turn out to be none.
    let long = json!({"reason": "OTHER", "comment": "x".repeat(501)});
    assert_eq!(dismiss(&app, &member, &id, long).await.refusals(), ["TOO_LONG"]);
    let why = json!({"reason": "NO_FIT", "comment": " Too small. "});
    let done = dismiss(&app, &member, &id, why.clone()).await;
    let lead = &done.payload()["qualifiedLead"];
    assert_eq!((&lead["status"], &lead["dismissReason"]), (&json!("DISMISSED"), &json!("NO_FIT")));
    assert_eq!((&lead["comment"], &lead["viewerCanDismiss"]), (&json!("Too small."), &json!(false)));
    assert_eq!(dismiss(&app, &member, &id, why).await.refusals(), ["INVALID_STATE"]);
    let changes: Vec<Value> = told(&app, "aurora").await.iter().map(|alert| alert["change"].clone()).collect();
    assert_eq!(changes, ["CREATED", "ACCEPTED", "DECLINED"]);
    // It stays dismissed.
    assert_eq!(qualify(&app).await, 0);
    assert_eq!(leads(&app, "aurora", json!({"statuses": ["NEW"]})).await.len(), 1);
    assert_eq!(leads(&app, "aurora", json!({"statuses": ["DISMISSED"]})).await.len(), 1);
}

async fn only_its_own_organization_has_it(app: TestApp) {
    let id = one_of(&app, 1).await["id"].clone();
    let why = json!({"reason": "OTHER"});
    for (actor, expected) in [
        (app.manager("borealis"), "NOT_FOUND"),
        (app.manager("comet"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
        (app.actor("aurora", Role::Viewer), "NOT_ALLOWED"),
    ] {
        assert_eq!(accept(&app, &actor, &id, json!({})).await.refusals(), [expected]);
        assert_eq!(dismiss(&app, &actor, &id, why.clone()).await.refusals(), [expected]);
    }
    for slug in ["borealis", "comet", "operator"] {
        let seen = app.graphql(&app.manager(slug), ONE, json!({"id": id})).await;
        assert_eq!((seen.at("/qualifiedLead"), seen.at("/node")), (&Value::Null, &Value::Null), "{slug}");
    }
    let seen = app.graphql(&app.actor("aurora", Role::Viewer), ONE, json!({"id": id})).await;
    assert_eq!((seen.at("/qualifiedLead/id"), seen.at("/node/id")), (&id, &id));
    let key = app.key("aurora", &[Scope::PartnershipsWrite]);
    assert_eq!(accept(&app, &key, &id, json!({})).await.error_code(), "FORBIDDEN");
    assert_eq!(accept(&app, &app.visitor(), &id, json!({})).await.error_code(), "UNAUTHENTICATED");
    let malformed = app.graphql(&app.manager("aurora"), ACCEPT, json!({"id": "qld_1"})).await;
    assert_eq!(malformed.error_code(), "BAD_USER_INPUT");
}

on_both!(somebody_decides_once, only_its_own_organization_has_it);
