//! Requests to be introduced, through the schema: aurora knows companies as customers that borealis has as prospects, and
//! borealis asks.

mod answer;
mod convert;
mod due;
mod list;
mod outcome;
mod request;
mod visible;

use super::overlap::{
    compare,
    house::{House, companies},
    overlaps,
};
use crate::support::{Answer, TestApp, organization_id};
use entity::{
    alert::{self, AlertKind},
    id::{AccountListId, MappingPairId},
    sharing_rule::{AccountField, SharingLevel},
};
use partnergraph::op::Actor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

const REQUEST: &str = "mutation ($input: IntroductionRequestInput!) { introductionRequest(input: $input) {
  introduction {
    id status direction revision message contactTitle desiredOn accountName expiresAt createdAt
    asker { slug } receiver { slug } addressees { name } ownAccount { name } overlap { id }
    evidence { ownKind partnerKind score confidence reasons foundAt }
    viewerCanAnswer viewerCanCancel viewerCanRecordOutcome
  }
  userErrors { field code }
} }";

pub(crate) const ACCEPT: &str = "mutation ($id: ID!, $input: IntroductionAcceptInput) {
  introductionAccept(id: $id, input: $input) {
    introduction { status comment answeredAt revision viewerCanAnswer viewerCanConvertToLead viewerCanRecordOutcome }
    userErrors { field code currentRevision } } }";

const DECLINE: &str = "mutation ($id: ID!, $input: IntroductionDeclineInput!) {
  introductionDecline(id: $id, input: $input) {
    introduction { status declineReason comment answeredAt } userErrors { field code currentRevision } } }";

const CANCEL: &str = "mutation ($id: ID!, $input: IntroductionCancelInput) {
  introductionCancel(id: $id, input: $input) {
    introduction { status answeredAt } userErrors { field code currentRevision } } }";

const OUTCOME: &str = "mutation ($id: ID!, $input: IntroductionRecordOutcomeInput!) {
  introductionRecordOutcome(id: $id, input: $input) {
    introduction { status outcome outcomeNote outcomeOn outcomeBy { slug } outcomeAt revision }
    userErrors { field code currentRevision } } }";

const READ: &str = "query ($id: ID!) { introduction(id: $id) {
  id status direction revision message contactTitle desiredOn accountName expiresAt answeredAt declineReason comment
  outcome outcomeNote outcomeOn asker { slug } receiver { slug } addressees { name }
  ownAccount { name website } overlap { id partner { name website } }
  evidence { ownKind partnerKind score confidence reasons }
  opportunity { id } lead { id }
  viewerCanAnswer viewerCanCancel viewerCanRecordOutcome viewerCanConvertToOpportunity viewerCanConvertToLead
} }";

/// Two partners with companies in common: aurora's customers are borealis' prospects.
pub(crate) struct Partners {
    ours: AccountListId,
    theirs: AccountListId,
    pair: MappingPairId,
    /// The overlaps by their ids, the newest first.
    pub(crate) overlaps: Vec<Value>,
}

/// Each shows the other its overlaps with names alone, and `count` companies are in both lists.
pub(crate) async fn partners(app: &TestApp, count: usize) -> Partners {
    let house = House::new(app);
    let fields = [AccountField::Name];
    let (ours, theirs, pair) =
        house.two(SharingLevel::Overlapping, &fields, companies(0..count), companies(0..count)).await;
    compare(app).await;
    let found = overlaps(app, &app.manager("borealis"), json!({"partner": "aurora", "first": 100})).await;
    let nodes = found.at("/overlaps/nodes").as_array().unwrap();
    Partners { ours, theirs, pair, overlaps: nodes.iter().map(|node| node["id"].clone()).collect() }
}

/// What borealis asks about an overlap.
fn about(overlap: &Value) -> Value {
    json!({"overlap": overlap, "message": " Would you \n open the door? ", "contactTitle": "Head of IT",
           "desiredOn": "2026-11-20"})
}

async fn ask(app: &TestApp, actor: &Actor, input: Value) -> Answer {
    app.graphql(actor, REQUEST, json!({"input": input})).await
}

/// A request of borealis to aurora about an overlap; its id.
pub(crate) async fn asked(app: &TestApp, overlap: &Value) -> Value {
    ask(app, &app.manager("borealis"), about(overlap)).await.payload()["introduction"]["id"].clone()
}

/// The same, accepted.
async fn accepted(app: &TestApp, overlap: &Value) -> Value {
    let id = asked(app, overlap).await;
    act(app, "aurora", ACCEPT, &id, json!({})).await.payload();
    id
}

/// What a manager does with a request.
pub(crate) async fn act(app: &TestApp, slug: &str, document: &str, id: &Value, input: Value) -> Answer {
    app.graphql(&app.manager(slug), document, json!({"id": id, "input": input})).await
}

async fn read(app: &TestApp, slug: &str, id: &Value) -> Value {
    app.graphql(&app.manager(slug), READ, json!({"id": id})).await.at("/introduction").clone()
}

/// What the feed of an organization tells of requests: what happened, and where the request was then.
async fn told(app: &TestApp, slug: &str) -> Vec<(String, String)> {
    let rows = alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization_id(slug)))
        .filter(alert::Column::Kind.eq(AlertKind::Introduction))
        .order_by_asc(alert::Column::Seq);
    let rows = rows.all(app.app.world.db.read()).await.unwrap();
    let word = |value: Value| value.as_str().unwrap().to_owned();
    rows.into_iter().map(|row| (word(json!(row.change)), word(row.details["status"].clone()))).collect()
}

fn words(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(change, status)| ((*change).to_owned(), (*status).to_owned())).collect()
}
