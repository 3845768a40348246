//! `organizationUpdate`, and what `organization` shows to whom.

use crate::support::{TestApp, on_both, organization_id};
use entity::{id::TypedId, value::Role};
use partnergraph::op::Scope;
use serde_json::json;

const UPDATE: &str = "mutation ($id: ID!, $input: OrganizationUpdateInput!) {
  organizationUpdate(id: $id, input: $input) {
    organization { name countryCode revision }
    userErrors { field message code currentRevision }
  }
}";

on_both!(absent_is_not_null, refusals_have_codes, a_stale_revision_is_refused, what_is_not_listed_is_hidden);

async fn absent_is_not_null(app: TestApp) {
    let id = organization_id("aurora").global();
    let manager = app.manager("aurora");
    let set = app.graphql(&manager, UPDATE, json!({"id": id, "input": {"countryCode": "NO"}})).await;
    assert_eq!(set.payload()["organization"]["countryCode"], "NO");
    let named = app.graphql(&manager, UPDATE, json!({"id": id, "input": {"name": "  Aurora  Cloud "}})).await;
    assert_eq!(named.payload()["organization"], json!({"name": "Aurora Cloud", "countryCode": "NO", "revision": 3}));
    let emptied = app.graphql(&manager, UPDATE, json!({"id": id, "input": {"countryCode": null}})).await;
    assert_eq!(emptied.payload()["organization"]["countryCode"], json!(null));
}

async fn refusals_have_codes(app: TestApp) {
    let id = organization_id("aurora").global();
    let manager = app.manager("aurora");
    let blank = app.graphql(&manager, UPDATE, json!({"id": id, "input": {"name": " "}})).await;
    assert_eq!(blank.refusals(), ["REQUIRED"]);
    let long = app.graphql(&manager, UPDATE, json!({"id": id, "input": {"name": "x".repeat(201)}})).await;
    assert_eq!(long.refusals(), ["TOO_LONG"]);
    let stranger = app.graphql(&app.manager("comet"), UPDATE, json!({"id": id, "input": {"name": "Ours"}})).await;
    assert_eq!(stranger.refusals(), ["NOT_ALLOWED"]);
    let member = app.actor("aurora", Role::Member);
    let member = app.graphql(&member, UPDATE, json!({"id": id, "input": {"name": "Ours"}})).await;
    assert_eq!(member.refusals(), ["NOT_ALLOWED"]);
    let unknown = json!({"id": "org_00000000000070008000000000000000", "input": {"name": "X"}});
    assert_eq!(app.graphql(&manager, UPDATE, unknown).await.refusals(), ["NOT_FOUND"]);
    let visitor = app.graphql(&app.visitor(), UPDATE, json!({"id": id, "input": {"name": "Ours"}})).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
    let other_kind = app.graphql(&manager, UPDATE, json!({"id": id.replace("org", "psn"), "input": {}})).await;
    assert_eq!(other_kind.error_code(), "BAD_USER_INPUT");
    let key = app.key("aurora", &[Scope::ListingsWrite]);
    assert_eq!(app.graphql(&key, UPDATE, json!({"id": id, "input": {}})).await.error_code(), "FORBIDDEN");
}

async fn a_stale_revision_is_refused(app: TestApp) {
    let input = json!({"id": organization_id("aurora").global(), "input": {"name": "Aurora", "expectedRevision": 1}});
    let manager = app.manager("aurora");
    app.graphql(&manager, UPDATE, input.clone()).await.payload();
    let second = app.graphql(&manager, UPDATE, input).await;
    assert_eq!(second.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(second.at("/organizationUpdate/userErrors/0/currentRevision"), 2);
}

async fn what_is_not_listed_is_hidden(app: TestApp) {
    const READ: &str = "query ($id: ID!) { organization(slug: \"aurora\") { name } node(id: $id) { id __typename } }";
    let id = organization_id("aurora").global();
    let seen = app.graphql(&app.visitor(), READ, json!({"id": id})).await;
    assert_eq!(seen.at("/organization/name"), "Aurora Ltd");
    assert_eq!(seen.at("/node/__typename"), "Organization");
    app.graphql(&app.manager("aurora"), UPDATE, json!({"id": id, "input": {"listed": false}})).await.payload();
    for hidden_from in [app.visitor(), app.manager("comet")] {
        let answer = app.graphql(&hidden_from, READ, json!({"id": id})).await;
        assert_eq!(answer.data(), &json!({"organization": null, "node": null}));
    }
    for seen_by in [app.actor("aurora", Role::Viewer), app.operator()] {
        let answer = app.graphql(&seen_by, READ, json!({"id": id})).await;
        assert_eq!(answer.at("/node/id"), &json!(id));
    }
}
