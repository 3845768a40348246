//! What an organization says about a listing. One for each pair.

use crate::id::{ListingId, OrganizationId, ReviewId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What became of a review. Only published ones count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ModerationStatus {
    /// Waits for the operator.
    Pending,
    /// Everybody sees it.
    Published,
    /// Refused, with a reason.
    Rejected,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reviews")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReviewId,
    pub listing_id: ListingId,
    /// Who says it.
    pub organization_id: OrganizationId,
    /// 1 to 5.
    pub rating: i32,
    /// At most 120 characters.
    pub title: Option<String>,
    /// At most 4,000 characters.
    pub body: Option<String>,
    pub status: ModerationStatus,
    /// Why it was rejected.
    pub reason: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
