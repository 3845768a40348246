//! A lead is written down, changed, and sent.

use super::{CREATE, SEND, UPDATE, acme, acme_to, alerts, befriend, create, read, sent, told};
use crate::support::{TestApp, on_both, organization_id};
use entity::value::Role;
use partnergraph::op::Scope;
use serde_json::{Value, json};

/// Makes an input wrong.
type Spoil = fn(&mut Value);

on_both!(
    a_lead_is_kept_until_it_is_sent,
    a_lead_can_be_sent_at_once,
    bad_input_is_refused,
    receivers_are_partners,
    a_retry_gets_the_first_answer,
    what_is_left_out_of_a_change_stays,
    a_stale_revision_is_refused,
    only_members_of_the_sender_act,
);

async fn a_lead_is_kept_until_it_is_sent(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let aurora = app.actor("aurora", Role::Member);
    let made = create(&app, &aurora, acme()).await;
    let lead = &made.payload()["lead"];
    assert_eq!(lead["status"], "NEW");
    assert_eq!(lead["revision"], 1);
    assert_eq!(lead["expiresAt"], Value::Null);
    assert_eq!(lead["sender"]["slug"], "aurora");
    assert_eq!(lead["receiver"], Value::Null);
    assert_eq!(
        lead["company"],
        json!({
            "name": "Acme Works", "websiteUrl": "https://acme.example/", "countryCode": "DE",
            "industry": "MANUFACTURING",
        })
    );
    let contact = &lead["contact"];
    assert_eq!(contact["name"], "Ada Byte");
    assert_eq!(contact["email"], "ada@acme.example");
    assert_eq!(contact["phone"], "+4930123456");
    assert_eq!(contact["organization"]["slug"], "aurora");
    assert_eq!(
        lead["interactions"],
        json!([{
            "source": "Fair in Oslo", "occurredOn": "2026-11-01", "useCase": "Paperless orders",
            "customerAction": "Asked for a call", "businessProblem": "Orders\nget lost.",
        }])
    );
    assert_eq!(lead["route"], json!([]));
    assert_eq!(lead["viewerCanSend"], true);
    assert_eq!(lead["viewerCanCancel"], true);
    // Nobody is told of what is kept.
    assert_eq!(alerts(&app, "aurora").await, []);
    assert_eq!(read(&app, &app.manager("borealis"), &lead["id"]).await, Value::Null);

    let input = json!({"receiver": "borealis", "answerDays": 3, "expectedRevision": 1});
    let answer = app.graphql(&aurora, SEND, json!({"id": lead["id"], "input": input})).await;
    let now = &answer.payload()["lead"];
    assert_eq!(now["status"], "SENT");
    assert_eq!(now["revision"], 2);
    assert_eq!(now["expiresAt"], "2026-11-05T09:00:00+00:00");
    assert_eq!(now["receiver"]["slug"], "borealis");
    assert_eq!(now["route"][0]["state"], "SENT");
    assert_eq!(alerts(&app, "aurora").await, told(&[("SENT", "SENT")]));
    assert_eq!(alerts(&app, "borealis").await, told(&[("SENT", "SENT")]));
    let again = app.graphql(&aurora, SEND, json!({"id": lead["id"], "input": {"receiver": "borealis"}})).await;
    assert_eq!(again.refusals(), ["INVALID_STATE"]);
}

async fn a_lead_can_be_sent_at_once(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let made = create(&app, &app.manager("aurora"), acme_to(&["borealis", "comet"])).await;
    let lead = &made.payload()["lead"];
    assert_eq!(lead["status"], "SENT");
    assert_eq!(lead["expiresAt"], "2026-11-16T09:00:00+00:00", "14 days");
    assert_eq!(
        lead["route"],
        json!([
            {"organization": {"slug": "borealis"}, "state": "SENT"},
            {"organization": {"slug": "comet"}, "state": "WAITING"},
        ])
    );
    assert_eq!(alerts(&app, "aurora").await, told(&[("SENT", "SENT")]));
    assert_eq!(alerts(&app, "comet").await, []);
}

