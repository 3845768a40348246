//! Partnerships through the schema.

mod alerts;
mod facts;
pub(super) mod invitation;
mod lifecycle;
pub(super) mod list;
mod visibility;

use crate::support::{Answer, TestApp};
use partnergraph::op::Actor;
use serde_json::{Value, json};

const INVITE: &str = "mutation ($input: PartnershipInviteInput!) { partnershipInvite(input: $input) {
  invitation {
    id status message types expiresAt parties { slug }
    fromOrganization { slug } toOrganization { slug } partnership { id }
    technology { exchanges { what description fromOrganization { slug } toOrganization { slug } } }
    channel { roles { role services } terms { rate basis currencyCode effectiveFrom } } strategic { aim termEndsOn }
  }
  userErrors { field message code }
} }";

pub(super) const ACCEPT: &str = "mutation ($id: ID!) { partnershipInvitationAccept(id: $id) {
  invitation { status answeredAt partnership { id } }
  partnership { id status origin types startedOn revision description parties { organization { slug } listed } }
  userErrors { field code }
} }";

const UPDATE: &str =
    "mutation ($id: ID!, $input: PartnershipUpdateInput!) { partnershipUpdate(id: $id, input: $input) {
  partnership {
    revision types description
    technology { exchanges { what } } channel { roles { role } terms { rate effectiveFrom effectiveTo } }
    strategic { aim termStartsOn termEndsOn }
  }
  userErrors { field code currentRevision }
} }";

pub(super) const END: &str =
    "mutation ($id: ID!, $input: PartnershipEndInput!) { partnershipEnd(id: $id, input: $input) {
  partnership { status endsOn ending { reason comment endedBy { slug } acquiredBy { slug } endedAt } revision }
  userErrors { field code }
} }";

pub(super) const EXTEND: &str =
    "mutation ($id: ID!, $input: PartnershipExtendInput!) { partnershipExtend(id: $id, input: $input) {
  invitation { id types parties { slug } partnership { id } strategic { aim } }
  userErrors { field code }
} }";

const ASSIGN: &str =
    "mutation ($id: ID!, $input: PartnershipAssignInput!) { partnershipAssign(id: $id, input: $input) {
  partnership { parties { organization { slug } manager { name email } sponsor { name } listed } }
  userErrors { field code }
} }";

/// The least that an invitation says.
pub(super) fn to(slug: &str) -> Value {
    json!({"organization": slug, "types": ["TECHNOLOGY"], "message": "Shall we?"})
}

pub(super) async fn invite(app: &TestApp, actor: &Actor, input: Value) -> Answer {
    app.graphql(actor, INVITE, json!({"input": input})).await
}

pub(super) async fn accept(app: &TestApp, actor: &Actor, id: &Value) -> Answer {
    app.graphql(actor, ACCEPT, json!({"id": id})).await
}

/// A partnership of aurora and borealis that begins as `input` says; its id.
pub(super) async fn partners(app: &TestApp, input: Value) -> Value {
    let sent = invite(app, &app.manager("aurora"), input).await;
    let id = sent.payload()["invitation"]["id"].clone();
    accept(app, &app.manager("borealis"), &id).await.payload()["partnership"]["id"].clone()
}

/// A partnership that `from` offered and `to` accepted, for cases of other rooms; its id.
pub(super) async fn begin(app: &TestApp, from: &str, slug: &str) -> Value {
    let sent = invite(app, &app.manager(from), to(slug)).await;
    let id = sent.payload()["invitation"]["id"].clone();
    accept(app, &app.manager(slug), &id).await.payload()["partnership"]["id"].clone()
}

/// Ends a partnership today, for cases of other rooms.
pub(super) async fn end(app: &TestApp, by: &str, id: &Value) {
    app.graphql(&app.manager(by), END, json!({"id": id, "input": {"reason": "MUTUAL"}})).await.payload();
}
