//! The trail of several organizations at once, for lists; the rows themselves belong to `event`.

use crate::{
    event::{self, AuditEntry},
    op::{Fault, Op},
    organization::policy::sees_audit,
};
use entity::id::{AuditEntryId, OrganizationId};

/// The newest `fetch` entries of each of these organizations whose trail the actor may read.
///
/// # Errors
/// Database faults.
pub async fn list_audit_of(
    op: &Op,
    ids: &[OrganizationId],
    subject: Option<&str>,
    fetch: u64,
) -> Result<Vec<AuditEntry>, Fault> {
    event::list_audit_of_each(op, &readable(op, ids), subject, fetch).await
}

/// How many entries there are, by organization whose trail the actor may read.
///
/// # Errors
/// Database faults.
pub async fn count_audit_of(
    op: &Op,
    ids: &[OrganizationId],
    subject: Option<&str>,
) -> Result<Vec<(OrganizationId, u64)>, Fault> {
    event::count_audit_of_each(op, &readable(op, ids), subject).await
}

/// The entries with these ids in trails that the actor may read.
///
/// # Errors
/// Database faults.
pub async fn find_audit(op: &Op, ids: &[AuditEntryId]) -> Result<Vec<AuditEntry>, Fault> {
    let mut found = event::find_audit(op, ids).await?;
    found.retain(|entry| sees_audit(&op.actor, entry.organization_id));
    Ok(found)
}

fn readable(op: &Op, ids: &[OrganizationId]) -> Vec<OrganizationId> {
    ids.iter().copied().filter(|id| sees_audit(&op.actor, *id)).collect()
}
