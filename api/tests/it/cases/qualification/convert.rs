//! A qualified lead becomes a lead to its partner, or an opportunity: once, in one step, without a word of rules.

use super::{House, companies, compare, leads, made, one_of, qualify, set, told, warm};
use crate::{
    cases::partnership::{begin, end},
    support::{Answer, TestApp, on_both},
};
use chrono::TimeDelta;
use entity::{
    lead as lead_row, opportunity,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::op::Actor;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

const SEND: &str = "mutation ($id: ID!, $input: QualifiedLeadSendInput) { qualifiedLeadSend(id: $id, input: $input) {
    qualifiedLead { status revision lead { id } viewerCanConvert }
    lead { id status receiver { slug } company { name websiteUrl countryCode } readiness answerDays
      interactions { source useCase businessProblem } }
    userErrors { field code currentRevision } } }";
const CONVERT: &str = "mutation ($id: ID!, $input: QualifiedLeadConvertInput) {
    qualifiedLeadConvert(id: $id, input: $input) {
      qualifiedLead { status opportunity { id } }
      opportunity { id title stage origin owner { slug } customer { name websiteUrl countryCode }
        participants { organization { slug } } }
      userErrors { field code currentRevision } } }";

async fn send(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    app.graphql(actor, SEND, json!({"id": id, "input": input})).await
}

async fn convert(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    app.graphql(actor, CONVERT, json!({"id": id, "input": input})).await
}

