//! The state machine of stages: what may follow what, who may do it, what must be filled in before. A table, so that it
//! can be read at one glance and tried in whole.

use super::{Involvement, LossReason, Opportunity, OpportunityStage, ReviewStatus};
use crate::op::{ErrorCode, Refusal};
use OpportunityStage::{BusinessValidation, ClosedLost, Committed, Launched, Prospect, Qualified, TechnicalValidation};

/// All stages in ascending order; the last two are ends.
pub const STAGES: [OpportunityStage; 7] =
    [Prospect, Qualified, TechnicalValidation, BusinessValidation, Committed, Launched, ClosedLost];

/// What may follow each stage. Deals jump ahead and fall back; a deal is won only after the customer has said yes, and
/// what is won or lost stays so.
const FOLLOWS: [(OpportunityStage, &[OpportunityStage]); 7] = [
    (Prospect, &[Qualified, TechnicalValidation, BusinessValidation, Committed, ClosedLost]),
    (Qualified, &[Prospect, TechnicalValidation, BusinessValidation, Committed, ClosedLost]),
    (TechnicalValidation, &[Prospect, Qualified, BusinessValidation, Committed, ClosedLost]),
    (BusinessValidation, &[Prospect, Qualified, TechnicalValidation, Committed, ClosedLost]),
    (Committed, &[Prospect, Qualified, TechnicalValidation, BusinessValidation, Launched, ClosedLost]),
    (Launched, &[]),
    (ClosedLost, &[]),
];

/// What must be there before a side moves to a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// The day on which the deal closes.
    TargetCloseDate,
    /// What it is worth.
    ExpectedAmount,
    /// Why it was lost.
    LossReason,
}

/// What each stage needs: of the owner, whose words the deal's own are, and of the other sides.
const NEEDS: [(OpportunityStage, &[Need], &[Need]); 7] = [
    (Prospect, &[], &[]),
    (Qualified, &[], &[]),
    (TechnicalValidation, &[], &[]),
    (BusinessValidation, &[], &[]),
    (Committed, &[Need::TargetCloseDate], &[]),
    (Launched, &[Need::TargetCloseDate, Need::ExpectedAmount], &[]),
    (ClosedLost, &[Need::LossReason], &[Need::LossReason]),
];

/// Who moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mover {
    /// The owner: the opportunity's own stage.
    Owner,
    /// Another side: its own account.
    Participant,
    /// The host of the program that it was submitted to: its own account.
    Host,
}

impl Mover {
    /// Whether this side has a stage to move at all, as the opportunity is.
    fn may_move(self, opportunity: &Opportunity) -> Result<(), Refusal> {
        match self {
            Self::Owner => Ok(()),
            Self::Participant if opportunity.involvement == Involvement::VisibilityOnly => Err(Refusal::of(
                "",
                ErrorCode::NotAllowed,
                "It was shared for visibility only, so only its owner moves it.",
            )),
            Self::Participant => Ok(()),
            Self::Host if opportunity.review_status == ReviewStatus::Approved => Ok(()),
            Self::Host => Err(Refusal::invalid_state("The program's host joins in when it has approved it.")),
        }
    }
}

/// A move that a side wants to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where it stands; none where it begins.
    pub from: Option<OpportunityStage>,
    /// Where it goes.
    pub to: OpportunityStage,
    /// Why it was lost.
    pub loss_reason: Option<LossReason>,
}

/// Whether `to` may follow `from`.
#[must_use]
pub fn may_follow(from: OpportunityStage, to: OpportunityStage) -> bool {
    FOLLOWS.iter().any(|(stage, follows)| *stage == from && follows.contains(&to))
}

/// Whether a deal at this stage is still worked on.
#[must_use]
pub const fn is_open(stage: OpportunityStage) -> bool {
    !matches!(stage, Launched | ClosedLost)
}

/// Refuses a move that the table does not have. `opportunity` is as it is before the move.
///
/// # Errors
/// [`ErrorCode::InvalidState`] for a move that does not follow or an opportunity that is put away,
/// [`ErrorCode::NotAllowed`] for a side that has no stage to move, [`ErrorCode::Required`] for what must be filled in
/// before, [`ErrorCode::InvalidValue`] for a loss reason without a loss.
pub fn check_move(wanted: Move, mover: Mover, opportunity: &Opportunity) -> Result<(), Refusal> {
    if opportunity.archived_at.is_some() {
        return Err(Refusal::invalid_state("The opportunity is archived."));
    }
    mover.may_move(opportunity)?;
    if let Some(from) = wanted.from
        && !may_follow(from, wanted.to)
    {
        let message = if from == wanted.to {
            "It stands there already."
        } else if is_open(from) {
            "This stage cannot follow: a deal is launched after it was committed."
        } else {
            "A deal that is launched or lost stays so."
        };
        return Err(Refusal::of("input.stage", ErrorCode::InvalidState, message));
    }
    if wanted.loss_reason.is_some() && wanted.to != ClosedLost {
        let message = "A loss reason belongs to the stage CLOSED_LOST only.";
        return Err(Refusal::of("input.lossReason", ErrorCode::InvalidValue, message));
    }
    for need in needs(wanted.to, mover) {
        match need {
            Need::TargetCloseDate if opportunity.target_close_date.is_none() => {
                return Err(required("input.stage", "For this stage the opportunity needs a target close date."));
            }
            Need::ExpectedAmount if opportunity.expected_amount_minor.is_none() => {
                return Err(required("input.stage", "For this stage the opportunity needs an expected amount."));
            }
            Need::LossReason if wanted.loss_reason.is_none() => {
                return Err(required("input.lossReason", "Say why it was lost."));
            }
            Need::TargetCloseDate | Need::ExpectedAmount | Need::LossReason => {}
        }
    }
    Ok(())
}

