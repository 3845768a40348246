//! What can be asked about overlaps. Every answer is made of what both sides share at this moment.

use super::{
    account::ComparedAccount,
    dispute::OverlapDispute,
    enums::{AccountListKind, MatchConfidence, OverlapDisputeStatus},
    fit::{PartnerFit, PartnerFitOrderInput, Wanted, partner_fit},
    greenfield::greenfield,
    loader::{SeenRun, ViewOf, seen_disputes},
    matrix::OverlapMatrix,
    run::MappingRun,
    types::Overlap,
};
use crate::{
    db::Direction,
    op::{Fault, Op},
    organization,
    overlap::{
        model,
        scope::{OpenPair, View, view_of},
        seen::seen_overlaps,
        store::{self, OverlapFilter, OverlapPosition, OverlapSort},
    },
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::{Batch, load},
        node,
        scalar::{CountryCode, OrderDirection},
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{MappingRunId, OrganizationId, OverlapDisputeId, TypedId};
use std::{collections::HashMap, sync::Arc};

/// Root fields of this room.
#[derive(Default)]
pub struct OverlapQuery;

/// Which overlaps are wanted: those that all given parts agree on; what is left out does not narrow.
#[derive(InputObject, Default)]
#[graphql(name = "OverlapFilter")]
pub struct OverlapFilterInput {
    /// Of lists of the viewer of one of these kinds; an empty list wants none.
    pub own_kinds: Option<Vec<AccountListKind>>,
    /// Of lists of the partner of one of these kinds; an empty list wants none.
    pub partner_kinds: Option<Vec<AccountListKind>>,
    /// At least as sure as this.
    pub min_confidence: Option<MatchConfidence>,
    /// Whose account of the viewer's own has exactly this owner.
    pub owner: Option<String>,
    /// Whose account of the viewer's own is in one of these countries; an empty list wants none.
    pub countries: Option<Vec<CountryCode>>,
    /// That were first found at this moment or later.
    pub new_since: Option<DateTime<Utc>>,
}

impl OverlapFilterInput {
    fn read(self) -> OverlapFilter {
        let kinds = |kinds: Option<Vec<AccountListKind>>| -> Option<Vec<entity::account_list::AccountListKind>> {
            kinds.map(|kinds| kinds.into_iter().map(Into::into).collect())
        };
        OverlapFilter {
            own_kinds: kinds(self.own_kinds),
            partner_kinds: kinds(self.partner_kinds),
            min_confidence: self.min_confidence.map(Into::into),
            owner: self.owner,
            countries: self.countries.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            new_since: self.new_since,
        }
    }
}

/// What a list of overlaps is sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverlapOrderField {
    /// When the two accounts were first found to match.
    FoundAt,
    /// How sure it is.
    Score,
}

/// How a list of overlaps is sorted.
#[derive(InputObject, Clone, Copy, Debug)]
#[graphql(name = "OverlapOrder")]
pub struct OverlapOrderInput {
    /// By what.
    pub field: OverlapOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

#[Object]
impl OverlapQuery {
    /// How many accounts the viewer's organization and a partner have in common, list by list; null where the partner is
    /// unknown. Two organizations that share nothing have no cells. Requires: any member.
    async fn overlap_matrix(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner's slug or id.")] partner: String,
    ) -> Option<Result<OverlapMatrix>> {
        let found = async { Ok(view(ctx, &partner).await?.map(OverlapMatrix)) };
        found.await.transpose()
    }

    /// The partners with whom lists are compared now, exploratory ones among them, ranked by how much of the viewer's lists
    /// they have as well. Requires: any member.
    async fn partner_fit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
        #[graphql(desc = "The viewer's lists of this kind count.", default_with = "AccountListKind::Customers")]
        own_kind: AccountListKind,
        #[graphql(desc = "The partner's lists of one of these kinds count; of any kind where it is left out.")]
        partner_kinds: Option<Vec<AccountListKind>>,
        #[graphql(desc = "By what, and which way; most shared accounts first where it is left out.")] order_by: Option<
            PartnerFitOrderInput,
        >,
    ) -> Option<Result<List<PartnerFit>>> {
        let wanted = Wanted { own_kind, partner_kinds, order: order_by };
        Some(partner_fit(ctx, wanted, first, after).await)
    }

