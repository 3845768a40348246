//! Rules: made, changed and deleted by managers, seen by their organization alone.

use super::{UPDATE, create, made, one_of, update, warm};
use crate::support::{TestApp, on_both};
use entity::{id::TypedId, value::Role};
use partnergraph::op::Scope;
use serde_json::{Value, json};

const RULES: &str = "query ($first: Int, $after: String) { qualificationRules(first: $first, after: $after) {
    totalCount pageInfo { endCursor } nodes { id name viewerCanUpdate } } }";
pub(super) const DELETE: &str = "mutation ($id: ID!, $input: QualificationRuleDeleteInput) {
    qualificationRuleDelete(id: $id, input: $input) { deletedId userErrors { field code } } }";
const NODE: &str = "query ($id: ID!) { node(id: $id) { id ... on QualificationRule { name organization { slug } } } }";

async fn a_rule_says_what_it_was_told(app: TestApp) {
    let input = json!({
        "name": "  Warm  ones ", "ownKinds": ["PROSPECTS", "OPEN_OPPORTUNITIES"], "partnerKinds": ["CUSTOMERS"],
        "partners": ["borealis", crate::support::organization_id("comet").global()],
        "minConfidence": "CERTAIN", "countries": ["NO", "DE", "NO"], "enabled": false,
    });
    let answer = create(&app, &app.manager("aurora"), input).await;
    let rule = &answer.payload()["qualificationRule"];
    assert_eq!((&rule["name"], &rule["revision"], &rule["enabled"]), (&json!("Warm ones"), &json!(1), &json!(false)));
    assert_eq!(rule["ownKinds"], json!(["OPEN_OPPORTUNITIES", "PROSPECTS"]));
    assert_eq!((&rule["minConfidence"], &rule["countries"]), (&json!("CERTAIN"), &json!(["DE", "NO"])));
    let mut partners: Vec<_> =
        rule["partners"].as_array().unwrap().iter().map(|partner| partner["slug"].as_str().unwrap()).collect();
    partners.sort_unstable();
    assert_eq!(partners, ["borealis", "comet"]);
    let id = rule["id"].clone();
    let changed = update(&app, &app.manager("aurora"), &id, json!({"partners": null, "expectedRevision": 1})).await;
    let rule = &changed.payload()["qualificationRule"];
    assert_eq!(
        (&rule["partners"], &rule["revision"], &rule["countries"]),
        (&Value::Null, &json!(2), &json!(["DE", "NO"]))
    );
    // Saying the same again changes nothing.
    let same = update(&app, &app.manager("aurora"), &id, json!({"minConfidence": "CERTAIN"})).await;
    assert_eq!(same.payload()["qualificationRule"]["revision"], 2);
    // Seen by the own house alone.
    let member = app.actor("aurora", Role::Viewer);
    assert_eq!(app.graphql(&member, NODE, json!({"id": id})).await.at("/node/organization/slug"), "aurora");
    for slug in ["borealis", "comet", "operator"] {
        assert_eq!(app.graphql(&app.manager(slug), NODE, json!({"id": id})).await.at("/node"), &Value::Null, "{slug}");
        let theirs = app.graphql(&app.manager(slug), RULES, json!({})).await;
        assert_eq!(theirs.at("/qualificationRules/totalCount"), &json!(0), "{slug}");
    }
    assert_eq!(app.graphql(&app.visitor(), RULES, json!({})).await.error_code(), "UNAUTHENTICATED");
}

