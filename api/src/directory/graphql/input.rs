//! What clients send to a directory.

use crate::{
    db::Direction,
    directory::model::{OrderField, Sorting, WrittenFilter},
    schema::scalar::{CountryCode, Date, OrderDirection, PartnerType},
};
use async_graphql::{Enum, InputObject};
use entity::value::CoverageKind;

/// Which partners are asked for. Every field that is given must hold; of a list any entry may. A list that is empty
/// counts as not given; a tier, category or word that does not exist matches nothing. A list has at most 100 entries.
#[derive(InputObject, Clone, Debug, Default)]
pub struct PartnerFilter {
    /// Words and beginnings of words in the names, domains and public profiles of organizations, at most 200 characters,
    /// of which the first ten words count; case and accents do not matter.
    pub query: Option<String>,
    /// Kinds of partners, any of: the membership's own set.
    pub types: Option<Vec<PartnerType>>,
    /// Names of tiers of the program, any of; case and accents do not matter.
    pub tiers: Option<Vec<String>>,
    /// The least rank of the tier; rank 1 is the lowest tier. Who has no tier is left out.
    pub min_tier_rank: Option<i32>,
    /// Countries, any of: serves it, or has its seat there.
    pub countries: Option<Vec<CountryCode>>,
    /// Slugs of categories, any of: has a public listing there or in a category below.
    pub categories: Option<Vec<String>>,
    /// Market segments that are covered, any of, as the facet names them.
    pub segments: Option<Vec<String>>,
    /// Types of customers that are covered, any of, as the facet names them.
    pub customer_types: Option<Vec<String>>,
    /// Services that are offered, any of, as the facet names them.
    pub services: Option<Vec<String>>,
    /// Regions that are served, any of, as the facet names them.
    pub regions: Option<Vec<String>>,
    /// Members and tiers as on that day, in the years 1900 to 9998; default: today. On a day in the past whoever was a
    /// member is shown, with `organization` null where the viewer may not see its page.
    pub as_of: Option<Date>,
}

impl From<PartnerFilter> for WrittenFilter {
    fn from(filter: PartnerFilter) -> Self {
        let covered = [
            (CoverageKind::Segment, filter.segments),
            (CoverageKind::CustomerType, filter.customer_types),
            (CoverageKind::Service, filter.services),
            (CoverageKind::Region, filter.regions),
        ];
        Self {
            query: filter.query,
            types: filter.types.unwrap_or_default().into_iter().map(Into::into).collect(),
            tiers: filter.tiers.unwrap_or_default(),
            min_tier_rank: filter.min_tier_rank,
            countries: filter.countries.unwrap_or_default().into_iter().map(|country| country.0).collect(),
            categories: filter.categories.unwrap_or_default(),
            coverage: covered.into_iter().map(|(kind, words)| (kind, words.unwrap_or_default())).collect(),
            as_of: filter.as_of.map(|day| day.0),
        }
    }
}

/// What a directory is sorted by. What is missing comes last in both directions.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerOrderField {
    /// The organization's name.
    Name,
    /// The tier's rank; within it the name, always ascending.
    Tier,
    /// When the organization joined; then the name.
    JoinedAt,
}

/// How a directory is sorted.
#[derive(InputObject, Clone, Debug)]
pub struct PartnerOrder {
    /// By what.
    pub field: PartnerOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

impl From<PartnerOrder> for Sorting {
    fn from(order: PartnerOrder) -> Self {
        Self {
            field: match order.field {
                PartnerOrderField::Name => OrderField::Name,
                PartnerOrderField::Tier => OrderField::Tier,
                PartnerOrderField::JoinedAt => OrderField::JoinedAt,
            },
            direction: match order.direction {
                OrderDirection::Asc => Direction::Ascending,
                OrderDirection::Desc => Direction::Descending,
            },
        }
    }
}
