//! What can be asked about introductions.

use super::{
    enums::{IntroductionDirection, IntroductionStatus},
    types::Introduction,
};
use crate::{
    introduction::store::{self, IntroductionFilter},
    op::{Fault, Op},
    organization,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        node,
    },
};
use async_graphql::{Context, ID, Object, Result};
use entity::id::{IntroductionId, OrganizationId, TypedId};

/// Root fields of this room.
#[derive(Default)]
pub struct IntroductionQuery;

#[Object]
impl IntroductionQuery {
    /// The request to be introduced with this id; null where it is unknown or the viewer's organization has no part in it.
    async fn introduction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] id: ID,
    ) -> Option<Result<Introduction>> {
        let found = async { load(ctx, node::parse::<IntroductionId>(&id)?).await };
        found.await.map(|row| row.map(Introduction)).transpose()
    }

    /// The requests of the viewer's organization to be introduced, and those to introduce others, newest first. Requires:
    /// any member.
    async fn introductions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that were sent, or those that were received; both where it is left out.")]
        direction: Option<IntroductionDirection>,
        #[graphql(desc = "In one of these states now; any where it is left out or empty.")] statuses: Option<
            Vec<IntroductionStatus>,
        >,
        #[graphql(desc = "With the partner of this slug or id; none for one that the viewer may not see.")]
        partner: Option<String>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<Introduction>>> {
        Some(introductions(ctx, direction, statuses.unwrap_or_default(), partner, first, after).await)
    }
}

async fn introductions(
    ctx: &Context<'_>,
    direction: Option<IntroductionDirection>,
    statuses: Vec<IntroductionStatus>,
    partner: Option<String>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<Introduction>> {
    const NAME: &str = "introductions.ID.DESC";
    let op = ctx.op()?;
    op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let page = Page::<IntroductionId>::parse(NAME, first, after.as_deref())?;
    let filter = IntroductionFilter {
        side: direction.map(Into::into),
        statuses: statuses.into_iter().map(Into::into).collect(),
        partner: match partner {
            Some(partner) => Some(partner_id(op, &partner).await?),
            None => None,
        },
    };
    let slice = store::list(op, &filter, &page).await?;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { store::count(&op, &filter).await }
    });
    list(slice, NAME, total, Introduction)
}

/// The organization with this slug or id; an id that nobody has for one that the viewer may not see.
async fn partner_id(op: &Op, partner: &str) -> Result<OrganizationId, Fault> {
    let found = match OrganizationId::parse_global(partner) {
        Some(id) => organization::service::find_by_id(op, id).await?,
        None => organization::service::find_by_slug(op, partner).await?,
    };
    Ok(found.map_or_else(|| OrganizationId(uuid::Uuid::nil()), |found| found.id))
}
