//! What can be asked about leads.

use super::{enums::LeadStatus, types::Lead};
use crate::{
    lead::{
        model,
        store::{self, LeadDirection, LeadPosition},
    },
    op::Fault,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        node,
    },
};
use async_graphql::{Context, Enum, ID, Object, Result};
use entity::id::LeadId;

/// Root fields of this room.
#[derive(Default)]
pub struct LeadQuery;

/// Which leads are wanted, seen from the viewer's organization.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "LeadDirection", name = "LeadDirection")]
pub enum LeadDirectionArgument {
    /// Those that it sent or keeps for later.
    Sent,
    /// Those that it was asked to take.
    Received,
}

#[Object]
impl LeadQuery {
    /// The lead with this id; null where it is unknown or the viewer's organization is neither its sender nor a receiver
    /// that was asked.
    async fn lead(&self, ctx: &Context<'_>, #[graphql(desc = "The lead's id.")] id: ID) -> Option<Result<Lead>> {
        let found = async { load(ctx, node::parse::<LeadId>(&id)?).await };
        found.await.map(|seen| seen.map(Lead)).transpose()
    }

    /// The leads of the viewer's organization, newest first: those sent by when they were written down, those received by
    /// when it was asked. Requires: any member.
    async fn leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that were sent, or those that were received.")] direction: LeadDirectionArgument,
        #[graphql(desc = "In one of these states now; any where it is left out or empty.")] statuses: Option<
            Vec<LeadStatus>,
        >,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<Lead>>> {
        let statuses = statuses.unwrap_or_default().into_iter().map(model::LeadStatus::from).collect();
        Some(leads(ctx, direction.into(), statuses, first, after).await)
    }
}

async fn leads(
    ctx: &Context<'_>,
    direction: LeadDirection,
    statuses: Vec<model::LeadStatus>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<Lead>> {
    let name = match direction {
        LeadDirection::Sent => "leads.CREATED_AT.DESC",
        LeadDirection::Received => "leads.SENT_AT.DESC",
    };
    let op = ctx.op()?;
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let page = Page::<LeadPosition>::parse(name, first, after.as_deref())?;
    let slice = store::list(op, own, direction, &statuses, &page).await?;
    let total = Total::counted(move |op| {
        let statuses = statuses.clone();
        async move { store::count(&op, own, direction, &statuses).await }
    });
    list(slice, name, total, Lead)
}
