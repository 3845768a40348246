//! Endpoints in the schema.

use super::{
    delivery::WebhookDelivery,
    loader::{DeliveryCountOf, FirstDeliveriesOf},
};
use crate::{
    alert::graphql::enums::{AlertChange, AlertKind},
    event::feed::write_cursor,
    op::Action,
    organization::graphql::types::Organization,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
    },
    webhook::{
        model,
        policy::{ChangeEndpoint, RemoveEndpoint},
        store,
    },
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;
use uuid::Uuid;

/// Why nothing is sent to an endpoint.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::DisabledReason")]
pub enum WebhookDisabledReason {
    /// Its organization switched it off.
    Manual,
    /// It answered with the status 410, which says that it wants no more.
    Gone,
    /// The installation's key is another one, and with it the secret: rotate it, then switch the endpoint on.
    KeyChanged,
}

/// Where the alerts of an organization are sent by HTTP, signed as Standard Webhooks says, in the order of its feed, each
/// at least once. A message that is not answered with 2xx within 15 seconds is tried again after 5 seconds, 5 minutes, 30
/// minutes, 2, 5, 10, 14 and 20 hours, and given up after three days; the next one waits for that. Visible to the
/// administrators of its organization and of the operator, and to API keys with the scope `WEBHOOKS_WRITE`.
pub struct WebhookEndpoint(pub model::Endpoint);

/// Where the alerts of an organization are sent by HTTP, signed as Standard Webhooks says, in the order of its feed, each
/// at least once. A message that is not answered with 2xx within 15 seconds is tried again after 5 seconds, 5 minutes, 30
/// minutes, 2, 5, 10, 14 and 20 hours, and given up after three days; the next one waits for that. Visible to the
/// administrators of its organization and of the operator, and to API keys with the scope `WEBHOOKS_WRITE`.
#[Object]
impl WebhookEndpoint {
    /// The endpoint's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The organization whose alerts it gets.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.organization_id).await.map(|row| row.map(Organization)).transpose()
    }

    /// Where to. The operator's administrators read no more than the host of another organization's: receivers keep secrets
    /// behind it.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        let own = ChangeEndpoint::allows(&ctx.op()?.actor, &self.0);
        Ok(if own { self.0.url.clone() } else { model::origin(&self.0.url) })
    }

    /// What for, at most 200 characters.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The kinds of alerts that it gets; null for all.
    async fn kinds(&self) -> Option<Vec<AlertKind>> {
        let kinds = model::words(self.0.kinds.as_ref())?;
        Some(kinds.into_iter().map(|kind: entity::alert::AlertKind| kind.into()).collect())
    }

    /// The changes that it gets alerts of; null for all.
    async fn changes(&self) -> Option<Vec<AlertChange>> {
        let changes = model::words(self.0.changes.as_ref())?;
        Some(changes.into_iter().map(|change: entity::alert::AlertChange| change.into()).collect())
    }

    /// Whether anything is sent.
    async fn enabled(&self) -> bool {
        self.0.enabled
    }

    /// Why nothing is sent; null where something is.
    async fn disabled_reason(&self) -> Option<WebhookDisabledReason> {
        self.0.disabled_reason.map(WebhookDisabledReason::from)
    }

    /// The cursor of the last alert that it is done with: delivered, given up, or not wanted.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(write_cursor(ctx.op()?, self.0.organization_id, model::position(&self.0)))
    }

    /// Attempts that failed since the last that did not.
    async fn failures(&self) -> i32 {
        self.0.failures
    }

    /// When the message that failed is tried again; null where none failed or nothing is sent.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        (self.0.enabled && self.0.failures > 0).then_some(self.0.next_attempt_at)
    }

    /// Until when messages are signed with the secret before the last rotation, too; null where they are not.
    async fn previous_secret_valid_until(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let now = ctx.op()?.now();
        Ok(self.0.salt_before_until.filter(|until| *until > now))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; for `expectedRevision`.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// What was sent to it in the last 30 days, newest first.
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<WebhookDelivery>>> {
        Some(deliveries(ctx, self.0.id, first, after.as_deref()).await)
    }

    /// Whether the viewer may change it, rotate its secret and have messages sent again.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<ChangeEndpoint>(self.0.id, &self.0))
    }

    /// Whether the viewer may remove it.
    async fn viewer_can_remove(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<RemoveEndpoint>(self.0.id, &self.0))
    }
}

async fn deliveries(
    ctx: &Context<'_>,
    endpoint: entity::id::WebhookEndpointId,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<List<WebhookDelivery>> {
    const ORDER: &str = "webhookDeliveries.ID.DESC";
    let page = Page::<Uuid>::parse(ORDER, first, after)?;
    let rows = match page.after {
        None => load(ctx, FirstDeliveriesOf { endpoint, first: page.first }).await?.unwrap_or_default(),
        // Only a list of one endpoint is turned over, so no other asks at the same time.
        Some(after) => store::list_deliveries_of(ctx.op()?, &[endpoint], Some(after), page.fetch()).await?,
    };
    let slice = page.slice(rows, |row| Uuid::from(row.id));
    list(slice, ORDER, Total::loaded(DeliveryCountOf(endpoint)), WebhookDelivery)
}
