//! The request of one organization to be introduced to a company that a partner knows too.

use crate::id::{AccountId, AccountListId, IntroductionId, LeadId, OpportunityId, OrganizationId, OverlapId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a request has come, as far as it was written down: one whose time has run out may still say `REQUESTED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntroductionStatus {
    /// It waits for the partner's answer.
    Requested,
    /// The partner introduces.
    Accepted,
    /// The partner does not.
    Declined,
    /// Whoever asked took it back.
    Canceled,
    /// The partner did not answer in time.
    Expired,
}

/// Why a partner does not introduce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntroductionDeclineReason {
    /// It does not know that person, or nobody there well enough.
    NoRelationship,
    /// It is not the time for it.
    BadTiming,
    /// The two would sell the same to the company.
    Conflict,
    /// It agreed with the company not to.
    NotPermitted,
    /// No people or time for it.
    NoCapacity,
    /// Something else; the comment says what.
    Other,
}

/// What came of a request that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntroductionOutcome {
    /// The two were introduced.
    Introduced,
    /// They have agreed to meet.
    MeetingBooked,
    /// Nobody at the company answered.
    NoResponse,
    /// The company does not want it.
    NotInterested,
    /// The partner could not do it after all.
    NotPossible,
    /// Something else; the note says what.
    Other,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "introductions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IntroductionId,
    /// Who wants to be introduced.
    pub asker_id: OrganizationId,
    /// Who is asked to introduce.
    pub receiver_id: OrganizationId,
    /// The overlap that it began with. It may be gone.
    pub overlap_id: OverlapId,
    pub asker_list_id: AccountListId,
    pub receiver_list_id: AccountListId,
    pub asker_account_id: AccountId,
    pub receiver_account_id: AccountId,
    /// Set while no other request of the same asker may be about the same two accounts.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    /// The name of the receiver's account as the asker saw it then.
    pub account_name: String,
    /// 1 to 1,000 characters.
    pub message: String,
    /// Whom the asker wants to speak to, by title, at most 120 characters.
    pub contact_title: Option<String>,
    /// By when the asker would like it.
    pub desired_on: Option<Date>,
    pub status: IntroductionStatus,
    /// By when the receiver answers, or had to.
    pub expires_at: DateTimeUtc,
    /// What the asker saw of the overlap then, without values of the receiver's account.
    #[sea_orm(column_type = "JsonBinary")]
    pub asker_evidence: Json,
    /// What the receiver saw of it then; none where it was shown no overlaps.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub receiver_evidence: Option<Json>,
    pub answered_at: Option<DateTimeUtc>,
    pub decline_reason: Option<IntroductionDeclineReason>,
    /// What the receiver added to its answer, at most 500 characters.
    pub comment: Option<String>,
    pub outcome: Option<IntroductionOutcome>,
    /// At most 500 characters.
    pub outcome_note: Option<String>,
    /// The day on which it came to that.
    pub outcome_on: Option<Date>,
    /// Which of the two said so last.
    pub outcome_by: Option<OrganizationId>,
    pub outcome_at: Option<DateTimeUtc>,
    /// What the asker made of it.
    pub opportunity_id: Option<OpportunityId>,
    /// What the receiver made of it for the asker.
    pub lead_id: Option<LeadId>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
