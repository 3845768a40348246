//! The review by the host of a program: its states, who leads from one to the next, and what may be edited in each.

use super::{Opportunity, OpportunityStage, Part, ReviewStatus, is_open};
use crate::op::{ErrorCode, Refusal};
use ReviewStatus::{ActionRequired, Approved, InReview, PendingSubmission, Rejected, Submitted};
use chrono::NaiveDate;

/// Characters of the business problem at least, for a review: with less there is nothing to judge.
const PROBLEM_MIN: usize = 20;

/// What somebody does in a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewStep {
    /// The owner submits, for the first time or again.
    Submit,
    /// The host begins to look at it.
    Start,
    /// The host says yes.
    Approve,
    /// The host says no.
    Reject,
    /// The host wants something to be put right.
    RequestAction,
}

/// The table: from where each step leads where.
const STEPS: [(ReviewStep, &[ReviewStatus], ReviewStatus); 5] = [
    (ReviewStep::Submit, &[PendingSubmission, ActionRequired], Submitted),
    (ReviewStep::Start, &[Submitted], InReview),
    (ReviewStep::Approve, &[Submitted, InReview], Approved),
    (ReviewStep::Reject, &[Submitted, InReview], Rejected),
    (ReviewStep::RequestAction, &[Submitted, InReview], ActionRequired),
];

/// Where `step` leads from `from`.
///
/// # Errors
/// [`ErrorCode::InvalidState`] where it leads nowhere.
pub fn follow(from: ReviewStatus, step: ReviewStep) -> Result<ReviewStatus, Refusal> {
    let found = STEPS.iter().find(|(own, sources, _)| *own == step && sources.contains(&from));
    found.map(|(.., to)| *to).ok_or_else(|| {
        Refusal::invalid_state(match from {
            PendingSubmission => "It has not been submitted.",
            Submitted | InReview => "It is under review already.",
            ActionRequired => "Its owner has to put it right and submit it again.",
            Approved => "It was approved already.",
            Rejected => "It was rejected, and that is final.",
        })
    })
}

/// What may be edited in a state of the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editable {
    /// Everything.
    All,
    /// These parts only.
    Parts(&'static [Part]),
    /// Edits are kept until the review ends.
    Later,
    /// Nothing.
    Nothing,
}

/// What may be put right when the host asked for it.
const TO_PUT_RIGHT: &[Part] = &[
    Part::CustomerWebsite,
    Part::CustomerCountry,
    Part::TargetCloseDate,
    Part::ExpectedAmount,
    Part::BusinessProblem,
    Part::ExternalId,
];

/// What may be edited in this state.
#[must_use]
pub const fn editable(status: ReviewStatus) -> Editable {
    match status {
        PendingSubmission | Approved => Editable::All,
        Submitted | InReview => Editable::Later,
        ActionRequired => Editable::Parts(TO_PUT_RIGHT),
        Rejected => Editable::Nothing,
    }
}

impl Editable {
    /// Whether this part may be edited now.
    #[must_use]
    pub fn allows(self, part: Part) -> bool {
        match self {
            Self::All => true,
            Self::Parts(parts) => parts.contains(&part),
            Self::Later | Self::Nothing => false,
        }
    }
}

