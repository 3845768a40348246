//! An organization's place in a program.

use crate::{
    id::{MembershipId, OrganizationId, ProgramId, TierId},
    value::PartnerTypes,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The lifecycle of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MembershipStatus {
    /// The organization asked; the host decides.
    Applied,
    /// The host asked; the organization decides.
    Invited,
    /// A member.
    Active,
    /// The host or the invited organization said no.
    Rejected,
    /// Set aside for a time by the host.
    Suspended,
    /// Over.
    Terminated,
}

/// Why an application was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RejectionReason {
    /// The application says too little.
    NeedsMoreDetail,
    /// The program's requirements are not met.
    DoesNotMeetRequirements,
    /// The program is for others.
    NotTheRightFit,
    /// Something else; the comment says what.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub program_id: ProgramId,
    /// The member.
    pub organization_id: OrganizationId,
    /// Tells several memberships of one organization in one program apart: the id in the source that it was imported from,
    /// empty for the one that people make.
    pub external_key: String,
    /// As last written. An active one whose `expires_on` has come is over; no job needs to run for that.
    pub status: MembershipStatus,
    /// The membership's own set of kinds.
    pub types: PartnerTypes,
    /// The tier as the facts up to the last write say; kept after the end. `next_tier_id` replaces it when its day comes.
    pub tier_id: Option<TierId>,
    /// The tier that follows: a demotion within its grace period, or a promotion from a later day on.
    pub next_tier_id: Option<TierId>,
    /// The first day of `next_tier_id`; both are set or neither.
    pub next_tier_on: Option<Date>,
    /// The day from which it is no longer in force unless it is renewed.
    pub expires_on: Option<Date>,
    /// When the organization joined, this time; midnight UTC where only the day is known.
    pub joined_at: Option<DateTimeUtc>,
    /// When the organization applied or was invited, this time.
    pub requested_at: Option<DateTimeUtc>,
    /// When the other side last decided.
    pub decided_at: Option<DateTimeUtc>,
    /// What the one who asked wrote, at most 2,000 characters.
    pub message: Option<String>,
    /// Why the host rejected it.
    pub rejection_reason: Option<RejectionReason>,
    /// What was said with the last rejection, suspension or termination, at most 1,000 characters.
    pub comment: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
