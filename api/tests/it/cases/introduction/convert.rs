//! One step to an opportunity of the asker, or to a lead that the receiver sends it.

use super::{ACCEPT, House, OUTCOME, about, accepted, act, ask, asked, companies, partners, read, told};
use crate::{
    cases::{
        contact::{add, places_of},
        sharing::suspend,
    },
    support::{TestApp, on_both},
};
use entity::{lead, opportunity, value::Role};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

const TO_OPPORTUNITY: &str = "mutation ($id: ID!, $input: IntroductionConvertToOpportunityInput) {
  introductionConvertToOpportunity(id: $id, input: $input) {
    introduction { revision viewerCanConvertToOpportunity opportunity { id } }
    opportunity { id title origin owner { slug } customer { name websiteUrl } contactTitle
      participants { organization { slug } } }
    userErrors { field code currentRevision } } }";

const TO_LEAD: &str = "mutation ($id: ID!, $input: IntroductionConvertToLeadInput) {
  introductionConvertToLead(id: $id, input: $input) {
    introduction { revision viewerCanConvertToLead lead { id } }
    lead { id status sender { slug } receiver { slug } company { name websiteUrl } contact { title }
      interactions { source occurredOn } answerDays }
    userErrors { field code currentRevision } } }";

on_both!(
    the_asker_makes_an_opportunity_of_it,
    the_receiver_makes_a_lead_of_it,
    each_is_made_once,
    what_was_made_is_given_again_to_whoever_asks_again,
    only_what_was_accepted_and_may_come_to_something_is_converted,
    each_side_makes_its_own,
    what_is_gone_from_the_list_is_named_by_the_request,
    an_erased_person_is_gone_from_the_request_too,
);

async fn the_asker_makes_an_opportunity_of_it(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    let name = companies([0])["crm-0"].name.clone();
    let input = json!({"title": " The door is open ", "expectedRevision": 2});
    let done = act(&app, "borealis", TO_OPPORTUNITY, &id, input).await;
    let payload = done.payload();
    let deal = &payload["opportunity"];
    assert_eq!((&deal["title"], &deal["origin"]), (&json!("The door is open"), &json!("PARTNER_REFERRAL")));
    assert_eq!((&deal["owner"]["slug"], &deal["contactTitle"]), (&json!("borealis"), &json!("Head of IT")));
    assert_eq!(deal["customer"]["name"], json!(name));
    assert!(deal["customer"]["websiteUrl"].as_str().unwrap().starts_with("https://"), "its own list has it");
    assert_eq!(deal["participants"], json!([{"organization": {"slug": "borealis"}}]));
    assert_eq!(payload["introduction"]["opportunity"]["id"], deal["id"]);
    assert_eq!(payload["introduction"]["viewerCanConvertToOpportunity"], false);
    // The partner learns that it came to that, and not what it is.
    assert_eq!(read(&app, "aurora", &id).await["opportunity"], Value::Null);
    let hidden = "query ($id: ID!) { node(id: $id) { id } }";
    let seen = app.graphql(&app.manager("aurora"), hidden, json!({"id": deal["id"]})).await;
    assert_eq!(seen.at("/node"), &Value::Null);
    for slug in ["aurora", "borealis"] {
        assert!(told(&app, slug).await.contains(&("CONVERTED".to_owned(), "ACCEPTED".to_owned())), "{slug}");
    }
    // What it goes back to is kept.
    let evidence = read(&app, "borealis", &id).await["evidence"].clone();
    assert_eq!(evidence["partnerKind"], "CUSTOMERS");
}