async fn what_makes_no_rule_is_refused(app: TestApp) {
    let aurora = app.manager("aurora");
    let refused = async |field: &str, value: Value| {
        let mut input = warm();
        input[field] = value;
        create(&app, &aurora, input).await.refusals()
    };
    assert_eq!(refused("name", json!(" ")).await, ["REQUIRED"]);
    assert_eq!(refused("name", json!("x".repeat(101))).await, ["TOO_LONG"]);
    assert_eq!(refused("ownKinds", json!([])).await, ["REQUIRED"]);
    assert_eq!(refused("partnerKinds", json!([])).await, ["REQUIRED"]);
    assert_eq!(refused("partners", json!([])).await, ["REQUIRED"]);
    assert_eq!(refused("partners", json!(["nobody"])).await, ["NOT_FOUND"]);
    assert_eq!(refused("partners", json!(["aurora"])).await, ["INVALID_VALUE"]);
    assert_eq!(refused("partners", json!(vec!["borealis"; 51])).await, ["TOO_MANY"]);
    assert_eq!(refused("countries", json!([])).await, ["REQUIRED"]);
    let id = made(&app, warm()).await;
    assert_eq!(refused("enabled", json!(false)).await, ["TAKEN"]);
    let other = made(&app, json!({"name": "Other", "ownKinds": ["CUSTOM"], "partnerKinds": ["CUSTOM"]})).await;
    assert_eq!(update(&app, &aurora, &other, json!({"name": "WARM"})).await.refusals(), ["TAKEN"]);
    assert_eq!(update(&app, &aurora, &id, json!({"expectedRevision": 7})).await.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(update(&app, &aurora, &id, json!({"ownKinds": []})).await.refusals(), ["REQUIRED"]);
    assert_eq!(app.graphql(&aurora, UPDATE, json!({"id": "x", "input": {}})).await.error_code(), "BAD_USER_INPUT");
    // Others' rules are not there; members change none.
    for (actor, expected) in [
        (app.manager("borealis"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
        (app.actor("aurora", Role::Member), "NOT_ALLOWED"),
    ] {
        assert_eq!(update(&app, &actor, &id, json!({"enabled": false})).await.refusals(), [expected]);
        assert_eq!(app.graphql(&actor, DELETE, json!({"id": id})).await.refusals(), [expected]);
    }
    assert_eq!(create(&app, &app.actor("aurora", Role::Member), warm()).await.refusals(), ["NOT_ALLOWED"]);
    let key = app.key("aurora", &[Scope::OpportunitiesWrite]);
    assert_eq!(create(&app, &key, warm()).await.error_code(), "FORBIDDEN");
    assert_eq!(create(&app, &app.visitor(), warm()).await.error_code(), "UNAUTHENTICATED");
}

async fn an_organization_has_few_rules_and_a_retry_makes_none(app: TestApp) {
    let aurora = app.manager("aurora");
    let named = |name: usize| {
        let mut input = warm();
        input["name"] = json!(format!("Rule {name}"));
        input["idempotencyKey"] = json!(format!("key-{name}"));
        input
    };
    let mut ids = Vec::new();
    for at in 0..20 {
        ids.push(made(&app, named(at)).await);
    }
    assert_eq!(create(&app, &aurora, named(20)).await.refusals(), ["TOO_MANY"]);
    assert_eq!(made(&app, named(3)).await, ids[3]);
    let mut other = named(3);
    other["name"] = json!("Another");
    assert_eq!(create(&app, &aurora, other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    let page = app.graphql(&aurora, RULES, json!({"first": 15})).await;
    assert_eq!(page.at("/qualificationRules/totalCount"), &json!(20));
    let after = page.at("/qualificationRules/pageInfo/endCursor");
    let rest = app.graphql(&aurora, RULES, json!({"first": 15, "after": after})).await;
    assert_eq!(rest.at("/qualificationRules/nodes").as_array().unwrap().len(), 5);
}

async fn a_rule_that_is_deleted_leaves_what_it_qualified(app: TestApp) {
    let lead = one_of(&app, 2).await;
    let aurora = app.manager("aurora");
    let id = &lead["rule"]["id"];
    let stale = json!({"id": id, "input": {"expectedRevision": 4}});
    assert_eq!(app.graphql(&aurora, DELETE, stale).await.refusals(), ["REVISION_MISMATCH"]);
    let gone = app.graphql(&aurora, DELETE, json!({"id": id})).await;
    assert_eq!(&gone.payload()["deletedId"], id);
    assert_eq!(app.graphql(&aurora, DELETE, json!({"id": id})).await.refusals(), ["NOT_FOUND"]);
    let left = super::leads(&app, "aurora", json!({})).await;
    assert_eq!((left.len(), &left[0]["rule"], &left[0]["ruleName"]), (2, &Value::Null, &json!("Warm")));
    assert_eq!(super::qualify(&app).await, 0);
}

on_both!(
    a_rule_says_what_it_was_told,
    what_makes_no_rule_is_refused,
    an_organization_has_few_rules_and_a_retry_makes_none,
    a_rule_that_is_deleted_leaves_what_it_qualified,
);
