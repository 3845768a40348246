//! The values and rules of organizations. Pure.

pub use entity::value::{OrganizationStatus, Role};

/// An organization.
pub type Organization = entity::organization::Model;

/// A country, region, segment, customer type or service that an organization covers.
pub type CoverageLine = entity::coverage::Model;

/// Characters of a name at most.
pub const NAME_MAX: usize = 200;

/// A change of an organization. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationPatch {
    /// The display name.
    pub name: Option<String>,
    /// The seat.
    pub country_code: Option<Option<String>>,
    /// Whether it has a public page.
    pub listed: Option<bool>,
}
