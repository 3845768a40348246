//! An invitation of one organization by another, into a new partnership or into one that exists.

use crate::{
    id::{OrganizationId, PartnershipId, PartnershipInvitationId},
    value::PartnerTypes,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What became of an invitation, as far as it was written down: an expired one may still say `PENDING`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InvitationStatus {
    /// Waits for an answer.
    Pending,
    /// The invited organization said yes.
    Accepted,
    /// The invited organization said no.
    Declined,
    /// The inviting organization took it back.
    Canceled,
    /// Nobody answered in time.
    Expired,
}

/// Why an invitation was declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartnershipDeclineReason {
    /// The two do not fit.
    NotAFit,
    /// No people or time for it.
    NoCapacity,
    /// Later, perhaps.
    BadTiming,
    /// The facts or terms are not what was agreed.
    WrongTerms,
    /// The inviter is not known.
    UnknownInviter,
    /// Something else; the comment says what.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartnershipInvitationId,
    pub from_organization_id: OrganizationId,
    pub to_organization_id: OrganizationId,
    /// The partnership that it leads into, or led to.
    pub partnership_id: Option<PartnershipId>,
    /// Whether the partnership was there before the invitation.
    pub joins: bool,
    pub types: PartnerTypes,
    /// 1 to 256 characters.
    pub message: String,
    /// The facts that the partnership would begin with.
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
    pub status: InvitationStatus,
    /// Set while it is open, so that the same two cannot have a second one.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    pub expires_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub answered_at: Option<DateTimeUtc>,
    pub decline_reason: Option<PartnershipDeclineReason>,
    /// What the one who declined added, at most 500 characters.
    pub comment: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
