//! The audit trail.

use crate::support::{TestApp, on_both, organization_id};
use entity::{id::TypedId, value::Role};
use partnergraph::op::Scope;
use serde_json::{Value, json};

const TRAIL: &str = "query ($first: Int, $after: String, $subject: ID) { organization(slug: \"aurora\") {
  auditEntries(first: $first, after: $after, subject: $subject) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id action subject before after occurredAt actor { kind person { email } apiKey { id } organization { slug } } }
  }
} }";

const RENAME: &str = "mutation ($id: ID!, $name: String!) {
  organizationUpdate(id: $id, input: {name: $name}) { userErrors { code } }
}";

on_both!(
    a_change_is_written_down,
    nothing_secret_is_written_down,
    who_may_read_the_trail,
    the_trail_is_paged_and_narrowed
);

async fn a_change_is_written_down(app: TestApp) {
    let id = organization_id("aurora").global();
    app.graphql(&app.manager("aurora"), RENAME, json!({"id": id, "name": "Aurora Cloud"})).await.payload();
    let trail = app.graphql(&app.actor("aurora", Role::Admin), TRAIL, json!({})).await;
    let entry = trail.at("/organization/auditEntries/nodes/0");
    assert_eq!((&entry["action"], &entry["subject"]), (&json!("organization.updated"), &json!(id)));
    assert_eq!((&entry["before"]["name"], &entry["after"]["name"]), (&json!("Aurora Ltd"), &json!("Aurora Cloud")));
    assert_eq!(
        entry["actor"],
        json!({
            "kind": "PERSON", "person": {"email": "manager@aurora.example"}, "apiKey": null, "organization": {"slug": "aurora"},
        })
    );
    // The operator acts on others; its people and itself are invisible to them, the fact is not.
    app.graphql(&app.operator(), RENAME, json!({"id": id, "name": "Aurora"})).await.payload();
    let trail = app.graphql(&app.actor("aurora", Role::Admin), TRAIL, json!({})).await;
    let actor = trail.at("/organization/auditEntries/nodes/0/actor");
    assert_eq!(actor, &json!({"kind": "PERSON", "person": null, "apiKey": null, "organization": null}));
    let refused = app.graphql(&app.manager("comet"), RENAME, json!({"id": id, "name": "Ours"})).await;
    assert_eq!(refused.refusals(), ["NOT_ALLOWED"]);
    let trail = app.graphql(&app.operator(), TRAIL, json!({})).await;
    assert_eq!(trail.at("/organization/auditEntries/totalCount"), 2, "a refusal leaves no entry");
}

async fn nothing_secret_is_written_down(app: TestApp) {
    let admin = app.actor("aurora", Role::Admin);
    let id = organization_id("aurora").global();
    let key = "mutation ($id: ID!) { apiKeyCreate(id: $id, input: {name: \"CI\", scopes: []}) { secret userErrors { code } } }";
    let made = app.graphql(&admin, key, json!({"id": id})).await;
    let secret = made.payload()["secret"].as_str().unwrap().rsplit('_').next().unwrap().to_owned();
    let add = "mutation ($id: ID!) { memberAdd(id: $id, input: {email: \"kim@private.example\", name: \"Kim\", role: VIEWER}) { userErrors { code } } }";
    app.graphql(&admin, add, json!({"id": id})).await.payload();
    let trail = app.graphql(&admin, TRAIL, json!({})).await;
    assert_eq!(trail.at("/organization/auditEntries/totalCount"), 2);
    let hash = partnergraph::op::hash_secret(&secret);
    for entry in trail.at("/organization/auditEntries/nodes").as_array().unwrap() {
        let told = format!("{}{}", entry["before"], entry["after"]);
        assert!(!told.contains(&secret) && !told.contains(&hash) && !told.contains("private.example"), "{told}");
    }
}

async fn who_may_read_the_trail(app: TestApp) {
    for actor in
        [app.visitor(), app.manager("aurora"), app.actor("comet", Role::Owner), app.key("aurora", &Scope::GRANTABLE)]
    {
        let trail = app.graphql(&actor, TRAIL, json!({})).await;
        assert_eq!(trail.data(), &json!({"organization": {"auditEntries": null}}));
    }
    let id = organization_id("aurora").global();
    app.graphql(&app.manager("aurora"), RENAME, json!({"id": id, "name": "A"})).await.payload();
    let trail = app.graphql(&app.manager("operator"), TRAIL, json!({})).await;
    let entry = trail.at("/organization/auditEntries/nodes/0/id").clone();
    let node = "query ($id: ID!) { node(id: $id) { __typename } }";
    assert_eq!(app.graphql(&app.operator(), node, json!({"id": entry})).await.at("/node/__typename"), "AuditEntry");
    for actor in [app.visitor(), app.manager("aurora"), app.actor("comet", Role::Owner)] {
        assert_eq!(app.graphql(&actor, node, json!({"id": entry})).await.data(), &json!({"node": null}));
    }
}

async fn the_trail_is_paged_and_narrowed(app: TestApp) {
    let id = organization_id("aurora").global();
    for name in ["One", "Two", "Three"] {
        app.graphql(&app.manager("aurora"), RENAME, json!({"id": id, "name": name})).await.payload();
    }
    let add = "mutation ($id: ID!) { memberAdd(id: $id, input: {email: \"k@k.example\", name: \"K\", role: VIEWER}) { member { id } userErrors { code } } }";
    let admin = app.actor("aurora", Role::Admin);
    let member = app.graphql(&admin, add, json!({"id": id})).await.payload()["member"]["id"].clone();
    let of_member = app.graphql(&admin, TRAIL, json!({"subject": member})).await;
    assert_eq!(of_member.at("/organization/auditEntries/totalCount"), 1);
    assert_eq!(of_member.at("/organization/auditEntries/nodes/0/action"), "member.added");
    let (mut names, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = app.graphql(&admin, TRAIL, json!({"first": 2, "after": after, "subject": id})).await;
        let list = page.at("/organization/auditEntries");
        names.extend(
            list["nodes"].as_array().unwrap().iter().map(|node| node["after"]["name"].as_str().unwrap().to_owned()),
        );
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(names, ["Three", "Two", "One"]);
}
