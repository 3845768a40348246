//! Which alerts of a feed a reader wants. Pure; the store has the same rule as SQL, and a test holds them together.

use super::Alert;
use entity::{alert::AlertKind, id::OpportunityId, value::OpportunityStage};

/// Which alerts a reader wants: those that all given parts agree on. An empty list wants none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AlertFilter {
    /// About one of these kinds.
    pub kinds: Option<Vec<AlertKind>>,
    /// Concerning this opportunity.
    pub opportunity: Option<OpportunityId>,
    /// Concerning an opportunity that was in one of these stages after the fact, the owner's. What is restricted passes
    /// unless none is wanted: whether it does would tell the stage to those who may not know it.
    pub stages: Option<Vec<OpportunityStage>>,
}

impl AlertFilter {
    /// Whether the reader wants every alert.
    #[must_use]
    pub fn wants_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the reader wants this alert.
    #[must_use]
    pub fn matches(&self, alert: &Alert) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&alert.kind))
            && self.opportunity.is_none_or(|wanted| alert.opportunity_id == Some(wanted))
            && self.stages.as_ref().is_none_or(|stages| in_stage(stages, alert))
    }
}

fn in_stage(stages: &[OpportunityStage], alert: &Alert) -> bool {
    !stages.is_empty() && (alert.restricted || alert.stage.is_some_and(|stage| stages.contains(&stage)))
}