async fn bad_input_is_refused(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let aurora = app.manager("aurora");
    let refusals = async |change: fn(&mut Value)| {
        let mut input = acme();
        change(&mut input);
        let answer = create(&app, &aurora, input).await;
        let errors = answer.body()["data"]["leadCreate"]["userErrors"].clone();
        let errors = errors.as_array().unwrap_or_else(|| panic!("{:#}", answer.body()));
        let shown = |error: &Value| {
            let field: Vec<_> = error["field"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            format!("{} {}", field.join("."), error["code"].as_str().unwrap())
        };
        errors.iter().map(shown).collect::<Vec<_>>().join(", ")
    };
    let cases: &[(Spoil, &str)] = &[
        (|input| input["company"]["name"] = json!(" "), "input.company.name REQUIRED"),
        (|input| input["company"]["name"] = json!("x".repeat(121)), "input.company.name TOO_LONG"),
        (|input| input["interactions"] = json!([]), "input.interactions REQUIRED"),
        (
            |input| input["interactions"] = Value::from(vec![input["interactions"][0].clone(); 11]),
            "input.interactions TOO_MANY",
        ),
        (|input| input["interactions"][0]["source"] = json!(""), "input.interactions.0.source REQUIRED"),
        (
            |input| input["interactions"][0]["occurredOn"] = json!("2026-11-04"),
            "input.interactions.0.occurredOn OUT_OF_RANGE",
        ),
        (
            |input| input["interactions"][0]["businessProblem"] = json!("x".repeat(2001)),
            "input.interactions.0.businessProblem TOO_LONG",
        ),
        (|input| input["contact"]["email"] = json!("ada"), "input.contact.email INVALID_FORMAT"),
        (|input| input["contact"]["phone"] = json!("030 1234"), "input.contact.phone INVALID_FORMAT"),
        (|input| input["contact"] = json!({"email": "a@acme.example"}), "input.contact.title REQUIRED"),
        (|input| input["fallbacks"] = json!(["borealis"]), "input.receiver REQUIRED"),
        (|input| input["answerDays"] = json!(5), "input.receiver REQUIRED"),
        (|input| input["receiver"] = json!("nobody"), "input.receiver NOT_FOUND"),
        (|input| input["receiver"] = json!("aurora"), "input.receiver INVALID_VALUE"),
        (
            |input| {
                input["receiver"] = json!("borealis");
                input["fallbacks"] = json!(["borealis"]);
            },
            "input.fallbacks.0 INVALID_VALUE",
        ),
        (
            |input| {
                input["receiver"] = json!("borealis");
                input["fallbacks"] = json!(vec!["x"; 10]);
            },
            "input.fallbacks TOO_MANY",
        ),
        (
            |input| {
                input["receiver"] = json!("borealis");
                input["answerDays"] = json!(91);
            },
            "input.answerDays OUT_OF_RANGE",
        ),
    ];
    for (change, expected) in cases {
        assert_eq!(refusals(*change).await, *expected);
    }
    // Nothing of what was refused is left.
    let left = app.graphql(&aurora, "{ leads(direction: SENT) { totalCount } }", json!({})).await;
    assert_eq!(left.at("/leads/totalCount"), 0);
}

async fn receivers_are_partners(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let aurora = app.manager("aurora");
    assert_eq!(create(&app, &aurora, acme_to(&["comet"])).await.refusals(), ["INVALID_STATE"]);
    let refused = create(&app, &aurora, acme_to(&["borealis", "comet"])).await;
    assert_eq!(refused.refusals(), ["INVALID_STATE"]);
    assert_eq!(refused.at("/leadCreate/userErrors/0/field"), &json!(["input", "fallbacks", "0"]));
}

async fn a_retry_gets_the_first_answer(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let aurora = app.manager("aurora");
    let mut input = acme_to(&["borealis"]);
    input["idempotencyKey"] = json!("once");
    let first = create(&app, &aurora, input.clone()).await;
    let second = create(&app, &aurora, input.clone()).await;
    assert_eq!(first.payload(), second.payload());
    let readiness = input["readiness"].clone();
    input["readiness"] = json!("HIGH");
    assert_eq!(create(&app, &aurora, input.clone()).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(alerts(&app, "borealis").await, told(&[("SENT", "SENT")]));
    // Also when what it asked for could not be asked for any more.
    let suspend = "mutation ($id: ID!) { organizationSuspend(id: $id, input: {reason: \"Unpaid\"}) {
      organization { status } userErrors { code } } }";
    let id = entity::id::TypedId::global(organization_id("borealis"));
    app.graphql(&app.operator(), suspend, json!({"id": id})).await.payload();
    input["readiness"] = readiness;
    assert_eq!(create(&app, &aurora, input.clone()).await.payload()["lead"]["id"], first.payload()["lead"]["id"]);
    input["idempotencyKey"] = json!("another");
    assert_ne!(create(&app, &aurora, input).await.refusals(), [""; 0]);
}

