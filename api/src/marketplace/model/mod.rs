//! The values and rules of the marketplace. Pure.

mod content;
mod sorting;
mod state;

pub use content::{
    AUDIENCE_MAX, BODY_MAX, CATEGORIES_MAX, CATEGORY_NAME_MAX, CHILDREN_MAX, HIGHLIGHTS_MAX, INTEGRATIONS_MAX,
    IntegrationEnd, ListingPatch, NAME_MAX, REASON_MAX, TAGS_MAX, TITLE_MAX, checked,
};
pub use entity::{
    integration::Model as Integration,
    listing::{ListingBadge, ListingKind, ListingStatus, ListingVisibility, PricingModel},
    review::ModerationStatus,
    value::ChangeStatus,
};
pub use sorting::{published_keys, rating_keys};
pub use state::{EditMode, Step, edit_mode, next};

use crate::db::Direction;
use entity::id::OrganizationId;
use serde::Serialize;

/// A listing.
pub type Listing = entity::listing::Model;
/// A category.
pub type Category = entity::category::Model;
/// A reviewed change of a listing.
pub type ListingChange = entity::listing_change::Model;
/// A review of a listing.
pub type Review = entity::review::Model;

/// A listing that is to be made.
#[derive(Clone, Debug, Serialize)]
pub struct NewListing {
    /// Slug of the organization that offers it; the actor's own where neither this nor a name is given.
    pub vendor: Option<String>,
    /// Who offers it where that is only a name.
    pub vendor_name: Option<String>,
    /// Made of the name where none is given.
    pub slug: Option<String>,
    /// What is listed.
    pub kind: ListingKind,
    /// Everything else; the name is required.
    pub content: ListingPatch,
}

/// What a review says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewContent {
    /// 1 to 5.
    pub rating: i32,
    /// A headline.
    pub title: Option<String>,
    /// The text.
    pub body: Option<String>,
}

/// Which listings are asked for. All parts that are given must hold; a list means "any of", an empty one counts as none.
/// A slug that is unknown or invisible matches nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListingFilter {
    /// Words and prefixes.
    pub query: Option<String>,
    /// Category slugs, descendants included.
    pub categories: Vec<String>,
    /// What is listed.
    pub kinds: Vec<ListingKind>,
    /// Slug of the vendor.
    pub vendor: Option<String>,
    /// Slug of a listing that it says it integrates with.
    pub integrates_with: Option<String>,
    /// How it is paid for.
    pub pricing_models: Vec<PricingModel>,
    /// What the operator gave it.
    pub badges: Vec<ListingBadge>,
    /// Whether its source is open.
    pub open_source: Option<bool>,
    /// The least average of its ratings, 1 to 5.
    pub min_rating: Option<f64>,
    /// Where it is in its life; only published ones where none is given.
    pub statuses: Vec<ListingStatus>,
}

/// What a list of listings is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingOrderField {
    /// The name.
    Name,
    /// The average rating; without one last.
    Rating,
    /// When it was first published; without a date last.
    PublishedAt,
}

/// How a list of listings is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListingOrder {
    /// By what.
    pub field: ListingOrderField,
    /// Which way.
    pub direction: Direction,
}

impl ListingOrder {
    /// What cursors of a list in this order are marked with.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.field, self.direction) {
            (ListingOrderField::Name, Direction::Ascending) => "listings.NAME.ASC",
            (ListingOrderField::Name, Direction::Descending) => "listings.NAME.DESC",
            (ListingOrderField::Rating, Direction::Ascending) => "listings.RATING.ASC",
            (ListingOrderField::Rating, Direction::Descending) => "listings.RATING.DESC",
            (ListingOrderField::PublishedAt, Direction::Ascending) => "listings.PUBLISHED_AT.ASC",
            (ListingOrderField::PublishedAt, Direction::Descending) => "listings.PUBLISHED_AT.DESC",
        }
    }
}

/// Which reviews are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewFilter {
    /// Slug of the listing.
    pub listing: Option<String>,
    /// What became of them; an empty list counts as none.
    pub statuses: Vec<ModerationStatus>,
}

/// Whether everybody finds the listing, its vendor's state aside.
#[must_use]
pub fn is_public(listing: &Listing) -> bool {
    listing.status == ListingStatus::Published && listing.visibility == ListingVisibility::Public
}

/// Whether `organization` is the listing's vendor.
#[must_use]
pub fn is_vendor(listing: &Listing, organization: Option<OrganizationId>) -> bool {
    listing.vendor_id.is_some() && listing.vendor_id == organization
}
