//! What can be asked about co-selling.

use super::{
    enums::{OpportunityStage, ReviewStatus},
    invitation::Invitation,
    types::Opportunity,
};
use crate::{
    cosell::{
        model,
        store::{self, InvitationDirection, InvitationFilter, InvitationPosition, OpportunityFilter, OpportunitySort},
    },
    db::Direction,
    op::{Actor, Fault, Op},
    page::Page,
    partnership::graphql::{invitation::InvitationStatus, query::InvitationDirectionArgument},
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        node,
        scalar::{Date, OrderDirection},
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{InvitationId, OpportunityId};

/// Root fields of this room.
#[derive(Default)]
pub struct CoSellQuery;

/// Which opportunities are wanted; what is left out does not narrow. What the viewer does not see of an opportunity does
/// not find it.
#[derive(InputObject, Default)]
#[graphql(name = "OpportunityFilter")]
pub struct OpportunityFilterInput {
    /// The owner's stage, any of; an empty list matches none.
    pub stages: Option<Vec<OpportunityStage>>,
    /// The state of the review, any of; an empty list matches none.
    pub review_statuses: Option<Vec<ReviewStatus>>,
    /// The slug of the owner.
    pub owner: Option<String>,
    /// The slug of an organization that takes part.
    pub participant: Option<String>,
    /// How the customer's name begins; case and accents do not matter.
    pub customer: Option<String>,
    /// Changed after this moment.
    pub updated_after: Option<DateTime<Utc>>,
    /// The owner expects to close after this day.
    pub target_close_after: Option<Date>,
    /// The owner expects to close before this day.
    pub target_close_before: Option<Date>,
    /// True for those that are archived, instead of those that are not.
    #[graphql(default)]
    pub archived: bool,
}

/// What a list of opportunities is sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpportunityOrderField {
    /// When it was last changed.
    UpdatedAt,
    /// When it was entered.
    CreatedAt,
    /// When the owner expects to close; unknown days are last in both directions.
    TargetCloseDate,
    /// The customer's name; accents and case do not matter. Those that the viewer may not see are last in both directions.
    CustomerName,
}

/// How a list of opportunities is sorted.
#[derive(InputObject, Clone, Copy, Debug)]
#[graphql(name = "OpportunityOrder")]
pub struct OpportunityOrderInput {
    /// By what.
    pub field: OpportunityOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

#[Object]
impl CoSellQuery {
    /// The opportunity with this id; null where it is unknown or the viewer may not see it.
    async fn opportunity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity's id.")] id: ID,
    ) -> Option<Result<Opportunity>> {
        let found = async { load(ctx, node::parse::<OpportunityId>(&id)?).await };
        found.await.map(|row| row.map(Opportunity)).transpose()
    }

    /// The opportunities that the viewer's organization owns, that were shared with it, or that were submitted to a program
    /// of it. Requires: any member.
    async fn opportunities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<OpportunityFilterInput>,
        #[graphql(desc = "In which order; last changed first where it is left out.")] order_by: Option<
            OpportunityOrderInput,
        >,
    ) -> Option<Result<List<Opportunity>>> {
        Some(opportunities(ctx, first, after, filter.unwrap_or_default(), order_by).await)
    }

    /// The invitation with this id; null where it is unknown or the viewer may not see it.
    async fn invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation's id.")] id: ID,
    ) -> Option<Result<Invitation>> {
        let found = async { load(ctx, node::parse::<InvitationId>(&id)?).await };
        found.await.map(|row| row.map(Invitation)).transpose()
    }

    /// The invitations that the viewer's organization sent or received, and those into opportunities of its own, soonest
    /// expiry first. Requires: any member.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that were sent, or those that were received; all where it is left out.")]
        direction: Option<InvitationDirectionArgument>,
        #[graphql(desc = "In this state now; any where it is left out.")] status: Option<InvitationStatus>,
        #[graphql(desc = "That expire before this moment.")] expires_before: Option<DateTime<Utc>>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<Invitation>>> {
        let direction = direction.map(|direction| match direction {
            InvitationDirectionArgument::Sent => InvitationDirection::Sent,
            InvitationDirectionArgument::Received => InvitationDirection::Received,
        });
        let filter = InvitationFilter { direction, status: status.map(Into::into), expires_before };
        Some(invitations(ctx, filter, first, after).await)
    }
}

/// Lists of one's own need somebody to own them.
fn signed_in(op: &Op) -> Result<()> {
    match op.actor {
        Actor::Visitor => Err(Fault::Unauthenticated.into()),
        _ => Ok(()),
    }
}

async fn opportunities(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
    filter: OpportunityFilterInput,
    order: Option<OpportunityOrderInput>,
) -> Result<List<Opportunity>> {
    let op = ctx.op()?;
    signed_in(op)?;
    let (sort, direction) = match order {
        None => (OpportunityOrderField::UpdatedAt, OrderDirection::Desc),
        Some(order) => (order.field, order.direction),
    };
    let (sort, word) = match sort {
        OpportunityOrderField::UpdatedAt => (OpportunitySort::UpdatedAt, "UPDATED_AT"),
        OpportunityOrderField::CreatedAt => (OpportunitySort::CreatedAt, "CREATED_AT"),
        OpportunityOrderField::TargetCloseDate => (OpportunitySort::TargetCloseDate, "TARGET_CLOSE_DATE"),
        OpportunityOrderField::CustomerName => (OpportunitySort::CustomerName, "CUSTOMER_NAME"),
    };
    let (direction, way) = match direction {
        OrderDirection::Asc => (Direction::Ascending, "ASC"),
        OrderDirection::Desc => (Direction::Descending, "DESC"),
    };
    let name = format!("opportunities.{word}.{way}");
    let filter = OpportunityFilter {
        stages: filter.stages.map(|stages| stages.into_iter().map(Into::into).collect()),
        review_statuses: filter
            .review_statuses
            .map(|statuses| statuses.into_iter().map(model::ReviewStatus::from).collect()),
        owner: filter.owner,
        participant: filter.participant,
        customer: filter.customer,
        updated_after: filter.updated_after,
        closes_after: filter.target_close_after.map(|day| day.0),
        closes_before: filter.target_close_before.map(|day| day.0),
        archived: filter.archived,
    };
    let page = Page::parse(&name, first, after.as_deref())?;
    let slice = store::list(op, &filter, sort, direction, &page).await?;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { store::count(&op, &filter).await }
    });
    list(slice, &name, total, Opportunity)
}

async fn invitations(
    ctx: &Context<'_>,
    filter: InvitationFilter,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<Invitation>> {
    const NAME: &str = "invitations.EXPIRES_AT.ASC";
    let op = ctx.op()?;
    signed_in(op)?;
    let page = Page::<InvitationPosition>::parse(NAME, first, after.as_deref())?;
    let slice = store::list_invitations(op, filter, &page).await?;
    let total = Total::counted(move |op| async move { store::count_invitations(&op, filter).await });
    list(slice, NAME, total, Invitation)
}
