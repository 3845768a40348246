//! What a receiver does with a lead.

use super::{locked, own_step, route, write::body};
use crate::{
    db::{Claim, Tx, claim},
    event,
    lead::{
        event::LeadEvent,
        model::{
            COMMENT_MAX, LeadDeclineReason, LeadStatus, LeadStepState, Seen, accept as check_accept,
            decline as check_decline,
        },
        policy::WorkLead,
        store::{self, Change, StepChange},
    },
    op::{ErrorCode, Op, Outcome, Refusal, check, check_revision},
    partnership::service::are_partners_in,
};
use entity::id::LeadId;

/// Whether a retry of `mutation` on a lead that was done before is this one.
///
/// # Errors
/// Those of [`claim`].
pub(super) async fn is_repeat(
    tx: &Tx,
    op: &Op,
    seen: &Seen,
    mutation: &'static str,
    idempotency_key: Option<&str>,
) -> Outcome<bool> {
    let claimed = claim(tx, op, seen.viewer(), mutation, idempotency_key, &body(seen.lead.id)).await?;
    Ok(matches!(claimed, Claim::Repeat(_)))
}

/// Accepts a lead: from now on the receiver reads all of it.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `EXPIRED`, `INVALID_STATE` where it was answered or taken back before,
/// and where the two are no partners any more, `IDEMPOTENCY_KEY_REUSED`.
pub async fn accept(
    op: &Op,
    id: LeadId,
    expected_revision: Option<i32>,
    idempotency_key: Option<&str>,
) -> Outcome<Seen> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let seen = locked(&tx, op, id).await?;
    let permit = op.authorize::<WorkLead>(id, &seen)?;
    if is_repeat(&tx, op, &seen, "leadAccept", idempotency_key).await? {
        return Ok(seen);
    }
    check_revision(expected_revision, seen.lead.revision)?;
    check_accept(&seen, op.now())?;
    if !are_partners_in(&tx, op, seen.lead.organization_id, seen.viewer()).await? {
        return Err(Refusal::invalid_state("The sender and your organization are no partners any more.").into());
    }
    let reached = StepChange::Reach(LeadStepState::Accepted);
    let step = store::update_step_in(&tx, op, &permit, own_step(&seen)?, reached).await?;
    store::skip_waiting_in(&tx, &permit, &seen.lead).await?;
    let after = store::update_in(&tx, op, &permit, &seen.lead, Change::Reach(LeadStatus::Accepted)).await?;
    event::record(&tx, op, LeadEvent::Accepted { after: &after, step: &step }.facts()).await?;
    tx.commit().await?;
    Ok(Seen { lead: after, step: Some(step) })
}

/// Declines a lead, or gives up one that was accepted. A lead that was declined before anybody accepted it goes on to the
/// next receiver.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `EXPIRED`, `INVALID_STATE`, `TOO_LONG`, `REQUIRED` for the comment of
/// the reason `OTHER`.
pub async fn decline(
    op: &Op,
    id: LeadId,
    reason: LeadDeclineReason,
    comment: Option<&str>,
    expected_revision: Option<i32>,
) -> Outcome<Seen> {
    op.signed_in()?;
    let comment = check::optional_paragraph("input.comment", comment, COMMENT_MAX)?;
    if reason == LeadDeclineReason::Other && comment.is_none() {
        let message = "With the reason OTHER, say what it is.";
        return Err(Refusal::of("input.comment", ErrorCode::Required, message).into());
    }
    let tx = op.db().begin().await?;
    let seen = locked(&tx, op, id).await?;
    let permit = op.authorize::<WorkLead>(id, &seen)?;
    check_revision(expected_revision, seen.lead.revision)?;
    check_decline(&seen, op.now())?;
    let declined = StepChange::Decline(reason, comment);
    let step = store::update_step_in(&tx, op, &permit, own_step(&seen)?, declined).await?;
    let (after, next) = route::pass_on(&tx, op, &permit, &seen.lead, LeadStatus::Declined).await?;
    let passed = LeadEvent::Passed { after: &after, step: &step, next: next.as_ref() };
    event::record(&tx, op, passed.facts()).await?;
    tx.commit().await?;
    Ok(Seen { lead: after, step: Some(step) })
}
