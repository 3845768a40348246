//! What can be done with webhooks. The key of a service needs the scope `WEBHOOKS_WRITE` for all of it.

use super::{delivery::WebhookDelivery, endpoint::WebhookEndpoint};
use crate::{
    alert::graphql::enums::{AlertChange, AlertKind},
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
    webhook::{
        model::{EndpointDraft, EndpointPatch},
        service,
    },
};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use entity::{alert, id::TypedId};

/// Root fields of this room.
#[derive(Default)]
pub struct WebhookMutation;

/// A webhook endpoint to be made.
#[derive(InputObject)]
pub struct WebhookEndpointCreateInput {
    /// Where to: an absolute https URL of a public host, at most 2,048 characters, without a name and a password.
    pub url: String,
    /// What for, at most 200 characters.
    pub description: Option<String>,
    /// The kinds of alerts that it gets; all by default, none with an empty list.
    pub kinds: Option<Vec<AlertKind>>,
    /// The changes that it gets alerts of; all by default, none with an empty list.
    pub changes: Option<Vec<AlertChange>>,
    /// Makes a retry within 24 hours give the same endpoint, without its secret; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// A change of a webhook endpoint; what is left out stays.
#[derive(InputObject)]
pub struct WebhookEndpointUpdateInput {
    /// Where to, as when it was made. Another URL is tried at once.
    pub url: Option<String>,
    /// What for, at most 200 characters; null empties it.
    pub description: MaybeUndefined<String>,
    /// The kinds of alerts that it gets from now on; null for all.
    pub kinds: MaybeUndefined<Vec<AlertKind>>,
    /// The changes that it gets alerts of from now on; null for all.
    pub changes: MaybeUndefined<Vec<AlertChange>>,
    /// Whether anything is sent. Switched on again, it goes on where it was.
    pub enabled: Option<bool>,
    /// The revision that the change was made for.
    pub expected_revision: Option<i32>,
}

/// What is to be sent again: one of the two.
#[derive(InputObject)]
pub struct WebhookEndpointReplayInput {
    /// Everything behind this cursor of the feed, in its order and before what is new; what was sent before is marked. It
    /// may not be ahead of what was sent: nothing is skipped.
    pub after: Option<String>,
    /// One delivery of the log, once, aside from the order.
    pub delivery: Option<ID>,
}

/// What came of `webhookEndpointCreate`.
#[derive(SimpleObject)]
pub struct WebhookEndpointCreatePayload {
    /// The endpoint; null where nothing was done.
    pub webhook_endpoint: Option<WebhookEndpoint>,
    /// The secret, `whsec_` and base64: shown now and never again. Null where nothing was done, and for a retry.
    pub secret: Option<String>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `webhookEndpointUpdate`.
#[derive(SimpleObject)]
pub struct WebhookEndpointUpdatePayload {
    /// The endpoint as it is now; null where nothing was done.
    pub webhook_endpoint: Option<WebhookEndpoint>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `webhookEndpointRotateSecret`.
#[derive(SimpleObject)]
pub struct WebhookEndpointRotateSecretPayload {
    /// The endpoint as it is now; null where nothing was done.
    pub webhook_endpoint: Option<WebhookEndpoint>,
    /// The new secret: shown now and never again. Null where nothing was done.
    pub secret: Option<String>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `webhookEndpointRemove`.
#[derive(SimpleObject)]
pub struct WebhookEndpointRemovePayload {
    /// The id of the endpoint that is gone; null where nothing was done.
    pub removed_webhook_endpoint_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `webhookEndpointReplay`.
#[derive(SimpleObject)]
pub struct WebhookEndpointReplayPayload {
    /// The endpoint as it is now; null where nothing was done.
    pub webhook_endpoint: Option<WebhookEndpoint>,
    /// The delivery that will be sent, where one message was asked for.
    pub delivery: Option<WebhookDelivery>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `webhookEndpointPing`.
#[derive(SimpleObject)]
pub struct WebhookEndpointPingPayload {
    /// The delivery that will be sent; null where nothing was done.
    pub delivery: Option<WebhookDelivery>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl WebhookMutation {
    /// Makes a webhook endpoint, which gets the alerts from now on; an organization has at most 20. Requires:
    /// administrator of the organization. Codes: NOT_ALLOWED, REQUIRED, TOO_LONG, TOO_MANY, INVALID_FORMAT, INVALID_VALUE,
    /// OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn webhook_endpoint_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: WebhookEndpointCreateInput,
    ) -> Option<Result<WebhookEndpointCreatePayload>> {
        let done = async {
            let key = input.idempotency_key;
            let draft = EndpointDraft {
                url: input.url,
                description: input.description,
                kinds: input.kinds.map(stored_kinds),
                changes: input.changes.map(stored_changes),
            };
            let (issued, user_errors) = settle(service::create(ctx.op()?, draft, key.as_deref()).await)?;
            let (endpoint, secret) = issued.map(|issued| (issued.endpoint, issued.secret)).unzip();
            let webhook_endpoint = endpoint.map(WebhookEndpoint);
            Ok(WebhookEndpointCreatePayload { webhook_endpoint, secret: secret.flatten(), user_errors })
        };
        Some(done.await)
    }

