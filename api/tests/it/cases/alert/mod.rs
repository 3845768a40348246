//! The feed through the schema: pages, what was read, and live.

mod access;
mod contract;
mod live;
mod pages;

use crate::{
    cases::partnership::{invite, to},
    support::{TestApp, organization_id},
};
use chrono::{TimeDelta, Utc};
use partnergraph::{event::feed, op::Actor};
use serde_json::{Value, json};

const ALERTS: &str = "query ($first: Int, $after: String, $filter: AlertFilter) {
  alerts(first: $first, after: $after, filter: $filter) {
    headCursor unreadCount totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor }
    edges { cursor node { __typename id occurredAt actor { kind organization { slug } }
      ... on PartnershipAlert { change statusAfter invitation { id status } partnership { id } organization { slug } endsOn }
    } }
  }
}";

/// An invitation of aurora to the organization with this slug: an alert to both.
async fn alert(app: &TestApp, slug: &str) -> Value {
    invite(app, &app.manager("aurora"), to(slug)).await.payload()["invitation"]["id"].clone()
}

async fn page(app: &TestApp, actor: &Actor, variables: Value) -> Value {
    app.graphql(actor, ALERTS, variables).await.at("/alerts").clone()
}

async fn head(app: &TestApp, actor: &Actor) -> Value {
    page(app, actor, json!({"first": 0})).await["headCursor"].clone()
}

/// Lets go of all alerts that are older than the clock.
async fn trim(app: &TestApp) {
    app.clock.advance(TimeDelta::seconds(1));
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    feed::trim(&op, op.now()).await.unwrap();
}

/// What a cursor of aurora's feed at this number would be.
fn cursor_at(app: &TestApp, epoch: i64, seq: i64) -> String {
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    feed::write_cursor(&op, organization_id("aurora"), feed::Position { epoch, seq })
}

async fn epoch(app: &TestApp) -> i64 {
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    feed::head(&op, organization_id("aurora")).await.unwrap().epoch
}

fn moment(text: &Value) -> chrono::DateTime<Utc> {
    text.as_str().unwrap().parse().unwrap()
}