    /// The overlap with this id; null where it is unknown, is no more, or the viewer may not see it.
    async fn overlap(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The overlap's id.")] id: ID,
    ) -> Option<Result<Overlap>> {
        let found = async { load(ctx, node::parse::<entity::id::OverlapId>(&id)?).await };
        found.await.map(|seen| seen.map(Overlap)).transpose()
    }

    /// The accounts that the viewer's organization and a partner have in common, one by one; null where the partner is
    /// unknown. Lists of which the partner shows only counts have none here. Requires: any member.
    async fn overlaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner's slug or id.")] partner: String,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<OverlapFilterInput>,
        #[graphql(desc = "In which order; newest first where it is left out.")] order_by: Option<OverlapOrderInput>,
    ) -> Option<Result<List<Overlap>>> {
        overlaps(ctx, &partner, first, after, filter.unwrap_or_default().read(), order_by).await.transpose()
    }

    /// The accounts of a partner's list that match none of the viewer's, by name; null where the list is unknown, or the
    /// partner does not show all of it, or nothing of the viewer is compared with it. Requires: any member.
    async fn greenfield(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner's slug or id.")] partner: String,
        #[graphql(desc = "The id of the partner's list.")] list: ID,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<ComparedAccount>>> {
        let found = async {
            let list = node::parse(&list)?;
            let Some(partner) = partner_id(ctx, &partner).await? else { return Ok(None) };
            greenfield(ctx, partner, list, first, after).await
        };
        found.await.transpose()
    }

    /// The comparisons of the viewer's lists with a partner's, newest first; null where the partner is unknown. Finished
    /// ones are kept for 90 days. Requires: any member.
    async fn mapping_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner's slug or id.")] partner: String,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<MappingRun>>> {
        runs(ctx, &partner, first, after).await.transpose()
    }

    /// The disputes about overlaps with a partner, newest first; null where the partner is unknown. Requires: any member.
    async fn overlap_disputes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partner's slug or id.")] partner: String,
        #[graphql(desc = "In one of these states; any where it is left out or empty.")] statuses: Option<
            Vec<OverlapDisputeStatus>,
        >,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<OverlapDispute>>> {
        let statuses = statuses.unwrap_or_default().into_iter().map(model::DisputeStatus::from).collect();
        disputes(ctx, &partner, statuses, first, after).await.transpose()
    }
}

/// The organization with this slug or id, where the viewer may see it.
async fn partner_id(ctx: &Context<'_>, partner: &str) -> Result<Option<OrganizationId>> {
    let op = ctx.op()?;
    if op.actor.organization().is_none() {
        return Err(Fault::Unauthenticated.into());
    }
    match OrganizationId::parse_global(partner) {
        Some(id) => Ok(load(ctx, id).await?.map(|found| found.id)),
        None => Ok(organization::service::find_by_slug(op, partner).await?.map(|found| found.id)),
    }
}

async fn view(ctx: &Context<'_>, partner: &str) -> Result<Option<Arc<View>>> {
    match partner_id(ctx, partner).await? {
        Some(partner) => load(ctx, ViewOf(partner)).await,
        None => Ok(None),
    }
}

