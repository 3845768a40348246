//! A listing of the marketplace.

use crate::{
    flags::Flag,
    id::{ListingId, OrganizationId},
    words::Words,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ListingKind {
    /// Something to use by itself.
    Product,
    /// Connects two products.
    Integration,
    /// Work that people do.
    Service,
}

/// Where a listing is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ListingVisibility {
    /// Everybody.
    Public,
    /// Its vendor, and the organizations that it names.
    Limited,
}

/// How use of the listed thing is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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

impl Flag for PricingModel {
    const ALL: &'static [Self] = &[Self::Usage, Self::Contract, Self::Byol, Self::Free];
}

/// A distinction that the operator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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

impl Flag for ListingBadge {
    const ALL: &'static [Self] =
        &[Self::OpenSource, Self::Certified, Self::SecurityReviewed, Self::DeployedOnPlatform, Self::Recommended];
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "listings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ListingId,
    /// The organization that offers it, where it is one of this installation.
    pub vendor_id: Option<OrganizationId>,
    /// Who offers it where that is only a name.
    pub vendor_name: Option<String>,
    /// Unique in the installation, never changed.
    #[sea_orm(unique)]
    pub slug: String,
    /// Display name, 1 to 200 characters.
    pub name: String,
    /// What the name sorts by, bytewise; also how integrations that are only a name find their listing.
    pub sort_name: String,
    /// At most 255 characters.
    pub summary: Option<String>,
    /// At most 32,768 characters.
    pub description: Option<String>,
    pub kind: ListingKind,
    pub status: ListingStatus,
    /// Why it was sent back or restricted.
    pub status_reason: Option<String>,
    pub visibility: ListingVisibility,
    pub website_url: Option<String>,
    pub repo_url: Option<String>,
    pub logo_url: Option<String>,
    /// A set of [`PricingModel`].
    pub pricing_models: i32,
    /// A set of [`ListingBadge`].
    pub badges: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub highlights: Words,
    #[sea_orm(column_type = "JsonBinary")]
    pub tags: Words,
    #[sea_orm(column_type = "JsonBinary")]
    pub personas: Words,
    /// At most 8,000 characters.
    pub use_case: Option<String>,
    pub open_source: Option<bool>,
    /// The stage that its owners or a foundation give it, for example `sandbox`.
    pub maturity: Option<String>,
    /// When a foundation took it in.
    pub accepted_on: Option<Date>,
    /// The key in the source that it was imported from, unique.
    #[sea_orm(unique)]
    pub external_id: Option<String>,
    /// When it was first published, where known.
    pub published_at: Option<DateTimeUtc>,
    /// Sum of the published reviews' ratings.
    pub rating_sum: i64,
    /// Number of published reviews.
    pub rating_count: i32,
    /// The average in millionths; 10,000,000 without a review, so that ascending lists end with those.
    pub rating_ascending: i32,
    /// The average in millionths; 0 without a review, so that descending lists end with those.
    pub rating_descending: i32,
    /// `published_at` in microseconds since 1970; the largest number where it is unknown.
    pub published_ascending: i64,
    /// `published_at` in microseconds since 1970; the smallest number where it is unknown.
    pub published_descending: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change of what its vendor or the operator says about it.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