/// Refuses to submit what a host cannot judge.
///
/// # Errors
/// [`ErrorCode::InvalidState`] for a deal that is not qualified, lost, won, confidential or archived,
/// [`ErrorCode::Required`] for what is missing, [`ErrorCode::OutOfRange`] for a day in the past.
pub fn is_ready_to_submit(opportunity: &Opportunity, listings: usize, today: NaiveDate) -> Result<(), Refusal> {
    let state = |message: &str| Err(Refusal::invalid_state(message));
    if opportunity.archived_at.is_some() {
        return state("The opportunity is archived.");
    }
    if opportunity.confidential {
        return state("A confidential opportunity is seen by named people only, so no host can review it.");
    }
    if opportunity.stage == OpportunityStage::Prospect || !is_open(opportunity.stage) {
        return state("Only an open deal that is at least QUALIFIED is submitted.");
    }
    let problem = opportunity.business_problem.as_deref().unwrap_or_default();
    if problem.chars().count() < PROBLEM_MIN {
        let message = format!("The business problem must be told, in at least {PROBLEM_MIN} characters.");
        return Err(Refusal::of("businessProblem", ErrorCode::Required, message));
    }
    if listings == 0 {
        return Err(Refusal::of("relatedListings", ErrorCode::Required, "Say which listings are sold, at least one."));
    }
    match opportunity.target_close_date {
        None => Err(Refusal::of("targetCloseDate", ErrorCode::Required, "A target close date is needed.")),
        Some(day) if day < today => {
            Err(Refusal::of("targetCloseDate", ErrorCode::OutOfRange, "The target close date is in the past."))
        }
        Some(_) => Ok(()),
    }
}

/// Whether a host has it before it, or waits for it to come back: it cannot be left without the host then.
#[must_use]
pub fn is_under_review(status: ReviewStatus) -> bool {
    matches!(status, ReviewStatus::Submitted | ReviewStatus::InReview | ReviewStatus::ActionRequired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::tests::{at, day, opportunity};

    const ALL: [ReviewStatus; 6] = [PendingSubmission, Submitted, InReview, Approved, Rejected, ActionRequired];

    #[test]
    fn a_review_ends_and_only_what_must_be_put_right_begins_again() {
        for (step, sources, target) in STEPS {
            for from in ALL {
                assert_eq!(follow(from, step).ok(), sources.contains(&from).then_some(target), "{step:?} {from:?}");
            }
        }
        for end in [Approved, Rejected] {
            assert!(STEPS.iter().all(|(step, ..)| follow(end, *step).is_err()));
        }
    }

    #[test]
    fn each_state_has_its_editable_parts() {
        for (status, title, problem) in [
            (PendingSubmission, true, true),
            (Submitted, false, false),
            (InReview, false, false),
            (Approved, true, true),
            (Rejected, false, false),
            (ActionRequired, false, true),
        ] {
            assert_eq!(editable(status).allows(Part::Title), title, "{status:?}");
            assert_eq!(editable(status).allows(Part::BusinessProblem), problem, "{status:?}");
        }
    }

    #[test]
    fn only_what_can_be_judged_is_submitted() {
        let mut ready = opportunity();
        ready.stage = OpportunityStage::Qualified;
        ready.business_problem = Some("Answers get lost between two systems.".to_owned());
        ready.target_close_date = Some(day(0));
        let code = |opportunity: &Opportunity, listings| {
            is_ready_to_submit(opportunity, listings, day(0)).err().map(|refusal| refusal.code)
        };
        assert_eq!(code(&ready, 1), None);
        assert_eq!(code(&ready, 0), Some(ErrorCode::Required));
        let changed = |change: fn(&mut Opportunity)| {
            let mut changed = ready.clone();
            change(&mut changed);
            code(&changed, 1)
        };
        assert_eq!(changed(|it| it.stage = OpportunityStage::Prospect), Some(ErrorCode::InvalidState));
        assert_eq!(changed(|it| it.stage = OpportunityStage::ClosedLost), Some(ErrorCode::InvalidState));
        assert_eq!(changed(|it| it.confidential = true), Some(ErrorCode::InvalidState));
        assert_eq!(changed(|it| it.archived_at = Some(at(0))), Some(ErrorCode::InvalidState));
        assert_eq!(changed(|it| it.business_problem = Some("Too short".to_owned())), Some(ErrorCode::Required));
        assert_eq!(changed(|it| it.target_close_date = None), Some(ErrorCode::Required));
        assert_eq!(changed(|it| it.target_close_date = Some(day(-1))), Some(ErrorCode::OutOfRange));
    }
}