async fn overlaps(
    ctx: &Context<'_>,
    partner: &str,
    first: Option<i32>,
    after: Option<String>,
    filter: OverlapFilter,
    order: Option<OverlapOrderInput>,
) -> Result<Option<List<Overlap>>> {
    let (sort, direction) = order.map_or((OverlapSort::FoundAt, Direction::Descending), |order| {
        let sort = match order.field {
            OverlapOrderField::FoundAt => OverlapSort::FoundAt,
            OverlapOrderField::Score => OverlapSort::Score,
        };
        let direction = match order.direction {
            OrderDirection::Asc => Direction::Ascending,
            OrderDirection::Desc => Direction::Descending,
        };
        (sort, direction)
    });
    let name = match (sort, direction) {
        (OverlapSort::FoundAt, Direction::Descending) => "overlaps.FOUND_AT.DESC",
        (OverlapSort::FoundAt, Direction::Ascending) => "overlaps.FOUND_AT.ASC",
        (OverlapSort::Score, Direction::Descending) => "overlaps.SCORE.DESC",
        (OverlapSort::Score, Direction::Ascending) => "overlaps.SCORE.ASC",
    };
    let page = Page::<OverlapPosition>::parse(name, first, after.as_deref())?;
    let Some(view) = view(ctx, partner).await? else { return Ok(None) };
    let slice = seen_overlaps(ctx.op()?, &view, &filter, sort, direction, &page).await?.page;
    let partner = view.partner;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { count(&op, partner, &filter).await }
    });
    list(slice, name, total, Overlap).map(Some)
}

/// How many overlaps there are: from the counts of the pairs where nothing narrows them.
async fn count(op: &Op, partner: OrganizationId, filter: &OverlapFilter) -> Result<u64, Fault> {
    let view = view_of(op, partner).await?;
    let open = view.rows(filter);
    if !filter.narrows() {
        let counts = open.iter().filter_map(|open| open.result.as_ref()).map(|result| result.pair_count);
        return Ok(counts.map(|count| u64::try_from(count).unwrap_or_default()).sum());
    }
    let pairs: Vec<_> = open.into_iter().map(OpenPair::read).collect();
    store::count_overlaps(op.db().read(), &pairs, filter).await
}

async fn runs(
    ctx: &Context<'_>,
    partner: &str,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Option<List<MappingRun>>> {
    let name = "mappingRuns.REQUESTED_AT.DESC";
    let page = Page::<MappingRunId>::parse(name, first, after.as_deref())?;
    let Some(view) = view(ctx, partner).await? else { return Ok(None) };
    let open: HashMap<_, _> = view.pairs.iter().map(|open| (open.pair.id, Arc::new(open.clone()))).collect();
    let ids: Vec<_> = open.keys().copied().collect();
    let rows = store::list_runs(ctx.op()?, &ids, page.after, page.fetch()).await?;
    let seen = rows.into_iter().filter_map(|row| Some(SeenRun { open: Arc::clone(open.get(&row.pair_id)?), row }));
    let slice = page.slice(seen.collect(), |seen: &SeenRun| seen.row.id);
    let total = Total::counted(move |op| {
        let ids = ids.clone();
        async move { store::count_runs(&op, &ids).await }
    });
    list(slice, name, total, MappingRun).map(Some)
}

async fn disputes(
    ctx: &Context<'_>,
    partner: &str,
    statuses: Vec<model::DisputeStatus>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Option<List<OverlapDispute>>> {
    let name = "overlapDisputes.RAISED_AT.DESC";
    let page = Page::<OverlapDisputeId>::parse(name, first, after.as_deref())?;
    let Some(view) = view(ctx, partner).await? else { return Ok(None) };
    let op = ctx.op()?;
    let which = store::DisputesOf {
        viewer: view.viewer,
        partner: view.partner,
        shown: view.pairs.iter().filter(|open| open.shows_rows()).map(OpenPair::lists).collect(),
        statuses,
    };
    let rows = store::list_disputes(op, &which, page.after, page.fetch()).await?;
    let seen = seen_disputes(&Batch { op: op.clone() }, rows).await.map_err(|fault| Fault::clone(&fault))?;
    let slice = page.slice(seen, |seen| seen.row.id);
    let total = Total::counted(move |op| {
        let which = which.clone();
        async move { store::count_disputes(&op, &which).await }
    });
    list(slice, name, total, OverlapDispute).map(Some)
}
