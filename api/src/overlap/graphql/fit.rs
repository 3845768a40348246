//! Which partners fit best.

use super::enums::AccountListKind;
use crate::{
    db::Direction,
    organization::graphql::types::Organization,
    overlap::{
        fit::{FitFilter, fits, page_of},
        model::{Fit, FitPosition, FitSort},
    },
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        scalar::OrderDirection,
    },
    sharing::graphql::enums::SharingRelation,
};
use async_graphql::{Context, Enum, InputObject, Object, Result};
use chrono::{DateTime, Utc};

/// What partners are ranked by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "FitSort")]
pub enum PartnerFitOrderField {
    /// How many accounts are shared. Those of whom that is not told are last in both directions.
    #[graphql(name = "SHARED_ACCOUNTS")]
    Shared,
    /// Which share of the viewer's list they are. Those of whom that is not told are last in both directions.
    Share,
}

/// How partners are ranked.
#[derive(InputObject, Clone, Copy, Debug)]
#[graphql(name = "PartnerFitOrder")]
pub struct PartnerFitOrderInput {
    /// By what.
    pub field: PartnerFitOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// How well a partner fits: how much of the viewer's lists it has as well. It is made of the cells of `overlapMatrix` and
/// tells no more than these.
pub struct PartnerFit(pub(super) Fit);

/// How well a partner fits: how much of the viewer's lists it has as well. It is made of the cells of `overlapMatrix` and
/// tells no more than these.
#[Object]
impl PartnerFit {
    /// The partner; null where the viewer may not see its page.
    async fn partner(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.partner).await.map(|row| row.map(Organization)).transpose()
    }

    /// How the two stand to each other.
    async fn relation(&self) -> SharingRelation {
        self.0.relation.into()
    }

    /// Accounts of the viewer's lists that the partner has as well, at least: `ownCount` of the matrix, the largest of those
    /// that a list has, summed over the viewer's lists. How many accounts are in any of several lists of the partner is not
    /// told: from that it could be worked out what the counts of single lists hide. Null before the first comparison, and
    /// where `fewerThan` says so.
    async fn shared_accounts(&self) -> Option<i32> {
        self.0.shared
    }

    /// Where the partner shows only counts and they are under the installation's threshold: that threshold.
    async fn fewer_than(&self) -> Option<i32> {
        self.0.fewer_than
    }

    /// Whether more may be shared than `sharedAccounts` says: counts of some lists are withheld or not worked out yet, or
    /// several lists of the partner have accounts of the same list of the viewer's. What is withheld has no say in the order.
    async fn is_partial(&self) -> bool {
        self.0.is_partial
    }

    /// Accounts of the viewer's lists that are compared with the partner's.
    async fn compared_accounts(&self) -> i32 {
        self.0.accounts
    }

    /// Which share of `comparedAccounts` `sharedAccounts` is, 0 to 1: at least that much is shared. Null where
    /// `sharedAccounts` is.
    async fn share(&self) -> Option<f64> {
        self.0.share()
    }

    /// When the oldest of the counts was worked out; null while one is missing.
    async fn computed_at(&self) -> Option<DateTime<Utc>> {
        self.0.computed_at
    }
}

/// Which lists count, and how partners are ranked.
pub(super) struct Wanted {
    pub(super) own_kind: AccountListKind,
    pub(super) partner_kinds: Option<Vec<AccountListKind>>,
    pub(super) order: Option<PartnerFitOrderInput>,
}

pub(super) async fn partner_fit(
    ctx: &Context<'_>,
    wanted: Wanted,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<PartnerFit>> {
    let (sort, direction) = wanted.order.map_or((FitSort::Shared, Direction::Descending), |order| {
        let direction = match order.direction {
            OrderDirection::Asc => Direction::Ascending,
            OrderDirection::Desc => Direction::Descending,
        };
        (order.field.into(), direction)
    });
    let name = match (sort, direction) {
        (FitSort::Shared, Direction::Descending) => "partnerFit.SHARED.DESC",
        (FitSort::Shared, Direction::Ascending) => "partnerFit.SHARED.ASC",
        (FitSort::Share, Direction::Descending) => "partnerFit.SHARE.DESC",
        (FitSort::Share, Direction::Ascending) => "partnerFit.SHARE.ASC",
    };
    let page = Page::<FitPosition>::parse(name, first, after.as_deref())?;
    let filter = FitFilter {
        own_kind: wanted.own_kind.into(),
        partner_kinds: wanted.partner_kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
    };
    let fits = fits(ctx.op()?, &filter).await?;
    let total = Total::known(u64::try_from(fits.len()).unwrap_or(u64::MAX));
    list(page_of(fits, sort, direction, &page), name, total, PartnerFit)
}
