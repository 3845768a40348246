//! How organizations come, go on and end.

use crate::support::{TestApp, on_both, organization_id};
use entity::{id::TypedId, value::Role};
use partnergraph::{
    op::{Actor, ErrorCode, Failure, Scope},
    organization::service::{self, Owner},
};
use serde_json::{Value, json};

const CREATE: &str = "mutation ($input: OrganizationCreateInput!) {
  organizationCreate(input: $input) {
    organization { id slug name status listed externalId members { nodes { role person { email name } } } }
    userErrors { field code }
  }
}";

const SUSPEND: &str = "mutation ($id: ID!, $reason: String!) {
  organizationSuspend(id: $id, input: {reason: $reason}) {
    organization { status statusReason } userErrors { field code }
  }
}";

const ACTIVATE: &str = "mutation ($id: ID!) {
  organizationActivate(id: $id) { organization { status statusReason } userErrors { field code } }
}";

const TERMINATE: &str = "mutation ($id: ID!, $reason: String!) {
  organizationTerminate(id: $id, input: {reason: $reason}) { organization { status } userErrors { field code } }
}";

on_both!(
    the_operator_enters_an_organization,
    what_cannot_be_entered_has_a_code,
    a_retry_gives_the_same_organization,
    the_states_follow_each_other,
    only_the_operators_administrators_decide,
    what_is_suspended_reads_but_does_not_change,
    the_operator_is_made_once,
);

fn input(name: &str) -> Value {
    json!({"name": name, "ownerEmail": "Jo@Delta.Example", "ownerName": "Jo Delta"})
}

async fn the_operator_enters_an_organization(app: TestApp) {
    let operator = app.manager("operator");
    let made = app.graphql(&operator, CREATE, json!({"input": input(" Délta  Corp ")})).await;
    let organization = &made.payload()["organization"];
    assert_eq!(organization["slug"], "delta-corp");
    assert_eq!(organization["name"], "Délta Corp");
    assert_eq!((&organization["status"], &organization["listed"]), (&json!("ACTIVE"), &json!(true)));
    let owner = json!([{"role": "OWNER", "person": {"email": "jo@delta.example", "name": "Jo Delta"}}]);
    assert_eq!(organization["members"]["nodes"], owner);
    // The same name again: another slug, the same person.
    let again = app.graphql(&operator, CREATE, json!({"input": input("Delta Corp")})).await;
    assert_eq!(again.payload()["organization"]["slug"], "delta-corp-2");
    assert_eq!(again.payload()["organization"]["members"]["nodes"], owner);
    let found = "{ organizations(filter: {query: \"DELTA\"}) { totalCount nodes { slug } } }";
    let found = app.graphql(&app.visitor(), found, json!({})).await;
    assert_eq!(found.at("/organizations/totalCount"), 2);
}

async fn what_cannot_be_entered_has_a_code(app: TestApp) {
    let operator = app.manager("operator");
    let with = |field: &str, value: Value| {
        let mut input = input("Delta");
        input[field] = value;
        json!({"input": input})
    };
    for (variables, code) in [
        (with("name", json!(" ")), "REQUIRED"),
        (with("name", json!("x".repeat(201))), "TOO_LONG"),
        (with("slug", json!("Delta Corp")), "INVALID_FORMAT"),
        (with("slug", json!("aurora")), "TAKEN"),
        (with("ownerEmail", json!("jo")), "INVALID_FORMAT"),
        (with("ownerName", json!("")), "REQUIRED"),
        (with("idempotencyKey", json!("")), "OUT_OF_RANGE"),
    ] {
        assert_eq!(app.graphql(&operator, CREATE, variables.clone()).await.refusals(), [code], "{variables}");
    }
    app.graphql(&operator, CREATE, with("externalId", json!("crm-1"))).await.payload();
    assert_eq!(app.graphql(&operator, CREATE, with("externalId", json!("crm-1"))).await.refusals(), ["TAKEN"]);
    for actor in [app.actor("aurora", Role::Owner), app.actor("operator", Role::Member)] {
        assert_eq!(app.graphql(&actor, CREATE, json!({"input": input("Delta")})).await.refusals(), ["NOT_ALLOWED"]);
    }
    let visitor = app.graphql(&app.visitor(), CREATE, json!({"input": input("Delta")})).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
    let key = app.key("operator", &Scope::GRANTABLE);
    assert_eq!(app.graphql(&key, CREATE, json!({"input": input("Delta")})).await.error_code(), "FORBIDDEN");
}

