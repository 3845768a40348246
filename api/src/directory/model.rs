//! What can be asked of a directory, and what it answers. Pure.

use crate::{
    db::Direction,
    op::Fault,
    text::{clean_line, is_slug, normalize},
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use entity::{
    id::{OrganizationId, ProgramId, TierId},
    value::{CoverageKind, PartnerTypes},
};
use serde::{Deserialize, Serialize};
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};
use uuid::Uuid;

/// A membership.
pub type Membership = entity::membership::Model;

/// Characters of a search at most.
pub const QUERY_MAX: usize = 200;
/// Entries of each list of a filter at most.
pub const LIST_MAX: usize = 100;
/// Values of a facet at most: the ones with the highest counts.
pub const FACET_MAX: u64 = 250;
/// Years that can be asked about: what both databases compare as dates.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9998;

/// Sorts after every name; names have no such character.
pub const AFTER_ALL_NAMES: &str = "\u{10ffff}";

/// The filter as somebody wrote it.
#[derive(Clone, Debug, Default)]
pub struct WrittenFilter {
    /// Words and prefixes.
    pub query: Option<String>,
    /// Any of these kinds.
    pub types: Vec<entity::value::PartnerType>,
    /// Any of these tiers, by name.
    pub tiers: Vec<String>,
    /// The least rank of the tier.
    pub min_tier_rank: Option<i32>,
    /// Serves one of these countries, or has its seat there.
    pub countries: Vec<String>,
    /// Has a public listing in one of these categories, by slug, or below.
    pub categories: Vec<String>,
    /// Covers one of these words of each kind.
    pub coverage: Vec<(CoverageKind, Vec<String>)>,
    /// The day.
    pub as_of: Option<NaiveDate>,
}

/// The day that a directory is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Day {
    /// Today, which this is.
    Today(NaiveDate),
    /// A day that is over.
    Past(NaiveDate),
    /// A day to come, as things are planned.
    Future(NaiveDate),
}

/// A filter, checked and in one canonical form: two that mean the same are equal. A list that is there and empty matches
/// nothing: it had entries, and none of them can exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    /// The day.
    pub day: Day,
    /// Words and prefixes.
    pub query: Option<String>,
    /// Any of these kinds, if any are named.
    pub types: PartnerTypes,
    /// The folded names of tiers.
    pub tiers: Option<BTreeSet<String>>,
    /// The least rank of the tier.
    pub min_tier_rank: Option<i32>,
    /// Countries served, or of the seat.
    pub countries: Option<BTreeSet<String>>,
    /// Slugs of categories.
    pub categories: Option<BTreeSet<String>>,
    /// Words covered; never countries.
    pub coverage: BTreeMap<CoverageKind, BTreeSet<String>>,
}

impl Filter {
    /// Checks `written` and brings it into the canonical form.
    ///
    /// # Errors
    /// [`Fault::BadInput`] for a search of more than [`QUERY_MAX`] characters, a list of more than [`LIST_MAX`] entries
    /// and a day outside the years 1900 to 9998.
    pub fn checked(written: WrittenFilter, today: NaiveDate) -> Result<Self, Fault> {
        let query = written.query.unwrap_or_default();
        if query.chars().count() > QUERY_MAX {
            return Err(Fault::bad_input(format!("`filter.query` has at most {QUERY_MAX} characters.")));
        }
        let as_of = written.as_of.unwrap_or(today);
        if !YEARS.contains(&as_of.year()) {
            return Err(Fault::bad_input(format!(
                "`filter.asOf` must be in the years {} to {}.",
                YEARS.start(),
                YEARS.end()
            )));
        }
        let day = match as_of.cmp(&today) {
            Ordering::Less => Day::Past(as_of),
            Ordering::Equal => Day::Today(as_of),
            Ordering::Greater => Day::Future(as_of),
        };
        bounded("types", written.types.len())?;
        let mut coverage = BTreeMap::new();
        for (kind, words) in written.coverage {
            if let Some(words) = some_of(field(kind), words, |word| Some(clean_line(word)))? {
                coverage.insert(kind, words);
            }
        }
        Ok(Self {
            day,
            query: Some(clean_line(&query)).filter(|query| !query.is_empty()),
            types: written.types.into_iter().collect(),
            tiers: some_of("tiers", written.tiers, |name| Some(normalize(name)))?,
            min_tier_rank: written.min_tier_rank,
            countries: some_of("countries", written.countries, |country| Some(country.to_owned()))?,
            categories: some_of("categories", written.categories, |slug| is_slug(slug).then(|| slug.to_owned()))?,
            coverage,
        })
    }

    /// The filter without the part that the facet offers values for.
    #[must_use]
    pub fn without(&self, facet: FacetKind) -> Self {
        let mut rest = self.clone();
        match facet {
            FacetKind::Types => rest.types = PartnerTypes::default(),
            FacetKind::Tiers => (rest.tiers, rest.min_tier_rank) = (None, None),
            FacetKind::Countries => rest.countries = None,
            FacetKind::Categories => rest.categories = None,
            FacetKind::Coverage(kind) => _ = rest.coverage.remove(&kind),
        }
        rest
    }
}

/// The name of a coverage filter's field.
const fn field(kind: CoverageKind) -> &'static str {
    match kind {
        CoverageKind::Country => "countries",
        CoverageKind::Region => "regions",
        CoverageKind::Segment => "segments",
        CoverageKind::CustomerType => "customerTypes",
        CoverageKind::Service => "services",
    }
}

fn bounded(field: &str, entries: usize) -> Result<(), Fault> {
    if entries > LIST_MAX {
        return Err(Fault::bad_input(format!("`filter.{field}` has at most {LIST_MAX} entries.")));
    }
    Ok(())
}

