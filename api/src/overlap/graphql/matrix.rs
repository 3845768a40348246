//! The overlap matrix: each list of the viewer with each of the partner's. Read from the counts that runs keep, never from
//! overlaps.

use super::{
    account::ComparedList,
    play::{BenefitPlay, play},
};
use crate::{
    organization::graphql::types::Organization,
    overlap::{
        model::Counts,
        scope::{OpenPair, View},
    },
    schema::{error::ContextExt, loader::load},
};
use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// One list of the viewer with one of the partner's. The three counts mean the same on both sides: what is `ownCount` here
/// is `partnerCount` there.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct OverlapCell {
    /// The viewer's own list.
    pub own: ComparedList,
    /// One list of the partner.
    pub partners: ComparedList,
    /// Accounts of the own list with at least one overlap; null before the first comparison, and where `fewerThan` says so.
    pub own_count: Option<i32>,
    /// Accounts of the partner's list with at least one overlap; null as `ownCount` is.
    pub partner_count: Option<i32>,
    /// Overlaps; more than either of the others where a company is in a list twice. Null as `ownCount` is.
    pub pair_count: Option<i32>,
    /// Where the partner shows only counts and the least of the three is under the installation's threshold: that
    /// threshold, and all three are null.
    pub fewer_than: Option<i32>,
    /// When the counts were worked out; null before the first comparison.
    pub computed_at: Option<DateTime<Utc>>,
    /// Whether the viewer sees the overlaps themselves, and not only how many there are.
    pub shows_overlaps: bool,
}

impl OverlapCell {
    fn of(open: &OpenPair, threshold: i32) -> Self {
        let none = Counts { own: None, partner: None, pairs: None, fewer_than: None };
        let counts = open.counts(threshold).unwrap_or(none);
        Self {
            own: ComparedList::own(&open.own),
            partners: ComparedList::partners(&open.partner),
            own_count: counts.own,
            partner_count: counts.partner,
            pair_count: counts.pairs,
            fewer_than: counts.fewer_than,
            computed_at: open.result.as_ref().and_then(|result| result.computed_at),
            shows_overlaps: open.shows_rows(),
        }
    }
}

#[ComplexObject]
impl OverlapCell {
    /// What the viewer's organization does about the overlaps of these lists, by its benefit matrix. The partner does not
    /// see it.
    async fn play(&self, ctx: &Context<'_>) -> Option<Result<BenefitPlay>> {
        Some(play(ctx, self.own.kind.into(), self.partners.kind.into()).await)
    }
}

/// How many accounts the viewer's organization and a partner have in common, list by list.
pub struct OverlapMatrix(pub(super) Arc<View>);

/// How many accounts the viewer's organization and a partner have in common, list by list.
#[Object]
impl OverlapMatrix {
    /// The partner; null where the viewer may not see its page.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.partner).await.map(|row| row.map(Organization)).transpose()
    }

    /// When the oldest of the counts was worked out; null where nothing is compared, or not all was yet.
    async fn computed_at(&self) -> Option<DateTime<Utc>> {
        let computed = self.0.pairs.iter().map(|open| open.result.as_ref().and_then(|result| result.computed_at));
        computed.collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// Each of the viewer's lists with each of the partner's, as far as both sides share them now; by the names of the
    /// viewer's lists and then of the partner's.
    async fn cells(&self, ctx: &Context<'_>) -> Result<Vec<OverlapCell>> {
        let threshold = ctx.op()?.mapping().count_threshold;
        Ok(self.0.pairs.iter().map(|open| OverlapCell::of(open, threshold)).collect())
    }
}
