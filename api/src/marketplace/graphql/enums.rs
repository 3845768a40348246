//! The enums of the marketplace in the schema.

use crate::marketplace::model;
use async_graphql::Enum;

/// What is listed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ListingKind")]
pub enum ListingKind {
    /// Something to use by itself.
    Product,
    /// Connects two products.
    Integration,
    /// Work that people do.
    Service,
}

/// Where a listing is in its life.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ListingStatus")]
pub enum ListingStatus {
    /// Its vendor works on it.
    Draft,
    /// Waits for the operator's decision.
    InReview,
    /// In the marketplace; each further edit is reviewed.
    Published,
    /// Taken out by the operator: seen by its vendor and its audience only.
    Restricted,
    /// Given up for good.
    Archived,
}

/// Who finds a published listing.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ListingVisibility")]
pub enum ListingVisibility {
    /// Everybody.
    Public,
    /// Its vendor, and the organizations of its audience.
    Limited,
}

/// How use of the listed thing is paid for.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::PricingModel")]
pub enum PricingModel {
    /// By what is used.
    Usage,
    /// A price for a term.
    Contract,
    /// The customer brings a license bought elsewhere.
    Byol,
    /// Nothing to pay.
    Free,
}

/// A distinction that the operator gives.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ListingBadge")]
pub enum ListingBadge {
    /// The operator saw its license.
    OpenSource,
    /// It passed a technical certification.
    Certified,
    /// It passed a security review.
    SecurityReviewed,
    /// It is known to run on the operator's platform.
    DeployedOnPlatform,
    /// The operator recommends it.
    Recommended,
}

/// What became of a reviewed change of a listing.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ChangeStatus")]
pub enum ListingChangeStatus {
    /// Waits for the operator.
    Pending,
    /// Taken over.
    Approved,
    /// Refused, with a reason.
    Rejected,
    /// Taken back by its vendor, or replaced by a later change.
    Withdrawn,
}

/// What became of a review.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ModerationStatus")]
pub enum ModerationStatus {
    /// Waits for the operator.
    Pending,
    /// Everybody sees it, and it counts.
    Published,
    /// Refused, with a reason.
    Rejected,
}

/// What a list of listings is sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ListingOrderField")]
pub enum ListingOrderField {
    /// The name.
    Name,
    /// The average rating; without one last in both directions.
    Rating,
    /// When it was first published; without a date last in both directions.
    PublishedAt,
}
