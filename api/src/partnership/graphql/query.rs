//! What can be asked about partnerships.

use super::{
    invitation::{InvitationStatus, PartnershipInvitation},
    types::{Partnership, PartnershipOrigin, PartnershipStatus},
};
use crate::{
    db::Direction,
    op::Fault,
    page::Page,
    partnership::{
        model,
        store::{self, InvitationDirection, PartnershipFilter, PartnershipOrder},
    },
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        node,
        scalar::{OrderDirection, PartnerType},
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use entity::id::PartnershipId;

/// Root fields of this room.
#[derive(Default)]
pub struct PartnershipQuery;

/// Which partnerships are wanted; what is left out does not narrow.
#[derive(InputObject, Default)]
#[graphql(name = "PartnershipFilter")]
pub struct PartnershipFilterInput {
    /// Whether it holds today (UTC).
    pub status: Option<PartnershipStatus>,
    /// Any of these types; an empty list matches none.
    pub types: Option<Vec<PartnerType>>,
    /// With the organization of this slug as a party.
    pub organization: Option<String>,
    /// Where it comes from.
    pub origin: Option<PartnershipOrigin>,
}

/// What a list of partnerships is sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnershipOrderField {
    /// The first day; unknown days are last in both directions.
    StartedOn,
    /// The moment at which it was entered.
    CreatedAt,
}

/// How a list of partnerships is sorted.
#[derive(InputObject, Clone, Copy, Debug)]
#[graphql(name = "PartnershipOrder")]
pub struct PartnershipOrderInput {
    /// By what.
    pub field: PartnershipOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// Which invitations are wanted, seen from the viewer's organization.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "InvitationDirection", name = "InvitationDirection")]
pub enum InvitationDirectionArgument {
    /// Those that it sent.
    Sent,
    /// Those that it received.
    Received,
}

#[Object]
impl PartnershipQuery {
    /// The partnership with this id; null where it is unknown or the viewer may not see it.
    async fn partnership(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partnership's id.")] id: ID,
    ) -> Option<Result<Partnership>> {
        let found = async { load(ctx, node::parse::<PartnershipId>(&id)?).await };
        found.await.map(|row| row.map(Partnership)).transpose()
    }

    /// The partnerships that the viewer may see: those of its organization and the public ones.
    async fn partnerships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<PartnershipFilterInput>,
        #[graphql(desc = "In which order; newest start first where it is left out.")] order_by: Option<
            PartnershipOrderInput,
        >,
    ) -> Option<Result<List<Partnership>>> {
        Some(partnerships(ctx, first, after, filter.unwrap_or_default(), order_by).await)
    }

    /// The invitations of the viewer's organization, soonest expiry first. Requires: any member.
    async fn partnership_invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that were sent, or those that were received.")] direction: InvitationDirectionArgument,
        #[graphql(desc = "In this state now; any where it is left out.")] status: Option<InvitationStatus>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<PartnershipInvitation>>> {
        Some(invitations(ctx, direction.into(), status.map(model::InvitationStatus::from), first, after).await)
    }
}

async fn partnerships(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
    filter: PartnershipFilterInput,
    order: Option<PartnershipOrderInput>,
) -> Result<List<Partnership>> {
    let direction = match order.map(|order| order.direction) {
        Some(OrderDirection::Asc) => Direction::Ascending,
        Some(OrderDirection::Desc) | None => Direction::Descending,
    };
    let (order, name) = match (order.map(|order| order.field), direction) {
        (Some(PartnershipOrderField::CreatedAt), Direction::Ascending) => {
            (PartnershipOrder::CreatedAt(direction), "partnerships.CREATED_AT.ASC")
        }
        (Some(PartnershipOrderField::CreatedAt), Direction::Descending) => {
            (PartnershipOrder::CreatedAt(direction), "partnerships.CREATED_AT.DESC")
        }
        (_, Direction::Ascending) => (PartnershipOrder::StartedOn(direction), "partnerships.STARTED_ON.ASC"),
        (_, Direction::Descending) => (PartnershipOrder::StartedOn(direction), "partnerships.STARTED_ON.DESC"),
    };
    let filter = PartnershipFilter {
        status: filter.status.map(Into::into),
        types: filter.types.map(|types| types.into_iter().map(model::PartnerType::from).collect()),
        organization: filter.organization,
        origin: filter.origin.map(Into::into),
    };
    let page = Page::parse(name, first, after.as_deref())?;
    let slice = store::list(ctx.op()?, &filter, order, &page).await?;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { store::count(&op, &filter).await }
    });
    list(slice, name, total, Partnership)
}

async fn invitations(
    ctx: &Context<'_>,
    direction: InvitationDirection,
    status: Option<model::InvitationStatus>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<PartnershipInvitation>> {
    const NAME: &str = "partnershipInvitations.EXPIRES_AT.ASC";
    let op = ctx.op()?;
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let page = Page::parse(NAME, first, after.as_deref())?;
    let slice = store::list_invitations(op, own, direction, status, &page).await?;
    let total = Total::counted(move |op| async move { store::count_invitations(&op, own, direction, status).await });
    list(slice, NAME, total, PartnershipInvitation)
}
