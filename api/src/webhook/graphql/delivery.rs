//! The log of what was sent.

use super::endpoint::WebhookEndpoint;
use crate::{
    event::feed::{Position, write_cursor},
    schema::{error::ContextExt, loader::load},
    webhook::model,
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// How far a message to an endpoint has come.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::DeliveryStatus")]
pub enum WebhookDeliveryStatus {
    /// To be tried, or tried again.
    Pending,
    /// Answered with a status of 2xx.
    Delivered,
    /// Given up: after three days, or at once where it went out aside from the order.
    Failed,
}

/// Why an attempt failed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::DeliveryProblem")]
pub enum WebhookDeliveryProblem {
    /// The host has no address, or none of a public host.
    AddressRefused,
    /// There was no connection, its certificate was not accepted, or it broke.
    Unreachable,
    /// There was no answer within 15 seconds.
    Timeout,
    /// The status of the answer was none of 2xx. Redirects are not followed.
    Status,
}

/// One message to an endpoint, with all of its attempts; kept for 30 days. Visible to whoever sees the endpoint.
pub struct WebhookDelivery(pub model::Delivery);

/// One message to an endpoint, with all of its attempts; kept for 30 days. Visible to whoever sees the endpoint.
#[Object]
impl WebhookDelivery {
    /// The delivery's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The endpoint.
    async fn endpoint(&self, ctx: &Context<'_>) -> Option<Result<WebhookEndpoint>> {
        load(ctx, self.0.endpoint_id).await.map(|row| row.map(WebhookEndpoint)).transpose()
    }

    /// What its header `webhook-id` says, by which a receiver knows what it has had: the same for every attempt and every
    /// replay.
    async fn message_id(&self) -> &str {
        &self.0.message
    }

    /// Its type, such as `opportunity.stage_changed`, `feed.reset` or `ping`.
    async fn event(&self) -> &str {
        &self.0.event
    }

    /// The cursor of its alert in the feed; null for a test and for a reset of the feed.
    async fn cursor(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        let (epoch, seq) = self.0.epoch.zip(self.0.seq)?;
        let cursor = async {
            let endpoint = load(ctx, self.0.endpoint_id).await?;
            let organization = endpoint.map(|endpoint| endpoint.organization_id);
            let op = ctx.op()?;
            Ok(organization.map(|organization| write_cursor(op, organization, Position { epoch, seq })))
        };
        cursor.await.transpose()
    }

    /// Whether it was marked as one that was sent before.
    async fn replayed(&self) -> bool {
        self.0.replayed
    }

    /// Whether it went out aside from the order of the feed, and is tried once: a test, or one message again.
    async fn aside(&self) -> bool {
        self.0.aside
    }

    /// How far it has come.
    async fn status(&self) -> WebhookDeliveryStatus {
        self.0.status.into()
    }

    /// How often it was tried.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// When it was written down: at the first attempt, or when it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last tried; null where it was not.
    async fn last_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_attempt_at
    }

    /// The status of the last answer; null where there was none. Nothing else of an answer is kept.
    async fn response_status(&self) -> Option<i32> {
        self.0.response_status
    }

    /// Why the last attempt failed; null where it did not.
    async fn problem(&self) -> Option<WebhookDeliveryProblem> {
        self.0.problem.map(WebhookDeliveryProblem::from)
    }

    /// How long the last attempt took, in milliseconds.
    async fn milliseconds(&self) -> Option<i32> {
        self.0.milliseconds
    }
}