async fn it_goes_to_the_partner_as_a_lead(app: TestApp) {
    let mut ours = companies(0..1);
    ours.values_mut().for_each(|row| row.country = "NO");
    set(&app, &[AccountField::Name], ours, companies(0..1)).await;
    made(&app, warm()).await;
    qualify(&app).await;
    let found = leads(&app, "aurora", json!({})).await[0].clone();
    let member = app.actor("aurora", Role::Member);
    let input = json!({"useCase": "Paperless orders", "readiness": "HIGH", "answerDays": 7, "idempotencyKey": "once"});
    let done = send(&app, &member, &found["id"], input.clone()).await;
    let payload = done.payload();
    let lead = &payload["lead"];
    assert_eq!((&lead["status"], &lead["receiver"]["slug"]), (&json!("SENT"), &json!("borealis")));
    assert_eq!((&lead["company"]["name"], &lead["company"]["countryCode"]), (&found["accountName"], &json!("NO")));
    assert!(lead["company"]["websiteUrl"].as_str().unwrap().starts_with("https://"), "{lead:#}");
    assert_eq!((&lead["readiness"], &lead["answerDays"]), (&json!("HIGH"), &json!(7)));
    let said = json!([{"source": "Account mapping", "useCase": "Paperless orders", "businessProblem": null}]);
    assert_eq!(lead["interactions"], said);
    let qualified = &payload["qualifiedLead"];
    assert_eq!((&qualified["status"], &qualified["lead"]["id"]), (&json!("CONVERTED"), &lead["id"]));
    assert_eq!(qualified["viewerCanConvert"], false);
    // Once.
    let again = send(&app, &member, &found["id"], input).await;
    assert_eq!(again.payload()["lead"]["id"], lead["id"]);
    let other = json!({"idempotencyKey": "once", "answerDays": 8});
    assert_eq!(send(&app, &member, &found["id"], other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(send(&app, &member, &found["id"], json!({})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(convert(&app, &member, &found["id"], json!({})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(lead_row::Entity::find().count(app.app.world.db.read()).await.unwrap(), 1);
    assert_eq!(told(&app, "aurora").await.last().unwrap()["change"], "CONVERTED");
    // The partner reads the lead, and nothing of what qualified it.
    let theirs = "query ($id: ID!) { lead(id: $id) { company { name } interactions { source useCase } }
        alerts(first: 100) { nodes { id ... on LeadAlert { change } } } qualifiedLeads { totalCount } }";
    let seen = app.graphql(&app.manager("borealis"), theirs, json!({"id": lead["id"]})).await;
    assert_eq!(seen.at("/lead/company/name"), &found["accountName"]);
    assert_eq!(seen.at("/qualifiedLeads/totalCount"), &json!(0));
    assert!(!seen.body().to_string().contains("Warm"));
}

async fn it_becomes_an_opportunity(app: TestApp) {
    let found = one_of(&app, 2).await;
    let member = app.actor("aurora", Role::Member);
    let long = json!({"title": "x".repeat(256)});
    assert_eq!(convert(&app, &member, &found["id"], long).await.refusals(), ["TOO_LONG"]);
    let input = json!({"title": " Orders ", "idempotencyKey": "once", "expectedRevision": 1});
    let done = convert(&app, &member, &found["id"], input.clone()).await;
    let deal = &done.payload()["opportunity"];
    assert_eq!((&deal["title"], &deal["stage"]), (&json!("Orders"), &json!("PROSPECT")));
    assert_eq!((&deal["origin"], &deal["owner"]["slug"]), (&json!("PARTNER_REFERRAL"), &json!("aurora")));
    assert_eq!(deal["customer"]["name"], found["accountName"]);
    assert_eq!(deal["participants"], json!([{"organization": {"slug": "aurora"}}]));
    assert_eq!(convert(&app, &member, &found["id"], input).await.payload()["opportunity"]["id"], deal["id"]);
    assert_eq!(convert(&app, &member, &found["id"], json!({})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(opportunity::Entity::find().count(app.app.world.db.read()).await.unwrap(), 1);
    const SEEN: &str = "query ($id: ID!) { node(id: $id) { id } }";
    let seen = app.graphql(&app.manager("borealis"), SEEN, json!({"id": deal["id"]})).await;
    assert_eq!(seen.at("/node"), &Value::Null);
}

async fn two_at_once_make_one(app: TestApp) {
    let id = one_of(&app, 1).await["id"].clone();
    let member = app.actor("aurora", Role::Member);
    let (one, other) = tokio::join!(send(&app, &member, &id, json!({})), convert(&app, &member, &id, json!({})));
    let refused = usize::from(one.at("/qualifiedLeadSend/lead").is_null())
        + usize::from(other.at("/qualifiedLeadConvert/opportunity").is_null());
    assert_eq!(refused, 1, "{:#}\n{:#}", one.body(), other.body());
    let db = app.app.world.db.read();
    let made = lead_row::Entity::find().count(db).await.unwrap() + opportunity::Entity::find().count(db).await.unwrap();
    assert_eq!(made, 1);
}

async fn what_cannot_go_is_refused_and_leaves_nothing(app: TestApp) {
    let partnership = begin(&app, "aurora", "borealis").await;
    let house = House::new(&app);
    house.shared(SharingLevel::Overlapping, &[AccountField::Name], companies(0..1), companies(0..1)).await;
    compare(&app).await;
    made(&app, warm()).await;
    assert_eq!(qualify(&app).await, 1);
    let id = leads(&app, "aurora", json!({})).await[0]["id"].clone();
    for (actor, expected) in [
        (app.manager("borealis"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
        (app.actor("aurora", Role::Viewer), "NOT_ALLOWED"),
    ] {
        assert_eq!(send(&app, &actor, &id, json!({})).await.refusals(), [expected]);
        assert_eq!(convert(&app, &actor, &id, json!({})).await.refusals(), [expected]);
    }
    assert_eq!(send(&app, &app.visitor(), &id, json!({})).await.error_code(), "UNAUTHENTICATED");
    let member = app.actor("aurora", Role::Member);
    assert_eq!(send(&app, &member, &id, json!({"expectedRevision": 5})).await.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(send(&app, &member, &id, json!({"answerDays": 91})).await.refusals(), ["OUT_OF_RANGE"]);
    assert_eq!(send(&app, &member, &id, json!({"useCase": "x".repeat(256)})).await.refusals(), ["TOO_LONG"]);
    // The two are no partners any more.
    let db = app.app.world.db.read();
    end(&app, "aurora", &partnership).await;
    app.clock.advance(TimeDelta::days(1));
    let refused = send(&app, &member, &id, json!({})).await;
    assert_eq!(refused.refusals(), ["INVALID_STATE"]);
    assert_eq!(refused.at("/qualifiedLeadSend/userErrors/0/field"), &json!(null));
    assert_eq!(lead_row::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(leads(&app, "aurora", json!({})).await[0]["status"], "NEW");
    // An opportunity takes no partner.
    convert(&app, &member, &id, json!({})).await.payload();
}

on_both!(
    it_goes_to_the_partner_as_a_lead,
    it_becomes_an_opportunity,
    two_at_once_make_one,
    what_cannot_go_is_refused_and_leaves_nothing,
);
