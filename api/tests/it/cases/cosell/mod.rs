//! Co-selling through the schema. The documents that clients send (`contracts/co-sell.graphql`) are used wherever they do.

pub(super) mod confidential;
mod contract;
pub(super) mod csv;
mod discreet;
mod kept;
mod lifecycle;
mod list;
mod live;
mod party;
mod race;
mod record;
pub(super) mod review;
mod sharing;
mod trail;

use crate::support::{Answer, TestApp};
use partnergraph::op::Actor;
use serde_json::{Value, json};
use std::path::Path;

/// One operation of `contracts/co-sell.graphql`, unchanged.
pub(super) fn operation(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts/co-sell.graphql");
    let text = std::fs::read_to_string(path).unwrap();
    let starts = [format!("query {name}"), format!("mutation {name}")];
    let named = |from: &usize| text[*from..].chars().find(|c| !c.is_alphanumeric()).is_some_and(|c| " ({".contains(c));
    let from = starts.iter().filter_map(|start| text.find(start).filter(|from| named(&(from + start.len())))).next();
    let from = from.unwrap_or_else(|| panic!("no operation {name}"));
    let to = from + text[from..].find("\n}\n").unwrap() + 2;
    text[from..to].to_owned()
}

/// The least that an opportunity says.
pub(super) fn deal() -> Value {
    json!({"title": "Answers for Acme", "customer": {"name": "Acme Inc."}})
}

/// One with all that a review needs, and more.
pub(super) fn full_deal() -> Value {
    json!({
        "title": "Answers for Acme",
        "customer": {"name": "Acme Inc.", "websiteUrl": "https://www.acme.example/", "countryCode": "NO",
                     "industry": "RETAIL", "duns": "15-048-3782"},
        "contactTitle": "Head of IT",
        "businessProblem": "Answers get lost between two systems.",
        "useCase": "Answers go into records.",
        "deliveryModels": ["RESALE", "SAAS"],
        "expectedAmount": {"amount": "1200.50", "currencyCode": "EUR"},
        "expectedFrequency": "MONTHLY",
        "contractMonths": 24,
        "targetCloseDate": "2026-12-24",
        "stage": "QUALIFIED",
        "probability": 40,
        "type": "EXPANSION",
        "origin": "VENDOR_REFERRAL",
        "helpRequested": ["DEAL_SUPPORT"],
        "competitors": ["Rival"],
        "externalId": "crm-1",
    })
}

pub(super) async fn create(app: &TestApp, actor: &Actor, input: Value) -> Answer {
    app.graphql(actor, &operation("CreateOpportunity"), json!({"input": input})).await
}

/// An opportunity of aurora; its id.
pub(super) async fn opened(app: &TestApp, input: Value) -> Value {
    create(app, &app.manager("aurora"), input).await.payload()["opportunity"]["id"].clone()
}

pub(super) fn to(slug: &str) -> Value {
    json!({"organization": slug, "message": "Shall we?", "role": "RESELLER"})
}

pub(super) async fn invite(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    app.graphql(actor, &operation("Invite"), json!({"id": id, "input": input})).await
}

pub(super) async fn accept(app: &TestApp, actor: &Actor, id: &Value) -> Answer {
    app.graphql(actor, &operation("Accept"), json!({"id": id})).await
}

async fn advance(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    app.graphql(actor, &operation("Advance"), json!({"id": id, "input": input})).await
}

/// Has aurora invite this organization, and its manager accept.
pub(super) async fn share(app: &TestApp, id: &Value, slug: &str, input: Value) {
    let sent = invite(app, &app.manager("aurora"), id, input).await;
    accept(app, &app.manager(slug), &sent.payload()["invitation"]["id"]).await.payload();
}

/// The mutation `field` on an opportunity, with an input of this type where one is named.
pub(super) async fn act(app: &TestApp, actor: &Actor, field: &str, id: &Value, input: Option<(&str, Value)>) -> Answer {
    let (variable, argument) = match &input {
        Some((kind, _)) => (format!(", $input: {kind}"), ", input: $input"),
        None => (String::new(), ""),
    };
    let document = format!(
        "mutation ($id: ID!{variable}) {{ {field}(id: $id{argument}) {{
           opportunity {{ id stage reviewStatus reviewReason reviewComment revision title targetCloseDate archivedAt
             customer {{ name websiteUrl }} expectedAmount {{ amount }} businessProblem useCase competitors
             participants {{ role organization {{ slug }} grantedFields mayInvite }} }}
           userErrors {{ field code currentRevision }} }} }}"
    );
    let input = input.map(|(_, input)| input);
    app.graphql(actor, &document, json!({"id": id, "input": input})).await
}

pub(super) async fn update(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    act(app, actor, "opportunityUpdate", id, Some(("OpportunityUpdateInput!", input))).await
}

pub(super) async fn update_side(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    act(app, actor, "opportunitySideUpdate", id, Some(("OpportunitySideUpdateInput!", input))).await
}

/// What somebody sees at this place of an opportunity; null where the opportunity is not seen.
pub(super) async fn seen(app: &TestApp, actor: &Actor, id: &Value, selection: &str) -> Value {
    let document = format!("query ($id: ID!) {{ opportunity(id: $id) {{ {selection} }} }}");
    app.graphql(actor, &document, json!({"id": id})).await.at("/opportunity").clone()
}

/// The alerts of an organization's feed, oldest first, as kind, change and who did it.
async fn alerts(app: &TestApp, slug: &str) -> Vec<(String, String, String)> {
    use entity::alert;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
    let rows = alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(crate::support::organization_id(slug)))
        .order_by_asc(alert::Column::Seq)
        .all(app.app.world.db.read())
        .await
        .unwrap();
    let word = |value: Value| value.as_str().unwrap().to_owned();
    rows.into_iter().map(|row| (word(json!(row.kind)), word(json!(row.change)), row.actor_kind)).collect()
}

/// The changes that the feed of an organization tells of, oldest first.
pub(super) async fn changes(app: &TestApp, slug: &str) -> Vec<String> {
    alerts(app, slug).await.into_iter().map(|(_, change, _)| change).collect()
}