fn needs(stage: OpportunityStage, mover: Mover) -> &'static [Need] {
    NEEDS.iter().find(|(own, ..)| *own == stage).map_or(&[], |(_, owner, others)| match mover {
        Mover::Owner => owner,
        Mover::Participant | Mover::Host => others,
    })
}

fn required(path: &str, message: &str) -> Refusal {
    Refusal::of(path, ErrorCode::Required, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::tests::{day, opportunity};
    use proptest::{prelude::*, sample::select};

    fn filled() -> Opportunity {
        let mut filled = opportunity();
        filled.target_close_date = Some(day(30));
        filled.expected_amount_minor = Some(100);
        filled.expected_currency = Some("EUR".to_owned());
        filled
    }

    fn code(from: OpportunityStage, to: OpportunityStage, opportunity: &Opportunity) -> Option<ErrorCode> {
        let loss_reason = (to == ClosedLost).then_some(LossReason::Price);
        check_move(Move { from: Some(from), to, loss_reason }, Mover::Owner, opportunity)
            .err()
            .map(|refusal| refusal.code)
    }

    #[test]
    fn each_stage_stands_once_in_both_tables() {
        for stage in STAGES {
            assert_eq!(FOLLOWS.iter().filter(|(own, _)| *own == stage).count(), 1);
            assert_eq!(NEEDS.iter().filter(|(own, ..)| *own == stage).count(), 1);
            assert!(!may_follow(stage, stage));
        }
    }

    #[test]
    fn a_deal_is_won_after_the_customer_said_yes_and_stays_won() {
        assert_eq!(code(Committed, Launched, &filled()), None);
        for from in [Prospect, Qualified, TechnicalValidation, BusinessValidation] {
            assert_eq!(code(from, Launched, &filled()), Some(ErrorCode::InvalidState));
            assert_eq!(code(from, ClosedLost, &filled()), None);
        }
        for end in [Launched, ClosedLost] {
            for to in STAGES {
                assert_eq!(code(end, to, &filled()), Some(ErrorCode::InvalidState), "{end:?} {to:?}");
            }
        }
    }

    #[test]
    fn what_must_be_filled_in_is_asked_of_the_owner_only() {
        assert_eq!(code(Qualified, Committed, &opportunity()), Some(ErrorCode::Required));
        let without_amount = Opportunity { expected_amount_minor: None, ..filled() };
        assert_eq!(code(Qualified, Committed, &without_amount), None);
        assert_eq!(code(Committed, Launched, &without_amount), Some(ErrorCode::Required));
        let wanted = Move { from: Some(Qualified), to: Committed, loss_reason: None };
        assert!(check_move(wanted, Mover::Participant, &opportunity()).is_ok());
        for mover in [Mover::Owner, Mover::Participant] {
            let lost = Move { from: Some(Qualified), to: ClosedLost, loss_reason: None };
            assert_eq!(check_move(lost, mover, &opportunity()).unwrap_err().code, ErrorCode::Required);
            let odd = Move { from: Some(Prospect), to: Qualified, loss_reason: Some(LossReason::Price) };
            assert_eq!(check_move(odd, mover, &opportunity()).unwrap_err().code, ErrorCode::InvalidValue);
        }
    }

    #[test]
    fn who_may_only_look_does_not_move() {
        let wanted = Move { from: Some(Prospect), to: Qualified, loss_reason: None };
        let watched = Opportunity { involvement: Involvement::VisibilityOnly, ..filled() };
        assert!(check_move(wanted, Mover::Owner, &watched).is_ok());
        assert_eq!(check_move(wanted, Mover::Participant, &watched).unwrap_err().code, ErrorCode::NotAllowed);
        let mut reviewed = filled();
        for (status, may) in [(ReviewStatus::Submitted, false), (ReviewStatus::Approved, true)] {
            reviewed.review_status = status;
            assert_eq!(check_move(wanted, Mover::Host, &reviewed).is_ok(), may);
        }
        let archived = Opportunity { archived_at: Some(reviewed.created_at), ..filled() };
        assert_eq!(code(Prospect, Qualified, &archived), Some(ErrorCode::InvalidState));
    }

    proptest! {
        #[test]
        fn no_way_leads_out_of_an_end(path in proptest::collection::vec(select(STAGES.to_vec()), 0..30)) {
            let mut stage = Prospect;
            for to in path {
                let before = stage;
                if code(stage, to, &filled()).is_none() {
                    stage = to;
                }
                prop_assert!(is_open(before) || stage == before);
                prop_assert!(stage != Launched || before == Committed || before == Launched);
            }
        }
    }
}
