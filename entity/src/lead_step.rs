//! A receiver of a lead, in the order in which they are asked.

use crate::id::{LeadId, OrganizationId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a receiver came with a lead, as far as it was written down: one whose time has run out may still say `SENT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeadStepState {
    /// Its turn has not come; it does not know of the lead.
    Waiting,
    /// It was asked.
    Sent,
    /// It works on it.
    Accepted,
    /// It made it an opportunity.
    Converted,
    /// It said no, or gave it up.
    Declined,
    /// It did not answer in time.
    Expired,
    /// The sender took the lead back.
    Canceled,
    /// It was never asked.
    Skipped,
}

/// Why a receiver declined a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeadDeclineReason {
    /// The need does not fit what it offers.
    NotAFit,
    /// No people or time for it.
    NoCapacity,
    /// It does not serve that country or industry.
    OutsideTerritory,
    /// The company is its customer already, or it works on it already.
    AlreadyKnown,
    /// It says too little.
    Incomplete,
    /// The company could not be reached, or does not want it.
    NoInterest,
    /// Something else; the comment says what.
    Other,
}

/// Why a receiver was never asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LeadSkipReason {
    /// When its turn came, it was no partner of the sender any more.
    NotAPartner,
    /// One before it accepted, or the sender took the lead back.
    NotNeeded,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_steps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: LeadId,
    /// The first one has 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub organization_id: OrganizationId,
    pub state: LeadStepState,
    /// When it was asked; for one that was not, when it was named.
    pub sent_at: DateTimeUtc,
    /// By when it answers, or had to; none for one that was not asked.
    pub expires_at: Option<DateTimeUtc>,
    /// When it answered, when its time was found to have run out, or when the lead was taken back.
    pub answered_at: Option<DateTimeUtc>,
    pub decline_reason: Option<LeadDeclineReason>,
    /// What the one who declined added, at most 500 characters.
    pub comment: Option<String>,
    pub skip_reason: Option<LeadSkipReason>,
}

impl ActiveModelBehavior for ActiveModel {}
