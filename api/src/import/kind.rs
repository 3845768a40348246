//! What a file holds, and the target fields each kind has.

use super::problem::Severity;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Organizations,
    Memberships,
    Listings,
    Integrations,
    MembershipEvents,
}

impl Kind {
    /// All kinds, in the order in which files have to be applied: a later kind names rows of the earlier ones.
    pub const ALL: [Self; 5] =
        [Self::Organizations, Self::Memberships, Self::Listings, Self::Integrations, Self::MembershipEvents];

    /// The name used in mapping files and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organizations => "organizations",
            Self::Memberships => "memberships",
            Self::Listings => "listings",
            Self::Integrations => "integrations",
            Self::MembershipEvents => "membership-events",
        }
    }

    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Organizations => &ORGANIZATION,
            Self::Memberships => &MEMBERSHIP,
            Self::Listings => &LISTING,
            Self::Integrations => &INTEGRATION,
            Self::MembershipEvents => &MEMBERSHIP_EVENT,
        }
    }

    pub(super) fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the value of a target field is like; decides which options its column may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    One,
    Date,
    List,
    /// A list of "left / right".
    Pairs,
}

/// A target field. A fault in a field that only adorns its row is a warning and leaves the value out; a fault in one
/// that states a fact (a date, a tier) rejects the row. A mapping may decide otherwise with `on_error`.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
    pub(super) on_error: Severity,
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, required: true, shape, on_error: Severity::Rejected }
}

const fn fact(name: &'static str, shape: Shape) -> Field {
    Field { name, required: false, shape, on_error: Severity::Rejected }
}

const fn adornment(name: &'static str, shape: Shape) -> Field {
    Field { name, required: false, shape, on_error: Severity::Warning }
}

static ORGANIZATION: [Field; 10] = [
    required("external_id", Shape::One),
    required("name", Shape::One),
    fact("slug", Shape::One),
    fact("match_keys", Shape::List),
    fact("public", Shape::One),
    adornment("website", Shape::One),
    adornment("country", Shape::One),
    adornment("description", Shape::One),
    adornment("other_names", Shape::List),
    adornment("domains", Shape::List),
];

static MEMBERSHIP: [Field; 10] = [
    required("external_id", Shape::One),
    required("organization_external_id", Shape::One),
    required("program_slug", Shape::One),
    fact("tier", Shape::One),
    fact("types", Shape::List),
    fact("joined_on", Shape::Date),
    adornment("name", Shape::One),
    adornment("website", Shape::One),
    adornment("description", Shape::One),
    adornment("country", Shape::One),
];

static LISTING: [Field; 17] = [
    required("external_id", Shape::One),
    required("name", Shape::One),
    required("category", Shape::One),
    fact("subcategory", Shape::One),
    fact("vendor_external_id", Shape::One),
    fact("kind", Shape::One),
    fact("open_source", Shape::One),
    fact("accepted_on", Shape::Date),
    adornment("vendor_name", Shape::One),
    adornment("also_in", Shape::Pairs),
    adornment("website", Shape::One),
    adornment("repo_url", Shape::One),
    adornment("maturity", Shape::One),
    adornment("description", Shape::One),
    adornment("summary", Shape::One),
    adornment("personas", Shape::List),
    adornment("tags", Shape::List),
];

static INTEGRATION: [Field; 3] = [
    required("listing_external_id", Shape::One),
    required("target_name", Shape::One),
    fact("target_external_id", Shape::One),
];

static MEMBERSHIP_EVENT: [Field; 7] = [
    required("on", Shape::Date),
    required("event", Shape::One),
    required("name", Shape::One),
    required("program_slug", Shape::One),
    fact("organization_key", Shape::One),
    fact("from_tier", Shape::One),
    fact("to_tier", Shape::One),
];
