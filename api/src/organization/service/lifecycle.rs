//! The lifecycle: decisions of the operator.

use super::locked;
use crate::{
    event,
    op::{Op, Outcome, Refusal, check},
    organization::{
        event::OrganizationEvent,
        model::{Organization, OrganizationStatus, REASON_MAX, may_become},
        policy::DecideOrganization,
        store,
    },
};
use entity::id::OrganizationId;

/// Lets an applicant in, or a suspended organization take part again.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn activate(op: &Op, id: OrganizationId) -> Outcome<Organization> {
    decide(op, id, OrganizationStatus::Active, None).await
}

/// Suspends an organization: it reads, but changes nothing, and has no public page.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn suspend(op: &Op, id: OrganizationId, reason: &str) -> Outcome<Organization> {
    let reason = check::paragraph("input.reason", reason, REASON_MAX)?;
    decide(op, id, OrganizationStatus::Suspended, Some(reason)).await
}

/// Ends an organization for good: its people and keys are out at once. What it did stays on record.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn terminate(op: &Op, id: OrganizationId, reason: &str) -> Outcome<Organization> {
    let reason = check::paragraph("input.reason", reason, REASON_MAX)?;
    decide(op, id, OrganizationStatus::Terminated, Some(reason)).await
}

async fn decide(op: &Op, id: OrganizationId, to: OrganizationStatus, reason: Option<String>) -> Outcome<Organization> {
    let tx = op.db().begin().await?;
    let before = locked(&tx, op, id, "id").await?;
    let permit = op.authorize::<DecideOrganization>(id, &before)?;
    if !may_become(before.status, to) {
        return Err(Refusal::invalid_state("The organization's present state does not allow this.").into());
    }
    if before.operator {
        // Nobody could take it back: those who may are its own people.
        return Err(Refusal::invalid_state("This organization runs the installation.").into());
    }
    let after = store::set_status_in(&tx, op, &permit, &before, to, reason).await?;
    event::record(&tx, op, vec![OrganizationEvent::StatusChanged { before: &before, after: &after }.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}
