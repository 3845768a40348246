//! What becomes of a request that waits: accepted, declined or taken back.

use super::locked;
use crate::{
    db::{Claim, Tx, claim},
    event,
    introduction::{
        event::IntroductionEvent,
        model::{
            COMMENT_MAX, Introduction, IntroductionDeclineReason, accept as check_accept, cancel as check_cancel,
            decline as check_decline,
        },
        policy::{AnswerIntroduction, PursueIntroduction},
        store::{self, Change},
    },
    op::{Action, ErrorCode, Op, Outcome, Permit, Refusal, check, check_revision},
    partnership::service::are_partners_in,
};
use entity::id::IntroductionId;

/// Accepts a request: the receiver is going to introduce.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `EXPIRED`, `INVALID_STATE` where it was answered or taken back before,
/// and where the two are no partners any more, `TOO_LONG`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn accept(
    op: &Op,
    id: IntroductionId,
    comment: Option<&str>,
    expected_revision: Option<i32>,
    idempotency_key: Option<&str>,
) -> Outcome<Introduction> {
    op.signed_in()?;
    let comment = check::optional_paragraph("input.comment", comment, COMMENT_MAX)?;
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<AnswerIntroduction>(id, &before)?;
    let body = (id, &comment);
    let claimed = claim(&tx, op, before.receiver_id, "introductionAccept", idempotency_key, &body).await?;
    if matches!(claimed, Claim::Repeat(_)) {
        return Ok(before);
    }
    check_revision(expected_revision, before.revision)?;
    check_accept(&before, op.now())?;
    if !are_partners_in(&tx, op, before.asker_id, before.receiver_id).await? {
        let message = "Whoever asks and your organization are no partners any more.";
        return Err(Refusal::invalid_state(message).into());
    }
    end(tx, op, &permit, &before, Change::Accept(comment)).await
}

/// Declines a request.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `EXPIRED`, `INVALID_STATE`, `TOO_LONG`, `REQUIRED` for the comment of
/// the reason `OTHER`.
pub async fn decline(
    op: &Op,
    id: IntroductionId,
    reason: IntroductionDeclineReason,
    comment: Option<&str>,
    expected_revision: Option<i32>,
) -> Outcome<Introduction> {
    op.signed_in()?;
    let comment = check::optional_paragraph("input.comment", comment, COMMENT_MAX)?;
    if reason == IntroductionDeclineReason::Other && comment.is_none() {
        let message = "With the reason OTHER, say what it is.";
        return Err(Refusal::of("input.comment", ErrorCode::Required, message).into());
    }
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<AnswerIntroduction>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    check_decline(&before, op.now())?;
    end(tx, op, &permit, &before, Change::Decline(reason, comment)).await
}

/// Takes a request back that nobody has answered.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `EXPIRED`, `INVALID_STATE`.
pub async fn cancel(op: &Op, id: IntroductionId, expected_revision: Option<i32>) -> Outcome<Introduction> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<PursueIntroduction>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    check_cancel(&before, op.now())?;
    end(tx, op, &permit, &before, Change::Cancel).await
}

async fn end<A: Action<Resource = IntroductionId>>(
    tx: Tx,
    op: &Op,
    permit: &Permit<A>,
    before: &Introduction,
    change: Change,
) -> Outcome<Introduction> {
    let after = store::update_in(&tx, op, permit, before, change).await?;
    event::record(&tx, op, IntroductionEvent::Ended { before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(after)
}
