//! The words for where a request to be introduced is, why it was declined and what came of it.

use crate::introduction::model;
use async_graphql::Enum;

/// Where a request to be introduced is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::IntroductionStatus")]
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
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::IntroductionDeclineReason")]
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
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::IntroductionOutcome")]
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

/// Which requests are wanted, seen from the viewer's organization.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntroductionDirection {
    /// Those that it sent.
    Sent,
    /// Those that it was sent.
    Received,
}

impl From<IntroductionDirection> for model::Side {
    fn from(direction: IntroductionDirection) -> Self {
        match direction {
            IntroductionDirection::Sent => Self::Asker,
            IntroductionDirection::Received => Self::Receiver,
        }
    }
}

impl From<model::Side> for IntroductionDirection {
    fn from(side: model::Side) -> Self {
        match side {
            model::Side::Asker => Self::Sent,
            model::Side::Receiver => Self::Received,
        }
    }
}
