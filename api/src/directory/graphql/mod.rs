//! The directory in the schema: the two fields that the type `Program` hands on. Knows the model and the loaders of this
//! room, and the GraphQL types of programs and the marketplace; no table.

pub mod input;
pub mod loader;
pub mod types;

use self::{
    input::{PartnerFilter, PartnerOrder},
    loader::{CountOf, VersionsOf},
    types::PartnerFacets,
};
use crate::{
    directory::{
        model::{Day, Filter, Host, Partner, Sorting},
        store::{PageOf, Question},
    },
    page::Page,
    program::{graphql::membership::Membership, model::Program},
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
    },
};
use async_graphql::{Context, Result};
use std::sync::Arc;

/// The partners of a program, for `Program.partners`.
///
/// # Errors
/// `BAD_USER_INPUT` for a page, cursor or filter out of its bounds.
pub async fn partners(
    ctx: &Context<'_>,
    program: &Program,
    first: Option<i32>,
    after: Option<&str>,
    filter: Option<PartnerFilter>,
    order_by: Option<PartnerOrder>,
) -> Result<List<Membership>> {
    let sorting = order_by.map_or_else(Sorting::default, Sorting::from);
    let page = Page::parse(sorting.name(), first, after)?;
    if let Some(position) = &page.after {
        sorting.checked(position)?;
    }
    let question = question(ctx, program, filter).await?;
    let key = PageOf { question: question.clone(), sorting, page: page.clone() };
    let rows = load(ctx, key).await?.unwrap_or_default();
    let slice = page.slice(rows, |partner| sorting.position(partner));
    let day = question.filter.day;
    list(slice, sorting.name(), Total::loaded(CountOf(question)), |partner| shown(day, partner))
}

/// What the filters of a directory may offer, for `Program.partnerFacets`.
///
/// # Errors
/// `BAD_USER_INPUT` for a filter out of its bounds.
pub async fn partner_facets(
    ctx: &Context<'_>,
    program: &Program,
    filter: Option<PartnerFilter>,
) -> Result<PartnerFacets> {
    Ok(PartnerFacets(question(ctx, program, filter).await?))
}

async fn question(ctx: &Context<'_>, program: &Program, filter: Option<PartnerFilter>) -> Result<Question> {
    let filter = Filter::checked(filter.unwrap_or_default().into(), ctx.op()?.today())?;
    let host = Host { program: program.id, organization: program.organization_id };
    let versions = load(ctx, VersionsOf(program.id)).await?;
    Ok(Question { host, filter: Arc::new(filter), versions })
}

/// The membership with the tier and the day of joining that it had on the day that was asked for. Today's is as it is.
fn shown(day: Day, partner: Partner) -> Membership {
    let Partner { mut membership, tier, joined_at, .. } = partner;
    if !matches!(day, Day::Today(_)) {
        (membership.tier_id, membership.next_tier_id, membership.next_tier_on) = (tier, None, None);
        membership.joined_at = joined_at;
    }
    Membership::new(membership)
}
