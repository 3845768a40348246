//! The values and rules of organizations. Pure.

mod account;
mod coverage;
mod domain;
mod lifecycle;
pub mod locale;
mod profile;

pub use account::{EMAIL_MAX, KEY_NAME_MAX, KEYS_MAX, PERSON_NAME_MAX, email, key_prefix, key_secret, key_token};
pub use coverage::{COUNTRIES_MAX, COVERAGE_MAX, COVERAGE_WORD_MAX, Coverage, CoveragePatch, gather, tidy};
pub use domain::domain;
pub use entity::value::{AliasKind, ChangeStatus, CoverageKind, OrganizationStatus, Role};
pub use lifecycle::may_become;
pub use profile::{
    DESCRIPTION_MAX, HEADLINE_MAX, LOCALES_MAX, Profile, ProfilePatch, ProfileText, ProfileTextPatch, merge,
};

/// An organization.
pub type Organization = entity::organization::Model;

/// A country, region, segment, customer type or service that an organization covers.
pub type CoverageLine = entity::coverage::Model;

/// Another name or a domain of an organization.
pub type Alias = entity::organization_alias::Model;

/// A person's place in one organization.
pub type Member = entity::member::Model;

/// A person who may sign in.
pub type Person = entity::person::Model;

/// An API key.
pub type ApiKey = entity::api_key::Model;

/// A change of a profile that waits for a moderator, or waited.
pub type ProfileChange = entity::profile_change::Model;

/// Characters of a name at most.
pub const NAME_MAX: usize = 200;
/// Characters of a reason at most.
pub const REASON_MAX: usize = 500;
/// Other names at most.
pub const OTHER_NAMES_MAX: usize = 20;
/// Domains at most.
pub const DOMAINS_MAX: usize = 20;
/// Characters of an external id at most.
pub const EXTERNAL_ID_MAX: usize = 200;

/// A change of an organization. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationPatch {
    /// The display name.
    pub name: Option<String>,
    /// The seat.
    pub country_code: Option<Option<String>>,
    /// Whether it has a public page.
    pub listed: Option<bool>,
    /// All its other names.
    pub other_names: Option<Vec<String>>,
    /// All its domains.
    pub domains: Option<Vec<String>>,
}

/// What an organization is also known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// Other names.
    pub names: Vec<String>,
    /// Domains, lower case.
    pub domains: Vec<String>,
}

impl Aliases {
    /// The aliases that these rows hold, in their order.
    #[must_use]
    pub fn of(rows: Vec<Alias>) -> Self {
        let mut found = Self::default();
        for row in rows {
            match row.kind {
                AliasKind::Name => found.names.push(row.value),
                AliasKind::Domain => found.domains.push(row.value),
            }
        }
        found
    }
}

/// An organization to be entered.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NewOrganization {
    /// The display name.
    pub name: String,
    /// Its slug; made from the name where there is none.
    pub slug: Option<String>,
    /// The seat.
    pub country_code: Option<String>,
    /// Whether it has a public page.
    pub listed: bool,
    /// The key in another system.
    pub external_id: Option<String>,
    /// Whether it takes part at once or waits as an applicant.
    pub active: bool,
    /// The address of the first owner.
    pub owner_email: String,
    /// The name of the first owner, should the person be new.
    pub owner_name: String,
}

/// An API key to be made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it may change.
    pub scopes: std::collections::BTreeSet<crate::op::Scope>,
    /// When it ends.
    pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
}

/// Which organizations a list has. Empty parts do not narrow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationFilter {
    /// Words of its names, profile or domains.
    pub query: Option<String>,
    /// One of these states.
    pub statuses: Vec<OrganizationStatus>,
    /// Has its seat in one of these countries, or serves one.
    pub countries: Vec<String>,
}