async fn what_is_left_out_of_a_change_stays(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let aurora = app.manager("aurora");
    let id = sent(&app, &["borealis"]).await;
    let change = async |input: Value| app.graphql(&aurora, UPDATE, json!({"id": id, "input": input})).await;
    let changed = change(json!({
        "company": {"websiteUrl": null, "industry": "RETAIL"}, "contact": {"phone": null, "mayBeShared": false},
        "readiness": "HIGH", "interactions": [{"source": "Call", "occurredOn": "2026-11-02"}],
    }))
    .await;
    let lead = &changed.payload()["lead"];
    assert_eq!(
        lead["company"],
        json!({"name": "Acme Works", "websiteUrl": null, "countryCode": "DE", "industry": "RETAIL"})
    );
    assert_eq!((&lead["readiness"], &lead["qualification"]), (&json!("HIGH"), &json!("SALES_QUALIFIED")));
    assert_eq!(lead["interactions"], json!([{"source": "Call", "useCase": null}]));
    let contact = lead["contact"].clone();
    assert_eq!(contact["phone"], Value::Null);
    assert_eq!(contact["email"], "ada@acme.example");
    assert_eq!((&contact["mayBeShared"], &contact["mayBeContacted"]), (&json!(false), &json!(true)));
    assert_eq!(alerts(&app, "borealis").await, told(&[("SENT", "SENT"), ("UPDATED", "SENT")]));

    assert_eq!(change(json!({"contact": null})).await.payload()["lead"]["contact"], Value::Null);
    let another = change(json!({"contact": {"title": "Buyer"}})).await;
    assert_eq!(another.payload()["lead"]["contact"]["title"], "Buyer");
    assert_ne!(another.payload()["lead"]["contact"]["id"], contact["id"]);
    assert_eq!(change(json!({"contact": {"title": " "}})).await.refusals(), ["REQUIRED"]);
    assert_eq!(change(json!({"interactions": []})).await.refusals(), ["REQUIRED"]);
    assert_eq!(change(json!({"company": {"name": ""}})).await.refusals(), ["REQUIRED"]);
}

async fn a_stale_revision_is_refused(app: TestApp) {
    let aurora = app.manager("aurora");
    let made = create(&app, &aurora, acme()).await;
    let id = &made.payload()["lead"]["id"];
    let change = json!({"id": id, "input": {"readiness": "HIGH", "expectedRevision": 1}});
    assert_eq!(app.graphql(&aurora, UPDATE, change.clone()).await.payload()["lead"]["revision"], 2);
    let late = app.graphql(&aurora, UPDATE, change).await;
    assert_eq!(late.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(late.at("/leadUpdate/userErrors/0/currentRevision"), 2);
}

async fn only_members_of_the_sender_act(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    assert_eq!(create(&app, &app.visitor(), acme()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(create(&app, &app.actor("aurora", Role::Viewer), acme()).await.refusals(), ["NOT_ALLOWED"]);
    let key = app.key("aurora", &[Scope::ListingsWrite]);
    assert_eq!(create(&app, &key, acme()).await.error_code(), "FORBIDDEN");
    let key = app.key("aurora", &[Scope::OpportunitiesWrite]);
    let made = create(&app, &key, acme_to(&["borealis"])).await;
    let id = &made.payload()["lead"]["id"];
    let change = json!({"id": id, "input": {"readiness": "HIGH"}});
    for (actor, expected) in [
        (app.manager("comet"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
        // Before it has accepted, a receiver changes nothing.
        (app.manager("borealis"), "NOT_ALLOWED"),
        (app.actor("aurora", Role::Viewer), "NOT_ALLOWED"),
    ] {
        assert_eq!(app.graphql(&actor, UPDATE, change.clone()).await.refusals(), [expected]);
    }
    assert_eq!(app.graphql(&app.visitor(), UPDATE, change).await.error_code(), "UNAUTHENTICATED");
    let odd = app.graphql(&app.manager("aurora"), CREATE, json!({"input": acme_to(&["borealis"])})).await;
    let other = json!({"id": odd.payload()["lead"]["id"].as_str().unwrap().replace("led_", "org_"),
                       "input": {"receiver": "borealis"}});
    assert_eq!(app.graphql(&app.manager("aurora"), SEND, other).await.error_code(), "BAD_USER_INPUT");
}
