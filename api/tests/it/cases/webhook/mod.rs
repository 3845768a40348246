//! Webhooks: from the mutation that makes an endpoint to what a receiver gets.

mod again;
mod endpoint;
mod mapping;
mod receiver;
mod sending;
mod trouble;

use crate::{
    cases::partnership::{invite, to},
    support::{Answer, TestApp},
};
use entity::value::Role;
use partnergraph::op::Actor;
use receiver::Receiver;
use serde_json::{Value, json};

const CREATE: &str = "mutation ($input: WebhookEndpointCreateInput!) { webhookEndpointCreate(input: $input) {
  webhookEndpoint { id url description kinds changes enabled revision cursor organization { slug } viewerCanUpdate }
  secret userErrors { field code }
} }";
const UPDATE: &str = "mutation ($id: ID!, $input: WebhookEndpointUpdateInput!) {
  webhookEndpointUpdate(id: $id, input: $input) {
    webhookEndpoint { url description kinds changes enabled disabledReason revision failures nextAttemptAt }
    userErrors { field code currentRevision }
} }";
const ROTATE: &str = "mutation ($id: ID!) { webhookEndpointRotateSecret(id: $id) {
  webhookEndpoint { previousSecretValidUntil } secret userErrors { code } } }";
const REMOVE: &str = "mutation ($id: ID!) { webhookEndpointRemove(id: $id) {
  removedWebhookEndpointId userErrors { code } } }";
const REPLAY: &str = "mutation ($id: ID!, $input: WebhookEndpointReplayInput!) {
  webhookEndpointReplay(id: $id, input: $input) { webhookEndpoint { cursor } delivery { id status aside replayed }
  userErrors { field code } } }";
const PING: &str = "mutation ($id: ID!) { webhookEndpointPing(id: $id) {
  delivery { id event status aside attempts messageId } userErrors { code } } }";
const READ: &str = "query ($id: ID!, $first: Int, $after: String) { webhookEndpoint(id: $id) {
  enabled disabledReason failures nextAttemptAt cursor previousSecretValidUntil
  deliveries(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes {
    id messageId event cursor replayed aside status attempts lastAttemptAt responseStatus problem endpoint { id }
  } }
} }";

fn admin(app: &TestApp) -> Actor {
    app.actor("aurora", Role::Admin)
}

async fn create(app: &TestApp, input: Value) -> Answer {
    app.graphql(&admin(app), CREATE, json!({"input": input})).await
}

/// An endpoint of aurora that gets everything: its id and secret.
async fn endpoint(app: &TestApp, receiver: &Receiver) -> (Value, String) {
    let made = create(app, json!({"url": receiver.url})).await;
    let payload = made.payload();
    (payload["webhookEndpoint"]["id"].clone(), payload["secret"].as_str().unwrap().to_owned())
}

/// The courier comes by and sends what is to be sent now; says how many attempts that were.
async fn come_by(app: &TestApp) -> usize {
    app.app.courier.run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap()
}

/// An invitation of aurora: an alert of the type `partnership.sent`.
async fn sent(app: &TestApp, slug: &str) -> Value {
    invite(app, &app.manager("aurora"), to(slug)).await.payload()["invitation"]["id"].clone()
}

/// And taken back: one of the type `partnership.canceled`.
async fn canceled(app: &TestApp, invitation: &Value) {
    const CANCEL: &str =
        "mutation ($id: ID!) { partnershipInvitationCancel(id: $id) { invitation { id } userErrors { code } } }";
    app.graphql(&app.manager("aurora"), CANCEL, json!({"id": invitation})).await.payload();
}

async fn read(app: &TestApp, id: &Value) -> Value {
    app.graphql(&admin(app), READ, json!({"id": id})).await.at("/webhookEndpoint").clone()
}
