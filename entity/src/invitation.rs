//! An invitation of one organization into an opportunity.

use super::{opportunity_participant::ParticipantRole, partnership_invitation::InvitationStatus};
use crate::id::{InvitationId, OpportunityId, OrganizationId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Why an invitation was declined.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeclineReason {
    /// It is nothing for this organization.
    NotAFit,
    /// No people or time for it.
    NoCapacity,
    /// Later, perhaps.
    BadTiming,
    /// It works with this customer already, or may not.
    CustomerConflict,
    /// Too little was said.
    NotEnoughInformation,
    /// The inviter is not known.
    UnknownInviter,
    /// Something else; the comment says what.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub opportunity_id: OpportunityId,
    pub from_organization_id: OrganizationId,
    pub to_organization_id: OrganizationId,
    /// 1 to 255 characters.
    pub message: String,
    pub role: ParticipantRole,
    /// What is shown before acceptance, a set of `OpportunityField`.
    pub shown: i32,
    /// The title and the values of the fields shown, as they were when it was sent.
    #[sea_orm(column_type = "JsonBinary")]
    pub offer: Json,
    /// What is seen after acceptance, a set of `OpportunityField`.
    pub granted: i32,
    /// Whether the receiver may invite others then.
    pub may_invite: bool,
    pub status: InvitationStatus,
    /// Set while it is open, so that an organization has one invitation into an opportunity.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    pub expires_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub answered_at: Option<DateTimeUtc>,
    pub decline_reason: Option<DeclineReason>,
    /// What the one who declined added, at most 500 characters.
    pub comment: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