/// The entries that can exist at all; `None` where there were none.
fn some_of(
    field: &str,
    entries: Vec<String>,
    canonical: impl Fn(&str) -> Option<String>,
) -> Result<Option<BTreeSet<String>>, Fault> {
    bounded(field, entries.len())?;
    let given = !entries.is_empty();
    let kept = entries.iter().filter_map(|entry| canonical(entry)).filter(|entry| !entry.is_empty()).collect();
    Ok(given.then_some(kept))
}

/// What a directory is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderField {
    /// The organization's name.
    Name,
    /// The tier's rank; then the name, ascending.
    Tier,
    /// When the organization joined; then the name.
    JoinedAt,
}

/// How a directory is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sorting {
    /// By what.
    pub field: OrderField,
    /// Which way.
    pub direction: Direction,
}

impl Default for Sorting {
    fn default() -> Self {
        Self { field: OrderField::Name, direction: Direction::Ascending }
    }
}

impl Sorting {
    /// The name of the order, which a cursor is bound to.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.field, self.direction) {
            (OrderField::Name, Direction::Ascending) => "partners.NAME.ASC",
            (OrderField::Name, Direction::Descending) => "partners.NAME.DESC",
            (OrderField::Tier, Direction::Ascending) => "partners.TIER.ASC",
            (OrderField::Tier, Direction::Descending) => "partners.TIER.DESC",
            (OrderField::JoinedAt, Direction::Ascending) => "partners.JOINED_AT.ASC",
            (OrderField::JoinedAt, Direction::Descending) => "partners.JOINED_AT.DESC",
        }
    }

    /// Which way the keys run. Tiers always run up: the names within a rank do, and highest first is a matter of the key.
    #[must_use]
    pub const fn keys_run(self) -> Direction {
        match self.field {
            OrderField::Tier => Direction::Ascending,
            OrderField::Name | OrderField::JoinedAt => self.direction,
        }
    }

    /// The name that stands for a missing one, so that it comes last.
    #[must_use]
    pub fn no_name(self) -> &'static str {
        match self.keys_run() {
            Direction::Ascending => AFTER_ALL_NAMES,
            Direction::Descending => "",
        }
    }

    /// The moment that stands for a missing one, so that it comes last.
    #[must_use]
    pub fn no_date(self) -> DateTime<Utc> {
        let year = if self.keys_run() == Direction::Ascending { 9999 } else { 1 };
        let day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        day.and_time(chrono::NaiveTime::MIN).and_utc()
    }

    /// The key of a tier's rank.
    #[must_use]
    pub fn rank_key(self, rank: Option<i32>) -> i64 {
        let rank = rank.map(i64::from);
        let key = if self.direction == Direction::Ascending { rank } else { rank.map(|rank| -rank) };
        key.unwrap_or(i64::MAX)
    }

    /// Where a partner stands in this order.
    #[must_use]
    pub fn position(self, partner: &Partner) -> Position {
        let name = partner.sort_name.clone().unwrap_or_else(|| self.no_name().to_owned());
        let id = Uuid::from(partner.membership.id);
        match self.field {
            OrderField::Name => Position::Name(name, id),
            OrderField::Tier => Position::Tier(self.rank_key(partner.tier_rank), name, id),
            OrderField::JoinedAt => Position::JoinedAt(partner.joined_at.unwrap_or_else(|| self.no_date()), name, id),
        }
    }

    /// Checks a position that a cursor brought: whoever wrote it need not have been this server.
    ///
    /// # Errors
    /// [`Fault::BadInput`] where it is none of this order.
    pub fn checked(self, position: &Position) -> Result<(), Fault> {
        let name = match (self.field, position) {
            (OrderField::Name, Position::Name(name, _)) | (OrderField::Tier, Position::Tier(_, name, _)) => Some(name),
            (OrderField::JoinedAt, Position::JoinedAt(at, name, _)) => (1..=9999).contains(&at.year()).then_some(name),
            _ => None,
        };
        // PostgreSQL takes no such character in a text.
        if name.is_some_and(|name| !name.contains('\0')) {
            return Ok(());
        }
        Err(Fault::bad_input("The cursor is not one of this list in this order."))
    }
}

/// Where a row stands: the keys of the order, the id last. It orders as the databases do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Position {
    /// By name.
    Name(String, Uuid),
    /// By the key of the rank, then by name.
    Tier(i64, String, Uuid),
    /// By the moment of joining, then by name.
    JoinedAt(DateTime<Utc>, String, Uuid),
}

/// A membership in force on the day that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// The row, as it is now.
    pub membership: Membership,
    /// The tier on that day.
    pub tier: Option<TierId>,
    /// The tier's rank.
    pub tier_rank: Option<i32>,
    /// When it joined, as far as that was known to be over on that day.
    pub joined_at: Option<DateTime<Utc>>,
    /// What its name sorts by; `None` where the viewer may not know the name.
    pub sort_name: Option<String>,
}

/// Whose directory it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    /// The program.
    pub program: ProgramId,
    /// The organization that runs it.
    pub organization: OrganizationId,
}

/// What can be counted by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FacetKind {
    /// Kinds of partners.
    Types,
    /// Tiers.
    Tiers,
    /// Countries served, and of the seat.
    Countries,
    /// Categories of public listings, those above included.
    Categories,
    /// Another part of the coverage.
    Coverage(CoverageKind),
}

/// A value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FacetValue {
    /// A whole set of kinds: partners are counted by set, and each kind is then the sum over the sets that have it.
    Types(PartnerTypes),
    /// A tier or a category.
    Id(Uuid),
    /// A country or a word.
    Text(String),
}

/// How many partners have a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    /// The value.
    pub value: FacetValue,
    /// What it sorts by among values with the same count.
    pub label: String,
    /// Partners, at least one.
    pub count: u64,
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
