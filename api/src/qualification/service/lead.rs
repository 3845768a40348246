//! What was qualified: accepted or dismissed.

use super::locked;
use crate::{
    event,
    op::{Op, Outcome, check, check_revision},
    qualification::{
        event::Decided,
        model::{
            COMMENT_MAX, QualifiedLead, QualifiedLeadDismissReason, accept as check_accept, dismiss as check_dismiss,
        },
        policy::WorkQualifiedLead,
        store::{self, LeadChange},
    },
};
use entity::id::QualifiedLeadId;

/// Begins to work on it.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` where it was decided on before.
pub async fn accept(op: &Op, id: QualifiedLeadId, expected_revision: Option<i32>) -> Outcome<QualifiedLead> {
    decide(op, id, expected_revision, LeadChange::Accept).await
}

/// Puts it aside for good: the same account with the same partner is not qualified by the same rule again.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for what was dismissed or converted, `TOO_LONG`.
pub async fn dismiss(
    op: &Op,
    id: QualifiedLeadId,
    reason: QualifiedLeadDismissReason,
    comment: Option<&str>,
    expected_revision: Option<i32>,
) -> Outcome<QualifiedLead> {
    let comment = check::optional_paragraph("input.comment", comment, COMMENT_MAX)?;
    decide(op, id, expected_revision, LeadChange::Dismiss(reason, comment)).await
}

async fn decide(
    op: &Op,
    id: QualifiedLeadId,
    expected_revision: Option<i32>,
    change: LeadChange,
) -> Outcome<QualifiedLead> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id).await?;
    let permit = op.authorize::<WorkQualifiedLead>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    match change {
        LeadChange::Accept => check_accept(&before)?,
        _ => check_dismiss(&before)?,
    }
    let after = store::update_lead_in(&tx, op, &permit, &before, change).await?;
    event::record(&tx, op, vec![Decided { before: &before, after: &after }.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}
