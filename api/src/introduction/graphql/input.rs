//! What clients send about introductions.

use super::enums::{IntroductionDeclineReason, IntroductionOutcome};
use crate::{
    contact::graphql::types::ContactInput,
    introduction::service::{Concluding, LeadOf, Request},
    op::Fault,
    schema::{node, scalar::Date},
};
use async_graphql::{ID, InputObject};

/// A request to be introduced.
#[derive(InputObject)]
pub struct IntroductionRequestInput {
    /// The id of the overlap with the account of the partner that is asked. Asking tells the partner that the viewer's
    /// organization knows the company.
    pub overlap: ID,
    /// What the partner reads, 1 to 1,000 characters.
    pub message: String,
    /// Whom the viewer's organization wants to speak to, by title, at most 120 characters.
    pub contact_title: Option<String>,
    /// By when it would like it, within a year.
    pub desired_on: Option<Date>,
    /// The same key with the same input gives the same request for 24 hours.
    pub idempotency_key: Option<String>,
}

impl IntroductionRequestInput {
    /// The request, and the idempotency key.
    pub(super) fn split(self) -> Result<(Request, Option<String>), Fault> {
        let Self { overlap, message, contact_title, desired_on, idempotency_key } = self;
        let overlap = node::parse(&overlap)?;
        let desired_on = desired_on.map(|day| day.0);
        Ok((Request { overlap, message, contact_title, desired_on }, idempotency_key))
    }
}

/// How a request is accepted.
#[derive(InputObject, Default)]
pub struct IntroductionAcceptInput {
    /// What the asker reads, at most 500 characters.
    pub comment: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
    /// The same key with the same input does it once in 24 hours.
    pub idempotency_key: Option<String>,
}

/// Why a request is declined.
#[derive(InputObject)]
pub struct IntroductionDeclineInput {
    /// Why.
    pub reason: IntroductionDeclineReason,
    /// What the asker reads, at most 500 characters; needed with the reason `OTHER`.
    pub comment: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to check before a request is taken back.
#[derive(InputObject, Default)]
pub struct IntroductionCancelInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What came of a request that was accepted.
#[derive(InputObject)]
pub struct IntroductionRecordOutcomeInput {
    /// What.
    pub outcome: IntroductionOutcome,
    /// In words, at most 500 characters, which both sides read; needed with the outcome `OTHER`.
    pub note: Option<String>,
    /// On which day, not before the request was accepted and not in the future; today (UTC) where it is left out.
    pub happened_on: Option<Date>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

impl IntroductionRecordOutcomeInput {
    /// What is said, and the expected revision.
    pub(super) fn split(self) -> (Concluding, Option<i32>) {
        let Self { outcome, note, happened_on, expected_revision } = self;
        let happened_on = happened_on.map(|day| day.0);
        (Concluding { outcome: outcome.into(), note, happened_on }, expected_revision)
    }
}

/// How an opportunity is made of a request.
#[derive(InputObject, Default)]
pub struct IntroductionConvertToOpportunityInput {
    /// The opportunity's title, at most 255 characters; the company's name where it is left out.
    pub title: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
    /// The same key with the same input gives the same opportunity for 24 hours.
    pub idempotency_key: Option<String>,
}

/// How a lead is made of a request.
#[derive(InputObject, Default)]
pub struct IntroductionConvertToLeadInput {
    /// Whom to speak to at the company; whom the asker wished for, by title, where it is left out.
    pub contact: Option<ContactInput>,
    /// Days that the asker has to accept the lead, 1 to 90; 14 where it is left out.
    pub answer_days: Option<i32>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
    /// The same key with the same input gives the same lead for 24 hours.
    pub idempotency_key: Option<String>,
}

impl IntroductionConvertToLeadInput {
    /// What the lead says, the expected revision, and the idempotency key.
    pub(super) fn split(self) -> (LeadOf, Option<i32>, Option<String>) {
        let Self { contact, answer_days, expected_revision, idempotency_key } = self;
        let contact = contact.map(ContactInput::draft);
        (LeadOf { contact, answer_days }, expected_revision, idempotency_key)
    }
}
