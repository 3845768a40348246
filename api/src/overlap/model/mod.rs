//! The values and rules of overlaps. Pure.

mod fit;
mod note;
mod outcome;
mod play;
mod reason;
mod reveal;

pub use entity::{
    benefit_play::BenefitPlayKind,
    mapping_run::{MappingRunKind, MappingRunState},
    overlap::MatchConfidence,
    overlap_dispute::{DisputeStatus, DisputeVerdict},
};
pub use fit::{Fit, FitCell, FitPosition, FitSort, fit_position};
pub use note::{About, NOTES_MAX, OVERLAP_NOTE_MAX, OverlapNote};
pub use outcome::{Begin, End, Found, Layout, Outcome, Standing, Verdicts, lay_out, outcome, withdrawn};
pub use play::{BenefitPlay, PLAY_TEXT_MAX, PlayDraft, StoredPlay, default_play, matrix, play_of};
pub use reason::{DISPUTE, ReasonKind, reasons};
pub use reveal::{Counts, OverlapReason, Revealed, counts, is_by_mail, part, shown_bits, shown_reasons, still_shown};

use crate::op::{ErrorCode, Refusal};

/// What came of comparing two lists.
pub type MappingResult = entity::mapping_result::Model;
/// One comparison of two lists.
pub type MappingRun = entity::mapping_run::Model;
/// Two accounts that are taken for the same company.
pub type Overlap = entity::overlap::Model;
/// The word of one side against what was found.
pub type OverlapDispute = entity::overlap_dispute::Model;
/// An account, as it is read here.
pub type Account = entity::account::Model;

/// Characters of a dispute's note, and of its answer, at most.
pub const NOTE_MAX: usize = 500;
/// Found and lost overlaps of a run up to which each is told by itself.
pub const TOLD_MAX: usize = 100;

impl From<matching::Confidence> for Sureness {
    fn from(confidence: matching::Confidence) -> Self {
        Self(match confidence {
            matching::Confidence::Possible => MatchConfidence::Possible,
            matching::Confidence::Likely => MatchConfidence::Likely,
            matching::Confidence::Certain => MatchConfidence::Certain,
        })
    }
}

/// A confidence of the engine as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sureness(pub MatchConfidence);

/// A run that may be stopped.
///
/// # Errors
/// [`ErrorCode::InvalidState`] for one that has come to its end.
pub fn cancel(run: &MappingRun) -> Result<(), Refusal> {
    match run.state {
        MappingRunState::Queued | MappingRunState::Running => Ok(()),
        MappingRunState::Done | MappingRunState::Failed | MappingRunState::Canceled => {
            Err(Refusal::invalid_state("The run has come to its end."))
        }
    }
}

/// A dispute that may be answered.
///
/// # Errors
/// [`ErrorCode::InvalidState`] for one that was answered or taken back.
pub fn answer(dispute: &OverlapDispute) -> Result<(), Refusal> {
    match dispute.status {
        DisputeStatus::Open => Ok(()),
        _ => Err(Refusal::invalid_state("The dispute was answered or taken back.")),
    }
}

/// A dispute that may be taken back.
///
/// # Errors
/// [`ErrorCode::InvalidState`] for one that no longer holds.
pub fn withdraw(dispute: &OverlapDispute) -> Result<(), Refusal> {
    if holds(dispute.status) { Ok(()) } else { Err(Refusal::invalid_state("The dispute no longer holds.")) }
}

/// Whether a dispute is in effect.
#[must_use]
pub fn holds(status: DisputeStatus) -> bool {
    matches!(status, DisputeStatus::Open | DisputeStatus::Agreed)
}

/// The refusal of a second dispute about the same two accounts.
#[must_use]
pub fn disputed_already() -> Refusal {
    let message = "There is a dispute about these two accounts that holds. Answer it, or take it back first.";
    Refusal::of("", ErrorCode::AlreadyExists, message)
}
