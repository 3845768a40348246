//! Writes of requests.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that writes introductions")]

use crate::{
    introduction::{
        model::{
            Introduction, IntroductionDeclineReason, IntroductionOutcome, IntroductionStatus, asked_already, open_key,
        },
        policy::RequestIntroduction,
    },
    op::{Action, Fault, Op, Outcome, Permit},
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    id::{AccountId, AccountListId, IntroductionId, LeadId, OpportunityId, OrganizationId, OverlapId},
    introduction,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseTransaction, IntoActiveModel, SqlErr};
use serde_json::Value;

/// A request to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewIntroduction {
    /// Its id.
    pub id: IntroductionId,
    /// Who is asked.
    pub receiver: OrganizationId,
    /// The overlap.
    pub overlap: OverlapId,
    /// The lists, the asker's first.
    pub lists: (AccountListId, AccountListId),
    /// The accounts, the asker's first.
    pub accounts: (AccountId, AccountId),
    /// The receiver's account's name as the asker sees it.
    pub account_name: String,
    /// The message, checked.
    pub message: String,
    /// Whom the asker wants to speak to, checked.
    pub contact_title: Option<String>,
    /// By when, checked.
    pub desired_on: Option<NaiveDate>,
    /// By when the receiver answers.
    pub expires_at: DateTime<Utc>,
    /// What the asker sees of the overlap.
    pub asker_evidence: Value,
    /// What the receiver sees of it, if anything.
    pub receiver_evidence: Option<Value>,
}

/// Writes a request of the permit's organization.
///
/// # Errors
/// `ALREADY_EXISTS` where one about the same accounts came first; database faults.
pub async fn insert_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RequestIntroduction>,
    new: NewIntroduction,
) -> Outcome<Introduction> {
    let row = introduction::ActiveModel {
        id: Set(new.id),
        asker_id: Set(permit.resource()),
        receiver_id: Set(new.receiver),
        overlap_id: Set(new.overlap),
        asker_list_id: Set(new.lists.0),
        receiver_list_id: Set(new.lists.1),
        asker_account_id: Set(new.accounts.0),
        receiver_account_id: Set(new.accounts.1),
        open_key: Set(Some(open_key(new.accounts.0, new.accounts.1))),
        account_name: Set(new.account_name),
        message: Set(new.message),
        contact_title: Set(new.contact_title),
        desired_on: Set(new.desired_on),
        status: Set(IntroductionStatus::Requested),
        expires_at: Set(new.expires_at),
        asker_evidence: Set(new.asker_evidence),
        receiver_evidence: Set(new.receiver_evidence),
        answered_at: Set(None),
        decline_reason: Set(None),
        comment: Set(None),
        outcome: Set(None),
        outcome_note: Set(None),
        outcome_on: Set(None),
        outcome_by: Set(None),
        outcome_at: Set(None),
        opportunity_id: Set(None),
        lead_id: Set(None),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    row.insert(tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => asked_already().into(),
        _ => error.into(),
    })
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The receiver introduces, and says this.
    Accept(Option<String>),
    /// The receiver does not, for this reason, and says this.
    Decline(IntroductionDeclineReason, Option<String>),
    /// The asker took it back.
    Cancel,
    /// Nobody answered in time.
    Expire,
    /// It came to this.
    Conclude {
        /// To what.
        outcome: IntroductionOutcome,
        /// In words.
        note: Option<String>,
        /// On which day.
        on: NaiveDate,
        /// Which side says so.
        by: OrganizationId,
    },
    /// The asker made this opportunity of it.
    MakeOpportunity(OpportunityId),
    /// The receiver made this lead of it.
    MakeLead(LeadId),
}

/// Changes a request and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn update_in<A: Action<Resource = IntroductionId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Introduction,
    change: Change,
) -> Result<Introduction, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another introduction");
    let mut row = before.clone().into_active_model();
    match change {
        Change::Accept(comment) => {
            row.status = Set(IntroductionStatus::Accepted);
            row.comment = Set(comment);
            row.answered_at = Set(Some(op.now()));
        }
        Change::Decline(reason, comment) => {
            row.status = Set(IntroductionStatus::Declined);
            row.decline_reason = Set(Some(reason));
            row.comment = Set(comment);
            row.answered_at = Set(Some(op.now()));
            row.open_key = Set(None);
        }
        Change::Cancel => {
            row.status = Set(IntroductionStatus::Canceled);
            row.open_key = Set(None);
        }
        Change::Expire => {
            row.status = Set(IntroductionStatus::Expired);
            row.open_key = Set(None);
        }
        Change::Conclude { outcome, note, on, by } => {
            row.outcome = Set(Some(outcome));
            row.outcome_note = Set(note);
            row.outcome_on = Set(Some(on));
            row.outcome_by = Set(Some(by));
            row.outcome_at = Set(Some(op.now()));
            row.open_key = Set(None);
        }
        Change::MakeOpportunity(made) => row.opportunity_id = Set(Some(made)),
        Change::MakeLead(made) => row.lead_id = Set(Some(made)),
    }
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}
