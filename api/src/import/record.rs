//! What a row becomes: one typed record a kind. Values are cleaned and within their bounds; what they refer to (an
//! organization, a vendor, a tier that the database has) is not known here.

use super::kind::Kind;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Characters of the longest external id, name, category, description and summary.
pub const EXTERNAL_ID_MAX: usize = 200;
pub const NAME_MAX: usize = 200;
pub const CATEGORY_MAX: usize = 100;
pub const DESCRIPTION_MAX: usize = 10_000;
pub const SUMMARY_MAX: usize = 5_000;

/// What partners do for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PartnerType {
    Technology,
    Channel,
    Strategic,
}

impl PartnerType {
    pub(super) fn parse(key: &str) -> Option<Self> {
        match key {
            "technology" => Some(Self::Technology),
            "channel" => Some(Self::Channel),
            "strategic" => Some(Self::Strategic),
            _ => None,
        }
    }
}

/// What a listing offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ListingKind {
    #[default]
    Product,
    Integration,
    Service,
}

impl ListingKind {
    pub(super) fn parse(key: &str) -> Option<Self> {
        match key {
            "product" => Some(Self::Product),
            "integration" => Some(Self::Integration),
            "service" => Some(Self::Service),
            _ => None,
        }
    }
}

/// What happened to a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventKind {
    /// It was there when the record of events begins.
    Listed,
    Joined,
    Left,
    TierChanged,
}

impl EventKind {
    pub(super) fn parse(key: &str) -> Option<Self> {
        match key {
            "listed" => Some(Self::Listed),
            "joined" => Some(Self::Joined),
            "left" => Some(Self::Left),
            "tier-changed" => Some(Self::TierChanged),
            _ => None,
        }
    }
}

/// A row of a file of organizations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationRecord {
    pub external_id: String,
    pub name: String,
    pub slug: Option<String>,
    /// Keys by which other files of the source name the organization, such as [`MembershipEventRecord`]s. They go before
    /// slugs: one organization may have a key that is another's slug.
    pub match_keys: Vec<String>,
    /// Whether it has a public page; true where the file does not say.
    pub public: bool,
    pub website: Option<String>,
    /// ISO 3166-1 alpha-2, in capitals.
    pub country: Option<String>,
    pub description: Option<String>,
    pub other_names: Vec<String>,
    pub domains: Vec<String>,
}

/// A row of a file of memberships: an organization's present place in a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipRecord {
    pub external_id: String,
    pub organization_external_id: String,
    pub program_slug: String,
    /// The name of the tier; one of the program's where the mapping declares programs.
    pub tier: Option<String>,
    pub types: BTreeSet<PartnerType>,
    pub joined_on: Option<NaiveDate>,
    /// The name under which the program lists the member, where it has one of its own.
    pub name: Option<String>,
    pub website: Option<String>,
    pub description: Option<String>,
    /// ISO 3166-1 alpha-2, in capitals.
    pub country: Option<String>,
}

/// A row of a marketplace catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingRecord {
    pub external_id: String,
    pub name: String,
    pub kind: ListingKind,
    pub vendor_external_id: Option<String>,
    pub vendor_name: Option<String>,
    pub category: String,
    pub subcategory: Option<String>,
    /// Further places: category and subcategory.
    pub also_in: Vec<(String, String)>,
    pub website: Option<String>,
    pub repo_url: Option<String>,
    /// In lower case, such as "incubating".
    pub maturity: Option<String>,
    pub open_source: Option<bool>,
    pub accepted_on: Option<NaiveDate>,
    pub description: Option<String>,
    pub summary: Option<String>,
    pub personas: Vec<String>,
    pub tags: Vec<String>,
}

/// One "this listing integrates with ...".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationRecord {
    pub listing_external_id: String,
    /// `None` where the other end is only a name so far.
    pub target_external_id: Option<String>,
    pub target_name: String,
}

/// One fact of a program's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipEventRecord {
    /// The day on which it was seen.
    pub on: NaiveDate,
    pub kind: EventKind,
    pub program_slug: String,
    /// A match key, external id or slug of the organization; `None` where the source has only its name.
    pub organization_key: Option<String>,
    pub name: String,
    pub from_tier: Option<String>,
    pub to_tier: Option<String>,
}

/// A row of any file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    Organization(Box<OrganizationRecord>),
    Membership(Box<MembershipRecord>),
    Listing(Box<ListingRecord>),
    Integration(Box<IntegrationRecord>),
    MembershipEvent(Box<MembershipEventRecord>),
}

impl Record {
    /// The kind of file that has such rows.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Organization(_) => Kind::Organizations,
            Self::Membership(_) => Kind::Memberships,
            Self::Listing(_) => Kind::Listings,
            Self::Integration(_) => Kind::Integrations,
            Self::MembershipEvent(_) => Kind::MembershipEvents,
        }
    }
}
