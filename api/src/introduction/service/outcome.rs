//! What came of a request that was accepted, in the word of either side; the last one counts.

use super::locked;
use crate::{
    event,
    introduction::{
        event::IntroductionEvent,
        model::{COMMENT_MAX, Introduction, IntroductionOutcome, happened_on, record_outcome as check_outcome},
        policy::ConcludeIntroduction,
        store::{self, Change},
    },
    op::{ErrorCode, Op, Outcome, Refusal, check, check_revision},
};
use chrono::NaiveDate;
use entity::id::IntroductionId;

/// What somebody says came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concluding {
    /// What.
    pub outcome: IntroductionOutcome,
    /// In words, which both sides read.
    pub note: Option<String>,
    /// On which day; today where it is not given.
    pub happened_on: Option<NaiveDate>,
}

/// Says what came of a request, in the name of the actor's side.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for what was not accepted, `OUT_OF_RANGE`, `TOO_LONG`,
/// `REQUIRED` for the note of the outcome `OTHER`.
pub async fn record_outcome(
    op: &Op,
    id: IntroductionId,
    said: Concluding,
    expected_revision: Option<i32>,
) -> Outcome<Introduction> {
    let own = op.own_organization()?;
    let note = check::optional_paragraph("input.note", said.note.as_deref(), COMMENT_MAX)?;
    if said.outcome == IntroductionOutcome::Other && note.is_none() {
        let message = "With the outcome OTHER, say what it is.";
        return Err(Refusal::of("input.note", ErrorCode::Required, message).into());
    }
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<ConcludeIntroduction>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    check_outcome(&before)?;
    let on = happened_on(&before, said.happened_on, op.today())?;
    let change = Change::Conclude { outcome: said.outcome, note, on, by: own };
    let after = store::update_in(&tx, op, &permit, &before, change).await?;
    event::record(&tx, op, IntroductionEvent::Concluded { before: &before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(after)
}
