//! Leads through the schema.

mod answer;
mod contact;
mod convert;
mod create;
mod due;
mod list;
mod route;
mod visibility;

use super::partnership;
use crate::support::{Answer, TestApp, organization_id};
use entity::alert;
use partnergraph::op::Actor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

const CREATE: &str = "mutation ($input: LeadCreateInput!) { leadCreate(input: $input) {
  lead {
    id status revision expiresAt answerDays createdAt readiness qualification
    sender { slug } receiver { slug }
    company { name websiteUrl countryCode industry }
    contact { id name title email phone mayBeShared mayBeContacted erasedAt organization { slug } }
    interactions { source occurredOn useCase customerAction businessProblem }
    route { organization { slug } state }
    viewerCanUpdate viewerCanSend viewerCanAccept viewerCanCancel
  }
  userErrors { field message code }
} }";

const UPDATE: &str = "mutation ($id: ID!, $input: LeadUpdateInput!) { leadUpdate(id: $id, input: $input) {
  lead {
    revision readiness qualification company { name websiteUrl countryCode industry }
    contact { id name title email phone mayBeShared mayBeContacted } interactions { source useCase }
  }
  userErrors { field code currentRevision }
} }";

const SEND: &str = "mutation ($id: ID!, $input: LeadSendInput!) { leadSend(id: $id, input: $input) {
  lead { status revision expiresAt answerDays receiver { slug } route { organization { slug } state sentAt } }
  userErrors { field code currentRevision }
} }";

const ACCEPT: &str = "mutation ($id: ID!, $input: LeadAcceptInput) { leadAccept(id: $id, input: $input) {
  lead { status revision contact { name title email phone } interactions { source businessProblem } }
  userErrors { field code currentRevision }
} }";

const DECLINE: &str = "mutation ($id: ID!, $input: LeadDeclineInput!) { leadDecline(id: $id, input: $input) {
  lead { status company { name } route { organization { slug } state declineReason comment } }
  userErrors { field code currentRevision }
} }";

const CANCEL: &str = "mutation ($id: ID!, $input: LeadCancelInput) { leadCancel(id: $id, input: $input) {
  lead { status route { organization { slug } state skipReason } } userErrors { field code currentRevision }
} }";

const READ: &str = "query ($id: ID!) { lead(id: $id) {
  id status revision expiresAt answerDays createdAt updatedAt readiness qualification
  sender { slug } receiver { slug }
  company { name websiteUrl countryCode industry }
  contact { id name title email phone mayBeShared mayBeContacted }
  interactions { source occurredOn useCase customerAction businessProblem }
  route { organization { slug } state sentAt expiresAt answeredAt declineReason comment skipReason }
  viewerCanUpdate viewerCanSend viewerCanAccept viewerCanCancel
} }";

/// A lead about Acme, to be kept.
fn acme() -> Value {
    json!({
        "company": {
            "name": " Acme \n Works ", "websiteUrl": "https://acme.example/", "countryCode": "DE",
            "industry": "MANUFACTURING",
        },
        "contact": {
            "name": "Ada Byte", "title": "Head of IT", "email": "Ada@Acme.example", "phone": "+49 30 123456",
            "mayBeShared": true, "mayBeContacted": true,
        },
        "interactions": [{
            "source": "Fair in Oslo", "occurredOn": "2026-11-01", "useCase": "Paperless orders",
            "customerAction": "Asked for a call", "businessProblem": "Orders\nget lost.",
        }],
        "readiness": "MEDIUM",
        "qualification": "SALES_QUALIFIED",
    })
}

/// The lead about Acme, to these partners in turn.
pub(super) fn acme_to(receivers: &[&str]) -> Value {
    let mut input = acme();
    input["receiver"] = json!(receivers[0]);
    input["fallbacks"] = json!(receivers[1..]);
    input
}

pub(super) async fn create(app: &TestApp, actor: &Actor, input: Value) -> Answer {
    app.graphql(actor, CREATE, json!({"input": input})).await
}

/// A lead of aurora about Acme that was sent to these partners; its id.
async fn sent(app: &TestApp, receivers: &[&str]) -> Value {
    create(app, &app.manager("aurora"), acme_to(receivers)).await.payload()["lead"]["id"].clone()
}

async fn read(app: &TestApp, actor: &Actor, id: &Value) -> Value {
    app.graphql(actor, READ, json!({"id": id})).await.at("/lead").clone()
}

pub(super) async fn accept(app: &TestApp, actor: &Actor, id: &Value) -> Answer {
    app.graphql(actor, ACCEPT, json!({"id": id})).await
}

async fn decline(app: &TestApp, actor: &Actor, id: &Value) -> Answer {
    app.graphql(actor, DECLINE, json!({"id": id, "input": {"reason": "NO_CAPACITY", "comment": "Next year."}})).await
}

/// Aurora becomes a partner of these.
pub(super) async fn befriend(app: &TestApp, slugs: &[&str]) {
    for slug in slugs {
        partnership::begin(app, "aurora", slug).await;
    }
}

/// What the feed of an organization says of leads, oldest first: what happened, and the status that it tells.
async fn alerts(app: &TestApp, slug: &str) -> Vec<(String, String)> {
    let rows = alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization_id(slug)))
        .filter(alert::Column::Kind.eq(alert::AlertKind::Lead))
        .order_by_asc(alert::Column::Seq)
        .all(app.app.world.db.read())
        .await
        .unwrap();
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    rows.into_iter().map(|row| (word(json!(row.change)), word(row.details["status"].clone()))).collect()
}

fn told(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(change, status)| ((*change).to_owned(), (*status).to_owned())).collect()
}
