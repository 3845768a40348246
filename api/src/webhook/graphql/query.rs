//! What can be asked about webhooks.

use super::endpoint::WebhookEndpoint;
use crate::{
    op::{Fault, Scope},
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        node,
    },
    webhook::store,
};
use async_graphql::{Context, ID, Object, Result};
use entity::id::WebhookEndpointId;
use uuid::Uuid;

/// Root fields of this room.
#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// The webhook endpoint with this id; null where it is unknown or the viewer may not see it.
    async fn webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint's id.")] id: ID,
    ) -> Option<Result<WebhookEndpoint>> {
        let found = async { load(ctx, node::parse::<WebhookEndpointId>(&id)?).await };
        found.await.map(|row| row.map(WebhookEndpoint)).transpose()
    }

    /// The webhook endpoints of the viewer's organization, oldest first; at most 20 are there. Empty for who may not see
    /// them. Codes: UNAUTHENTICATED, and FORBIDDEN for an API key without the scope `WEBHOOKS_WRITE`.
    async fn webhook_endpoints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<WebhookEndpoint>>> {
        Some(endpoints(ctx, first, after.as_deref()).await)
    }
}

async fn endpoints(ctx: &Context<'_>, first: Option<i32>, after: Option<&str>) -> Result<List<WebhookEndpoint>> {
    const ORDER: &str = "webhookEndpoints.ID.ASC";
    let op = ctx.op()?;
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    if let crate::op::Actor::Key(key) = &op.actor
        && !key.scopes.contains(&Scope::WebhooksWrite)
    {
        return Err(Fault::Forbidden(Scope::WebhooksWrite).into());
    }
    let page = Page::<Uuid>::parse(ORDER, first, after)?;
    let slice = store::list_endpoints(op, own, &page).await?;
    let total = Total::counted(move |op| async move { store::count_endpoints(&op, own).await });
    list(slice, ORDER, total, WebhookEndpoint)
}
