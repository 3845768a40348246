//! What a receiver gets of account mapping: ids and states, and nothing that is said of people and companies.

use super::{Receiver, come_by, endpoint, receiver::Got};
use crate::{
    cases::{
        introduction::{ACCEPT, act, asked, partners},
        overlap::house::companies,
        qualification::{leads, made, qualify, set, warm},
    },
    support::{TestApp, on_both, organization_id},
};
use entity::{id::TypedId, sharing_rule::AccountField};
use serde_json::{Value, json};

on_both!(
    a_request_to_be_introduced_is_told_without_what_it_says,
    what_a_rule_qualified_is_told_in_one_message,
    a_qualified_lead_is_told_and_what_is_decided_on_it,
);

/// The only message that has arrived since.
async fn only(app: &TestApp, receiver: &Receiver) -> Got {
    assert_eq!(come_by(app).await, 1);
    let mut got = receiver.got();
    assert_eq!(got.len(), 1);
    got.remove(0)
}

fn person_of(slug: &str) -> Value {
    json!({"kind": "PERSON", "organization": organization_id(slug).global()})
}

/// That nothing of the companies of the case is in a message.
fn names_none(got: &Got) {
    for row in companies(0..3).values() {
        assert!(!got.text.contains(&row.name) && !got.text.contains(&row.website), "{}", got.text);
    }
}

async fn a_request_to_be_introduced_is_told_without_what_it_says(app: TestApp) {
    let partners = partners(&app, 1).await;
    let receiver = Receiver::start().await;
    endpoint(&app, &receiver).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    let got = only(&app, &receiver).await;
    assert_eq!(got.body["type"], "introduction.sent");
    let details = |status: &str| {
        json!({"partner": organization_id("borealis").global(), "status": status, "declineReason": null,
               "outcome": null})
    };
    let mut sent = details("REQUESTED");
    sent["addressees"] = json!([]);
    assert_eq!(
        got.body["data"],
        json!({
            "kind": "INTRODUCTION", "change": "SENT", "subject": id, "opportunity": null, "stage": null,
            "actor": person_of("borealis"), "restricted": false, "details": sent,
        })
    );
    names_none(&got);
    for said in ["open the door", "Head of IT", "2026-11-20"] {
        assert!(!got.text.contains(said), "{said} in {}", got.text);
    }
    act(&app, "aurora", ACCEPT, &id, json!({"comment": "Gladly."})).await.payload();
    let got = only(&app, &receiver).await;
    assert_eq!((&got.body["type"], &got.body["data"]["subject"]), (&json!("introduction.accepted"), &id));
    assert_eq!(got.body["data"]["actor"], person_of("aurora"));
    assert_eq!(got.body["data"]["details"], details("ACCEPTED"));
    assert!(!got.text.contains("Gladly"), "{}", got.text);
}

async fn what_a_rule_qualified_is_told_in_one_message(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..3), companies(0..3)).await;
    let receiver = Receiver::start().await;
    endpoint(&app, &receiver).await;
    let rule = made(&app, warm()).await;
    assert_eq!(come_by(&app).await, 0, "a rule is no alert");
    assert_eq!(qualify(&app).await, 3);
    let got = only(&app, &receiver).await;
    assert_eq!(got.body["type"], "qualified_lead.created");
    let details = json!({"rule": rule, "partner": organization_id("borealis").global(), "count": 3,
                         "qualifiedLead": null});
    assert_eq!(
        got.body["data"],
        json!({
            "kind": "QUALIFIED_LEAD", "change": "CREATED", "subject": rule, "opportunity": null, "stage": null,
            "actor": null, "restricted": false, "details": details,
        })
    );
    names_none(&got);
}

async fn a_qualified_lead_is_told_and_what_is_decided_on_it(app: TestApp) {
    set(&app, &[AccountField::Name], companies(0..1), companies(0..1)).await;
    let receiver = Receiver::start().await;
    endpoint(&app, &receiver).await;
    let rule = made(&app, warm()).await;
    assert_eq!(qualify(&app).await, 1);
    let id = leads(&app, "aurora", json!({})).await[0]["id"].clone();
    let partner = organization_id("borealis").global();
    let found = only(&app, &receiver).await;
    assert_eq!((&found.body["type"], &found.body["data"]["subject"]), (&json!("qualified_lead.created"), &id));
    let details = json!({"rule": rule, "partner": partner, "count": 1, "qualifiedLead": id});
    assert_eq!(found.body["data"]["details"], details);
    let dismiss =
        "mutation ($id: ID!) { qualifiedLeadDismiss(id: $id, input: {reason: OTHER, comment: \"Too small.\"}) {
        qualifiedLead { id } userErrors { code } } }";
    app.graphql(&app.manager("aurora"), dismiss, json!({"id": id})).await.payload();
    let got = only(&app, &receiver).await;
    assert_eq!((&got.body["type"], &got.body["data"]["subject"]), (&json!("qualified_lead.declined"), &id));
    assert_eq!(got.body["data"]["actor"], person_of("aurora"));
    assert_eq!(got.body["data"]["details"], json!({"rule": rule, "partner": partner, "qualifiedLead": id}));
    assert!(!got.text.contains("Too small"), "{}", got.text);
    names_none(&got);
}
