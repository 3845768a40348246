//! The GraphQL types of directories.

use crate::{
    directory::{
        model::{FacetCount, FacetKind, FacetValue},
        store::{FacetOf, Question},
    },
    marketplace::graphql::category::Category,
    program::graphql::tier::Tier,
    schema::{
        loader::load,
        scalar::{CountryCode, PartnerType},
    },
};
use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use entity::{
    id::{CategoryId, TierId},
    value::{CoverageKind, PartnerType as StoredPartnerType},
};
use std::cmp::Reverse;
use uuid::Uuid;

/// The facets of what is asked.
pub struct PartnerFacets(pub(super) Question);

/// What the filters of a directory may offer. Each facet counts the partners that the filter leaves, its own part of the
/// filter aside: `tiers` leaves out `tiers` and `minTierRank`. It has the values of at least one partner, highest count
/// first, at most 250.
#[Object]
impl PartnerFacets {
    /// Kinds of partners.
    async fn types(&self, ctx: &Context<'_>) -> Result<Vec<PartnerTypeCount>> {
        let sets = self.counts(ctx, FacetKind::Types).await?;
        let having = |kind: StoredPartnerType| {
            sets.iter().filter(move |set| matches!(set.value, FacetValue::Types(types) if types.0 & kind.bit() != 0))
        };
        let mut counts: Vec<_> = StoredPartnerType::ALL
            .into_iter()
            .map(|kind| (kind, having(kind).map(|set| set.count).sum::<u64>()))
            .filter(|(_, count)| *count > 0)
            .collect();
        counts.sort_by_key(|(kind, count)| (Reverse(*count), *kind));
        Ok(counts
            .into_iter()
            .map(|(kind, count)| PartnerTypeCount { value: kind.into(), count: number(count) })
            .collect())
    }

    /// Tiers of the program. Partners without a tier count for none.
    async fn tiers(&self, ctx: &Context<'_>) -> Result<Vec<TierCount>> {
        let counts = self.counts(ctx, FacetKind::Tiers).await?;
        Ok(ids(counts).map(|(id, count)| TierCount { id: id.into(), count }).collect())
    }

    /// Countries that partners serve or have their seat in; a partner counts for each.
    async fn countries(&self, ctx: &Context<'_>) -> Result<Vec<CountryCount>> {
        let counts = self.counts(ctx, FacetKind::Countries).await?;
        Ok(words(counts).map(|(code, count)| CountryCount { value: CountryCode(code), count }).collect())
    }

    /// Categories of the public listings of partners, and those above them; a partner counts for each once.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<CategoryCount>> {
        let counts = self.counts(ctx, FacetKind::Categories).await?;
        Ok(ids(counts).map(|(id, count)| CategoryCount { id: id.into(), count }).collect())
    }

    /// Market segments that partners cover.
    async fn segments(&self, ctx: &Context<'_>) -> Result<Vec<WordCount>> {
        self.covered(ctx, CoverageKind::Segment).await
    }

    /// Types of customers that partners cover.
    async fn customer_types(&self, ctx: &Context<'_>) -> Result<Vec<WordCount>> {
        self.covered(ctx, CoverageKind::CustomerType).await
    }

    /// Services that partners offer.
    async fn services(&self, ctx: &Context<'_>) -> Result<Vec<WordCount>> {
        self.covered(ctx, CoverageKind::Service).await
    }

    /// Regions that partners serve.
    async fn regions(&self, ctx: &Context<'_>) -> Result<Vec<WordCount>> {
        self.covered(ctx, CoverageKind::Region).await
    }
}

impl PartnerFacets {
    async fn counts(&self, ctx: &Context<'_>, facet: FacetKind) -> Result<Vec<FacetCount>> {
        Ok(load(ctx, FacetOf { question: self.0.clone(), facet }).await?.unwrap_or_default())
    }

    async fn covered(&self, ctx: &Context<'_>, kind: CoverageKind) -> Result<Vec<WordCount>> {
        let counts = self.counts(ctx, FacetKind::Coverage(kind)).await?;
        Ok(words(counts).map(|(value, count)| WordCount { value, count }).collect())
    }
}

fn number(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn ids(counts: Vec<FacetCount>) -> impl Iterator<Item = (Uuid, i32)> {
    counts.into_iter().filter_map(|counted| match counted.value {
        FacetValue::Id(id) => Some((id, number(counted.count))),
        FacetValue::Types(_) | FacetValue::Text(_) => None,
    })
}

fn words(counts: Vec<FacetCount>) -> impl Iterator<Item = (String, i32)> {
    counts.into_iter().filter_map(|counted| match counted.value {
        FacetValue::Text(text) => Some((text, number(counted.count))),
        FacetValue::Types(_) | FacetValue::Id(_) => None,
    })
}

/// How many partners are of a kind.
#[derive(SimpleObject)]
pub struct PartnerTypeCount {
    /// The kind.
    pub value: PartnerType,
    /// Partners of that kind.
    pub count: i32,
}

/// How many partners serve a country or have their seat there.
#[derive(SimpleObject)]
pub struct CountryCount {
    /// The country.
    pub value: CountryCode,
    /// Partners.
    pub count: i32,
}

/// How many partners cover something.
#[derive(SimpleObject)]
pub struct WordCount {
    /// What is covered.
    pub value: String,
    /// Partners.
    pub count: i32,
}

/// How many partners are of a tier.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct TierCount {
    #[graphql(skip)]
    id: TierId,
    /// Partners of that tier.
    pub count: i32,
}

#[ComplexObject]
impl TierCount {
    /// The tier.
    async fn tier(&self, ctx: &Context<'_>) -> Option<Result<Tier>> {
        load(ctx, self.id).await.map(|row| row.map(Tier)).transpose()
    }
}

/// How many partners have public listings in a category or below.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct CategoryCount {
    #[graphql(skip)]
    id: CategoryId,
    /// Partners.
    pub count: i32,
}

#[ComplexObject]
impl CategoryCount {
    /// The category.
    async fn category(&self, ctx: &Context<'_>) -> Option<Result<Category>> {
        load(ctx, self.id).await.map(|row| row.map(Category)).transpose()
    }
}