async fn the_receiver_makes_a_lead_of_it(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    let name = companies([0])["crm-0"].name.clone();
    let done = act(&app, "aurora", TO_LEAD, &id, json!({"answerDays": 5})).await;
    let lead = &done.payload()["lead"];
    assert_eq!((&lead["status"], &lead["answerDays"]), (&json!("SENT"), &json!(5)));
    assert_eq!((&lead["sender"]["slug"], &lead["receiver"]["slug"]), (&json!("aurora"), &json!("borealis")));
    assert_eq!((&lead["company"]["name"], &lead["contact"]["title"]), (&json!(name), &json!("Head of IT")));
    assert_eq!(lead["interactions"], json!([{"source": "Introduction", "occurredOn": "2026-11-02"}]));
    assert_eq!(read(&app, "borealis", &id).await["lead"]["id"], lead["id"], "both see it");
    let inbox = "query { viewer { inbox { nodes { __typename ... on Lead { id } } } } }";
    let waits = app.graphql(&app.manager("borealis"), inbox, json!({})).await;
    assert_eq!(waits.at("/viewer/inbox/nodes/0"), &json!({"__typename": "Lead", "id": lead["id"]}));
}

async fn each_is_made_once(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    let key = json!({"idempotencyKey": "once"});
    let first = act(&app, "borealis", TO_OPPORTUNITY, &id, key.clone()).await.payload()["opportunity"]["id"].clone();
    let again = act(&app, "borealis", TO_OPPORTUNITY, &id, key.clone()).await;
    assert_eq!(again.payload()["opportunity"]["id"], first);
    let other = json!({"idempotencyKey": "once", "title": "Another"});
    assert_eq!(act(&app, "borealis", TO_OPPORTUNITY, &id, other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(act(&app, "borealis", TO_OPPORTUNITY, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    let made = act(&app, "aurora", TO_LEAD, &id, key.clone()).await.payload()["lead"]["id"].clone();
    assert_eq!(act(&app, "aurora", TO_LEAD, &id, key).await.payload()["lead"]["id"], made);
    assert_eq!(act(&app, "aurora", TO_LEAD, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    let db = app.app.world.db.read();
    assert_eq!(opportunity::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(lead::Entity::find().count(db).await.unwrap(), 1);
}

async fn what_was_made_is_given_again_to_whoever_asks_again(app: TestApp) {
    let partners = partners(&app, 2).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    let other = accepted(&app, &partners.overlaps[1]).await;
    let key = json!({"idempotencyKey": "once", "answerDays": 5});
    let made = act(&app, "aurora", TO_LEAD, &id, key.clone()).await.payload()["lead"]["id"].clone();
    // Whoever asked takes no part any more: nothing new goes to it, and what went is what it was.
    suspend(&app, "borealis").await;
    assert_eq!(act(&app, "aurora", TO_LEAD, &id, key).await.payload()["lead"]["id"], made);
    let others = json!({"idempotencyKey": "once", "answerDays": 6});
    assert_eq!(act(&app, "aurora", TO_LEAD, &id, others).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(act(&app, "aurora", TO_LEAD, &other, json!({})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(lead::Entity::find().count(app.app.world.db.read()).await.unwrap(), 1);
}

async fn only_what_was_accepted_and_may_come_to_something_is_converted(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    assert_eq!(act(&app, "borealis", TO_OPPORTUNITY, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(act(&app, "aurora", TO_LEAD, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    act(&app, "aurora", ACCEPT, &id, json!({})).await.payload();
    act(&app, "aurora", OUTCOME, &id, json!({"outcome": "NOT_INTERESTED"})).await.payload();
    assert_eq!(act(&app, "borealis", TO_OPPORTUNITY, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(act(&app, "aurora", TO_LEAD, &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    act(&app, "borealis", OUTCOME, &id, json!({"outcome": "MEETING_BOOKED"})).await.payload();
    let long = json!({"title": "x".repeat(256)});
    assert_eq!(act(&app, "borealis", TO_OPPORTUNITY, &id, long).await.refusals(), ["TOO_LONG"]);
    let stale = json!({"expectedRevision": 1});
    assert_eq!(act(&app, "borealis", TO_OPPORTUNITY, &id, stale.clone()).await.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(act(&app, "aurora", TO_LEAD, &id, stale).await.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(act(&app, "aurora", TO_LEAD, &id, json!({"answerDays": 91})).await.refusals(), ["OUT_OF_RANGE"]);
    act(&app, "borealis", TO_OPPORTUNITY, &id, json!({})).await.payload();
}

async fn each_side_makes_its_own(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    assert_eq!(act(&app, "aurora", TO_OPPORTUNITY, &id, json!({})).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(act(&app, "borealis", TO_LEAD, &id, json!({})).await.refusals(), ["NOT_ALLOWED"]);
    for document in [TO_OPPORTUNITY, TO_LEAD] {
        assert_eq!(act(&app, "comet", document, &id, json!({})).await.refusals(), ["NOT_FOUND"]);
        assert_eq!(app.graphql(&app.operator(), document, json!({"id": id})).await.refusals(), ["NOT_FOUND"]);
        let visitor = app.graphql(&app.visitor(), document, json!({"id": id})).await;
        assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
    }
}

async fn what_is_gone_from_the_list_is_named_by_the_request(app: TestApp) {
    let partners = partners(&app, 2).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    let named = read(&app, "borealis", &id).await["accountName"].clone();
    House::new(&app).replace(partners.theirs, companies([7])).await;
    assert_eq!(read(&app, "borealis", &id).await["ownAccount"], Value::Null);
    let done = act(&app, "borealis", TO_OPPORTUNITY, &id, json!({})).await;
    assert_eq!(done.payload()["opportunity"]["customer"], json!({"name": named, "websiteUrl": null}));
}

async fn an_erased_person_is_gone_from_the_request_too(app: TestApp) {
    const ERASE: &str =
        "mutation { contactErase(input: {email: \"ada@acme.example\"}) { contacts { id } userErrors { code } } }";
    let partners = partners(&app, 2).await;
    let mut ids = Vec::new();
    for overlap in &partners.overlaps {
        let mut input = about(overlap);
        input["message"] = json!("Would Ada Byte see us?");
        input["contactTitle"] = json!("Desk of Ada Byte");
        let id = ask(&app, &app.manager("borealis"), input).await.payload()["introduction"]["id"].clone();
        act(&app, "aurora", ACCEPT, &id, json!({"comment": "Ada Byte will."})).await.payload();
        let said = json!({"outcome": "INTRODUCED", "note": "Ada Byte knows you."});
        act(&app, "aurora", OUTCOME, &id, said).await.payload();
        ids.push(id);
    }
    // One becomes a lead of the one that was asked, the other an opportunity of the one that asked.
    let ada = json!({"name": "Ada Byte", "title": "Buyer", "email": "ada@acme.example"});
    act(&app, "aurora", TO_LEAD, &ids[0], json!({"contact": ada})).await.payload();
    let made = act(&app, "borealis", TO_OPPORTUNITY, &ids[1], json!({})).await;
    add(&app, &app.manager("borealis"), &made.payload()["opportunity"]["id"], ada).await.payload();
    let places = places_of(&app, "ada byte").await;
    for column in ["message", "contact_title", "comment", "outcome_note"] {
        assert!(places.contains(&format!("introductions.{column}")), "{column} does not have it: {places:?}");
    }
    for slug in ["aurora", "borealis"] {
        app.graphql(&app.actor(slug, Role::Admin), ERASE, json!({})).await.payload();
    }
    assert_eq!(places_of(&app, "ada byte").await, Vec::<String>::new());
    for id in &ids {
        let seen = read(&app, "borealis", id).await;
        assert_eq!((&seen["message"], &seen["comment"]), (&json!("Would [erased] see us?"), &json!("[erased] will.")));
        assert_eq!(
            (&seen["contactTitle"], &seen["outcomeNote"]),
            (&json!("Desk of [erased]"), &json!("[erased] knows you."))
        );
    }
}
