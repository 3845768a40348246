//! Two organizations that compare how many accounts they have in common before they are partners, for a time.

use crate::id::{ExploratoryMappingId, OrganizationId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What became of an exploratory mapping, as far as it was written down: what the clock has brought about may not be yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExploratoryStatus {
    /// Waits for the invited organization's answer.
    Pending,
    /// Both said yes: it runs until its end.
    Accepted,
    /// The invited organization said no.
    Declined,
    /// The inviting organization took it back.
    Canceled,
    /// Nobody answered in time.
    Expired,
    /// It ran and is over.
    Ended,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exploratory_mappings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExploratoryMappingId,
    pub inviter_id: OrganizationId,
    pub invitee_id: OrganizationId,
    /// 1 to 256 characters.
    pub message: String,
    pub status: ExploratoryStatus,
    /// Set while it is open or runs, so that the same two do not have a second one.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    /// Until when it can be answered.
    pub expires_at: DateTimeUtc,
    /// How long it runs once it is accepted, 1 to 90 days.
    pub days: i32,
    /// Set with the acceptance: from then on nothing is shown. Whoever ends it before brings it forward.
    pub ends_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub answered_at: Option<DateTimeUtc>,
    /// The side that ended it before its time.
    pub ended_by: Option<OrganizationId>,
    /// When its end was put on record.
    pub ended_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