    /// Changes a webhook endpoint. Requires: administrator of its organization. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, REQUIRED, TOO_LONG, INVALID_FORMAT, INVALID_VALUE, INVALID_STATE.
    async fn webhook_endpoint_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] id: ID,
        #[graphql(desc = "What to change.")] input: WebhookEndpointUpdateInput,
    ) -> Option<Result<WebhookEndpointUpdatePayload>> {
        let done = async {
            let patch = EndpointPatch {
                url: input.url,
                description: given(input.description),
                kinds: given(input.kinds).map(|kinds| kinds.map(stored_kinds)),
                changes: given(input.changes).map(|changes| changes.map(stored_changes)),
                enabled: input.enabled,
            };
            let outcome = service::update(ctx.op()?, node::parse(&id)?, patch, input.expected_revision).await;
            let (endpoint, user_errors) = settle(outcome)?;
            Ok(WebhookEndpointUpdatePayload { webhook_endpoint: endpoint.map(WebhookEndpoint), user_errors })
        };
        Some(done.await)
    }

    /// Gives a webhook endpoint another secret. For 24 hours messages are signed with both, so that the receiver can change
    /// over. Requires: administrator of its organization. Codes: NOT_FOUND, NOT_ALLOWED.
    async fn webhook_endpoint_rotate_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] id: ID,
    ) -> Option<Result<WebhookEndpointRotateSecretPayload>> {
        let done = async {
            let (issued, user_errors) = settle(service::rotate_secret(ctx.op()?, node::parse(&id)?).await)?;
            let (endpoint, secret) = issued.map(|issued| (issued.endpoint, issued.secret)).unzip();
            let webhook_endpoint = endpoint.map(WebhookEndpoint);
            Ok(WebhookEndpointRotateSecretPayload { webhook_endpoint, secret: secret.flatten(), user_errors })
        };
        Some(done.await)
    }

    /// Removes a webhook endpoint and its log. Requires: administrator of its organization or of the operator. Codes:
    /// NOT_FOUND, NOT_ALLOWED.
    async fn webhook_endpoint_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] id: ID,
    ) -> Option<Result<WebhookEndpointRemovePayload>> {
        let done = async {
            let (removed, user_errors) = settle(service::remove(ctx.op()?, node::parse(&id)?).await)?;
            let removed_webhook_endpoint_id = removed.map(|id| ID(id.global()));
            Ok(WebhookEndpointRemovePayload { removed_webhook_endpoint_id, user_errors })
        };
        Some(done.await)
    }

    /// Has messages sent again, marked with the header `webhook-replayed: true` and `replayed` in the body. Requires:
    /// administrator of its organization. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_VALUE, INVALID_STATE, EXPIRED, TOO_MANY
    /// (20 single messages and tests a minute).
    async fn webhook_endpoint_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] id: ID,
        #[graphql(desc = "What to send again.")] input: WebhookEndpointReplayInput,
    ) -> Option<Result<WebhookEndpointReplayPayload>> {
        let done = async {
            let delivery = input.delivery.as_ref().map(node::parse).transpose()?;
            let endpoint = node::parse(&id)?;
            let outcome = match service::which(input.after, delivery) {
                Ok(what) => service::replay(ctx.op()?, endpoint, what).await,
                Err(refusal) => ctx.op()?.signed_in().map_err(Into::into).and(Err(refusal.into())),
            };
            let (both, user_errors) = settle(outcome)?;
            let (endpoint, delivery) = both.unzip();
            Ok(WebhookEndpointReplayPayload {
                webhook_endpoint: endpoint.map(WebhookEndpoint),
                delivery: delivery.flatten().map(WebhookDelivery),
                user_errors,
            })
        };
        Some(done.await)
    }

    /// Has a test message of the type `ping` sent, once; what came of it is read in the delivery. Requires: administrator
    /// of its organization. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, TOO_MANY (20 tests and single messages a minute).
    async fn webhook_endpoint_ping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] id: ID,
    ) -> Option<Result<WebhookEndpointPingPayload>> {
        let done = async {
            let (delivery, user_errors) = settle(service::ping(ctx.op()?, node::parse(&id)?).await)?;
            Ok(WebhookEndpointPingPayload { delivery: delivery.map(WebhookDelivery), user_errors })
        };
        Some(done.await)
    }
}

fn stored_kinds(kinds: Vec<AlertKind>) -> Vec<alert::AlertKind> {
    kinds.into_iter().map(Into::into).collect()
}

fn stored_changes(changes: Vec<AlertChange>) -> Vec<alert::AlertChange> {
    changes.into_iter().map(Into::into).collect()
}

/// A value of a patch: `None` leaves, an inner `None` empties.
fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}
