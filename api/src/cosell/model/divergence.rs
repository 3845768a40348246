//! Where the sides of an opportunity disagree.

use super::{OpportunityStage, Participant};
use entity::id::OrganizationId;

/// About what sides disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivergenceAspect {
    /// Where the deal stands.
    Stage,
    /// Whether it is still open, won or lost: the worst way to disagree.
    Outcome,
    /// When it closes.
    TargetCloseDate,
    /// Why it was lost.
    LossReason,
}

/// A disagreement with the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// About what.
    pub aspect: DivergenceAspect,
    /// Those who say otherwise than the owner, in the order of joining.
    pub sides: Vec<OrganizationId>,
}

/// How a deal ended: open, won or lost.
fn outcome(stage: OpportunityStage) -> u8 {
    match stage {
        OpportunityStage::Launched => 1,
        OpportunityStage::ClosedLost => 2,
        _ => 0,
    }
}

/// Where `others` say otherwise than `owner`. A day or a reason that a side has not given is no disagreement.
#[must_use]
pub fn divergence<'a>(owner: &Participant, others: impl Iterator<Item = &'a Participant> + Clone) -> Vec<Divergence> {
    let given = |own: Option<i64>, other: Option<i64>| matches!((own, other), (Some(own), Some(other)) if own != other);
    let day =
        |side: &Participant| side.target_close_date.map(|day| i64::from(chrono::Datelike::num_days_from_ce(&day)));
    let reason = |side: &Participant| side.loss_reason.map(|reason| reason as i64);
    let disagrees = |aspect: DivergenceAspect, other: &Participant| match aspect {
        DivergenceAspect::Stage => owner.stage != other.stage,
        DivergenceAspect::Outcome => outcome(owner.stage) != outcome(other.stage),
        DivergenceAspect::TargetCloseDate => given(day(owner), day(other)),
        DivergenceAspect::LossReason => given(reason(owner), reason(other)),
    };
    let aspects = [
        DivergenceAspect::Outcome,
        DivergenceAspect::Stage,
        DivergenceAspect::TargetCloseDate,
        DivergenceAspect::LossReason,
    ];
    aspects
        .into_iter()
        .filter_map(|aspect| {
            let sides: Vec<_> = others
                .clone()
                .filter(|other| other.organization_id != owner.organization_id && disagrees(aspect, other))
                .map(|other| other.organization_id)
                .collect();
            (!sides.is_empty()).then_some(Divergence { aspect, sides })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::{
        LossReason, ParticipantRole, STAGES,
        tests::{day, organization, participant},
    };
    use proptest::{prelude::*, sample::select};

    #[test]
    fn a_side_that_has_not_said_does_not_disagree() {
        let mut owner = participant(1, ParticipantRole::Owner);
        let other = participant(2, ParticipantRole::Reseller);
        assert_eq!(divergence(&owner, [&other].into_iter()), []);
        owner.target_close_date = Some(day(3));
        owner.loss_reason = Some(LossReason::Price);
        assert_eq!(divergence(&owner, [&other].into_iter()), []);
        let later = Participant { target_close_date: Some(day(4)), ..other };
        let found = divergence(&owner, [&owner, &later].into_iter());
        assert_eq!(found, [Divergence { aspect: DivergenceAspect::TargetCloseDate, sides: vec![organization(2)] }]);
    }

    proptest! {
        #[test]
        fn sides_that_say_the_same_do_not_disagree(own in select(STAGES.to_vec()), other in select(STAGES.to_vec())) {
            let owner = Participant { stage: own, ..participant(1, ParticipantRole::Owner) };
            let side = Participant { stage: other, ..participant(2, ParticipantRole::Reseller) };
            let aspects: Vec<_> = divergence(&owner, [&side].into_iter()).into_iter().map(|it| it.aspect).collect();
            prop_assert_eq!(aspects.is_empty(), own == other);
            prop_assert_eq!(aspects.contains(&DivergenceAspect::Outcome), outcome(own) != outcome(other));
        }
    }
}
