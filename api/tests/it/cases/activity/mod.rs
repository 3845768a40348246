//! The log of activities through the schema.

mod list;
mod opportunity;
mod partnership;

use super::partnership::begin;
use crate::support::{Answer, TestApp, organization_id};
use entity::alert;
use partnergraph::op::Actor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

const LOG: &str = "mutation ($id: ID!, $input: ActivityLogInput!) { activityLog(id: $id, input: $input) {
  activity {
    id kind occurredAt text internal revision viewerCanUpdate organization { slug } partnership { id }
    author { kind organization { slug } person { name } }
    participants { organization { slug } name contact { id } } addressees { organization { slug } name }
  }
  userErrors { field code }
} }";

const UPDATE: &str = "mutation ($id: ID!, $input: ActivityUpdateInput!) { activityUpdate(id: $id, input: $input) {
  activity { text occurredAt revision participants { organization { slug } name } }
  userErrors { field code currentRevision }
} }";

const REMOVE: &str = "mutation ($id: ID!, $input: ActivityRemoveInput) { activityRemove(id: $id, input: $input) {
  removedActivityId userErrors { field code currentRevision }
} }";

const READ: &str = "query ($id: ID!) { activity(id: $id) { id text viewerCanUpdate } node(id: $id) { __typename } }";

pub(super) async fn log(app: &TestApp, actor: &Actor, id: &Value, input: Value) -> Answer {
    app.graphql(actor, LOG, json!({"id": id, "input": input})).await
}

fn call(text: &str) -> Value {
    json!({"kind": "CALL", "text": text})
}

/// What the feed of an organization says of activities, oldest first.
async fn alerts(app: &TestApp, slug: &str) -> Vec<alert::Model> {
    alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization_id(slug)))
        .filter(alert::Column::Kind.eq(alert::AlertKind::Activity))
        .order_by_asc(alert::Column::Seq)
        .all(app.app.world.db.read())
        .await
        .unwrap()
}

async fn changes(app: &TestApp, slug: &str) -> Vec<alert::AlertChange> {
    alerts(app, slug).await.into_iter().map(|row| row.change).collect()
}