async fn a_retry_gives_the_same_organization(app: TestApp) {
    let operator = app.manager("operator");
    let mut first = input("Delta");
    first["idempotencyKey"] = json!("once");
    let made = app.graphql(&operator, CREATE, json!({"input": first})).await;
    let again = app.graphql(&operator, CREATE, json!({"input": first})).await;
    assert_eq!(made.payload(), again.payload());
    first["name"] = json!("Epsilon");
    assert_eq!(app.graphql(&operator, CREATE, json!({"input": first})).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
}

async fn the_states_follow_each_other(app: TestApp) {
    let operator = app.operator();
    let mut applicant = input("Delta");
    applicant["status"] = json!("APPLICANT");
    let made = app.graphql(&app.manager("operator"), CREATE, json!({"input": applicant})).await;
    let id = made.payload()["organization"]["id"].clone();
    let with_reason = json!({"id": id, "reason": "Unpaid"});
    assert_eq!(app.graphql(&operator, SUSPEND, with_reason.clone()).await.refusals(), ["INVALID_STATE"]);
    let active = app.graphql(&operator, ACTIVATE, json!({"id": id})).await;
    assert_eq!(active.payload()["organization"]["status"], "ACTIVE");
    assert_eq!(app.graphql(&operator, ACTIVATE, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
    let suspended = app.graphql(&operator, SUSPEND, with_reason.clone()).await;
    assert_eq!(suspended.payload()["organization"], json!({"status": "SUSPENDED", "statusReason": "Unpaid"}));
    let back = app.graphql(&operator, ACTIVATE, json!({"id": id})).await;
    assert_eq!(back.payload()["organization"], json!({"status": "ACTIVE", "statusReason": null}));
    app.graphql(&operator, TERMINATE, with_reason.clone()).await.payload();
    for document in [ACTIVATE, SUSPEND, TERMINATE] {
        let mut variables = with_reason.clone();
        if document == ACTIVATE {
            variables = json!({"id": id});
        }
        assert_eq!(app.graphql(&operator, document, variables).await.refusals(), ["INVALID_STATE"]);
    }
}

async fn only_the_operators_administrators_decide(app: TestApp) {
    let id = organization_id("aurora").global();
    for actor in [app.manager("operator"), app.actor("aurora", Role::Owner), app.actor("comet", Role::Owner)] {
        assert_eq!(app.graphql(&actor, SUSPEND, json!({"id": id, "reason": "x"})).await.refusals(), ["NOT_ALLOWED"]);
    }
    let operator = app.operator();
    assert_eq!(app.graphql(&operator, SUSPEND, json!({"id": id, "reason": " "})).await.refusals(), ["REQUIRED"]);
    assert_eq!(
        app.graphql(&operator, SUSPEND, json!({"id": id, "reason": "x".repeat(501)})).await.refusals(),
        ["TOO_LONG"]
    );
    let own = json!({"id": organization_id("operator").global(), "reason": "x"});
    assert_eq!(app.graphql(&operator, SUSPEND, own.clone()).await.refusals(), ["INVALID_STATE"]);
    // Not listed, so invisible to others.
    assert_eq!(app.graphql(&app.manager("comet"), SUSPEND, own.clone()).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(app.graphql(&app.visitor(), SUSPEND, own).await.error_code(), "UNAUTHENTICATED");
}

async fn what_is_suspended_reads_but_does_not_change(app: TestApp) {
    let id = organization_id("aurora").global();
    app.graphql(&app.operator(), SUSPEND, json!({"id": id, "reason": "Unpaid"})).await.payload();
    let read = "{ organization(slug: \"aurora\") { status statusReason } }";
    assert_eq!(app.graphql(&app.visitor(), read, json!({})).await.data(), &json!({"organization": null}));
    let Actor::Person(mut own) = app.actor("aurora", Role::Owner) else { panic!("a person") };
    own.status = entity::value::OrganizationStatus::Suspended;
    let own = Actor::Person(own);
    let seen = app.graphql(&own, read, json!({})).await;
    assert_eq!(seen.at("/organization/statusReason"), "Unpaid");
    let update = "mutation ($id: ID!) { coverageSet(id: $id, input: {}) { organization { id } userErrors { code } } }";
    assert_eq!(app.graphql(&own, update, json!({"id": id})).await.refusals(), ["NOT_ALLOWED"]);
}

async fn the_operator_is_made_once(app: TestApp) {
    let owner = || Owner { email: "root@host.example".into(), name: "Root".into() };
    let op = app.app.op(Actor::Operator, "test", vec![]);
    let Err(Failure::Refused(refusals)) = service::bootstrap(&op, "Host", "host", owner()).await else {
        panic!("a second operator")
    };
    assert_eq!(refusals[0].code, ErrorCode::AlreadyExists);
    let admin = app.app.op(app.operator(), "test", vec![]);
    let Err(Failure::Refused(refusals)) = service::bootstrap(&admin, "Host", "host", owner()).await else {
        panic!("made by a person")
    };
    assert_eq!(refusals[0].code, ErrorCode::NotAllowed);
}
