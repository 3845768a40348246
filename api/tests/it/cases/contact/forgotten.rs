//! An erased person is gone from an opportunity and from everything that was written about it.

use super::{add, change, contacts, places_of, remove};
use crate::{
    cases::cosell::{self, confidential::member_of, review},
    support::{Answer, TestApp, on_both},
};
use entity::value::Role;
use serde_json::{Value, json};

on_both!(an_erased_person_is_nowhere_in_a_deal, a_tombstone_stays, an_export_names_the_deal);

const ERASE: &str = "mutation ($email: String!) { contactErase(input: {email: $email}) {
  contacts { id name email erasedAt opportunity { id } } userErrors { code }
} }";

fn ada() -> Value {
    json!({"name": "Ada Byte", "title": "Buyer", "email": "ada@acme.example", "phone": "+4930123456",
           "mayBeShared": true, "mayBeContacted": true})
}

async fn erase(app: &TestApp, slug: &str) -> Answer {
    app.graphql(&app.actor(slug, Role::Admin), ERASE, json!({"email": "ada@acme.example"})).await
}

/// People write names into texts, whatever one tells them: all that can be written about a deal is written here.
async fn told_everywhere(app: &TestApp) -> Value {
    const DECLINE: &str = "mutation ($id: ID!) {
      invitationDecline(id: $id, input: {reason: OTHER, comment: \"Ada Byte knows us.\"}) { userErrors { code } } }";
    const LOG: &str = "mutation ($id: ID!, $input: ActivityLogInput!) {
      activityLog(id: $id, input: $input) { userErrors { code } } }";
    let (owner, host, comet) = (app.manager("borealis"), app.manager("aurora"), app.manager("comet"));
    let id = review::stage(app).await;
    let content = json!({
        "title": "For Ada Byte", "businessProblem": "ADA BYTE (ada@acme.example, +4930123456) loses answers.",
        "useCase": "Ada Byte finds them", "contactTitle": "Desk of Ada Byte", "competitors": ["Ada Byte herself"],
    });
    cosell::update(app, &owner, &id, content).await.payload();
    let person = member_of(app, "borealis", Role::Manager).await;
    let side = json!({"nextSteps": "Call Ada Byte",
                      "team": [{"member": person, "responsibility": "Talks to Ada Byte"}]});
    cosell::update_side(app, &owner, &id, side).await.payload();
    cosell::update_side(app, &owner, &id, json!({"nextSteps": "Write to Ada Byte"})).await.payload();
    let mut asked = cosell::to("comet");
    asked["message"] = json!("Ada Byte asked for you");
    asked["shownFields"] = json!(["COMPANY", "USE_CASE", "BUSINESS_PROBLEM", "CONTACT_TITLE"]);
    let first = cosell::invite(app, &owner, &id, asked.clone()).await;
    app.graphql(&comet, DECLINE, json!({"id": first.payload()["invitation"]["id"]})).await.payload();
    let second = cosell::invite(app, &owner, &id, asked).await;
    cosell::accept(app, &comet, &second.payload()["invitation"]["id"]).await.payload();
    for (actor, input) in [
        (&owner, json!({"kind": "CALL", "text": "Ada Byte called."})),
        (&owner, json!({"kind": "NOTE", "text": "Ada Byte is in a hurry.", "internal": true})),
        (&comet, json!({"kind": "MEETING", "text": "Met ada byte."})),
    ] {
        app.graphql(actor, LOG, json!({"id": id, "input": input})).await.payload();
    }
    review::submit(app, &owner, &id, Some("stars")).await.payload();
    cosell::update(app, &owner, &id, json!({"title": "Ada Byte again"})).await.payload();
    review::object(app, &host, "opportunityRequestAction", &id, "Ask Ada Byte").await.payload();
    id
}

async fn an_erased_person_is_nowhere_in_a_deal(app: TestApp) {
    let id = told_everywhere(&app).await;
    add(&app, &app.manager("borealis"), &id, ada()).await.payload();
    let places = places_of(&app, "ada byte").await;
    for place in [
        "opportunities.title",
        "opportunities.business_problem",
        "opportunities.use_case",
        "opportunities.contact_title",
        "opportunities.competitors",
        "opportunities.review_reason",
        "opportunity_participants.next_steps",
        "opportunity_next_steps.text",
        "opportunity_team.responsibility",
        "opportunity_changes.patch",
        "opportunity_snapshots.payload",
        "invitations.message",
        "invitations.offer",
        "invitations.comment",
        "activities.text",
        "contacts.name",
    ] {
        assert!(
            places.iter().any(|found| found == place),
            "{place} does not have it, or is called otherwise: {places:?}"
        );
    }
    let erased = erase(&app, "borealis").await;
    assert_eq!(erased.payload()["contacts"][0]["opportunity"]["id"], id);
    for word in ["ada byte", "ada@acme.example", "4930123456"] {
        assert_eq!(places_of(&app, word).await, Vec::<String>::new(), "{word}");
    }
    let seen = cosell::seen(
        &app,
        &app.manager("borealis"),
        &id,
        "title businessProblem pendingChange { values } contacts { name title erasedAt }
         snapshots { nodes { payload } } activities { nodes { text } }",
    )
    .await;
    assert_eq!(seen["title"], "For [erased]");
    assert_eq!(seen["businessProblem"], "[erased] ([erased], [erased]) loses answers.");
    assert_eq!(seen["pendingChange"]["values"]["title"], "[erased] again");
    assert_eq!(seen["contacts"], json!([{"name": null, "title": null, "erasedAt": "2026-11-02T09:00:00+00:00"}]));
    assert!(seen["snapshots"].to_string().contains("For [erased]"), "{:#}", seen["snapshots"]);
    assert_eq!(seen["activities"]["nodes"].as_array().unwrap().len(), 3, "what was done stays");
    for slug in ["borealis", "aurora", "comet"] {
        assert_eq!(cosell::changes(&app, slug).await.last().unwrap(), "ERASED", "{slug}");
    }
}

async fn a_tombstone_stays(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = cosell::opened(&app, cosell::deal()).await;
    let made = add(&app, &aurora, &id, ada()).await;
    let contact = &made.payload()["contact"]["id"];
    let erased = erase(&app, "aurora").await;
    assert_eq!(erased.payload()["contacts"][0]["id"], *contact);
    assert_eq!(erase(&app, "aurora").await.refusals(), ["NOT_FOUND"]);
    assert_eq!(change(&app, &aurora, contact, json!({"name": "Ada Byte"})).await.refusals(), ["INVALID_STATE"]);
    // It does not count among the twenty, and another takes its place.
    for _ in 0..20 {
        add(&app, &aurora, &id, json!({"title": "Buyer"})).await.payload();
    }
    assert_eq!(contacts(&app, "aurora", &id).await.as_array().unwrap().len(), 21);
    remove(&app, &aurora, contact).await.payload();
    assert_eq!(contacts(&app, "aurora", &id).await.as_array().unwrap().len(), 20);
}

async fn an_export_names_the_deal(app: TestApp) {
    const EXPORT: &str = "{ contactsExport(email: \"ada@acme.example\") { totalCount nodes {
      name phone organization { slug } opportunity { id } lead { id } } } }";
    let id = cosell::opened(&app, cosell::deal()).await;
    cosell::share(&app, &id, "borealis", cosell::to("borealis")).await;
    for slug in ["aurora", "borealis"] {
        add(&app, &app.manager(slug), &id, ada()).await.payload();
    }
    let export = async |slug: &str| app.graphql(&app.actor(slug, Role::Admin), EXPORT, json!({})).await;
    assert_eq!(
        export("aurora").await.at("/contactsExport"),
        &json!({"totalCount": 1, "nodes": [{"name": "Ada Byte", "phone": "+4930123456",
                "organization": {"slug": "aurora"}, "opportunity": {"id": id}, "lead": null}]})
    );
    let all = export("operator").await;
    assert_eq!(all.at("/contactsExport/totalCount"), 2);
    assert_eq!(all.at("/contactsExport/nodes/1/organization/slug"), "borealis");
    assert_eq!(all.at("/contactsExport/nodes/1/opportunity"), &Value::Null, "the operator has no part in deals");
    assert_eq!(erase(&app, "operator").await.payload()["contacts"].as_array().unwrap().len(), 2);
    assert_eq!(export("borealis").await.at("/contactsExport/totalCount"), 0);
}
