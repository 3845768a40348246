//! What the clock brings about: proposals that nobody answered and mappings whose time is over, each put on record once,
//! by whoever comes first. Reads decide from the clock and do not wait for this.

use super::exploratory::write_step;
use crate::{
    op::{Failure, Fault, Op, Outcome, each_due},
    sharing::{model::conclusion_due, policy::ConcludeMapping, store},
};
use chrono::{DateTime, Utc};
use entity::id::{ExploratoryMappingId, OrganizationId};

/// Puts at most `limit` mappings on record as expired or ended, and says how many.
///
/// # Errors
/// The first fault; the others had their turn.
pub async fn conclude_due(op: &Op, limit: u64) -> Result<usize, Fault> {
    let due = store::list_due(op, limit).await?;
    each_due(due, |id| async move { conclude(op, id).await.map_err(Failure::into_fault) }).await
}

/// When the next mapping expires or ends; none where none is open and none runs.
///
/// # Errors
/// Database faults.
pub async fn next_conclusion(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    store::next_due(op).await
}

/// Puts on record what is over and would stand in the way of another mapping of the two, in the name of the clock: whoever
/// proposes only came upon it.
///
/// # Errors
/// Database faults.
pub(super) async fn conclude_overdue(op: &Op, one: OrganizationId, other: OrganizationId) -> Outcome<()> {
    for id in store::list_overdue(op, one, other).await? {
        conclude(&op.as_system(), id).await?;
    }
    Ok(())
}

async fn conclude(op: &Op, id: ExploratoryMappingId) -> Outcome<bool> {
    let Some(found) = store::list_mappings_by_ids(op, &[id]).await?.pop() else { return Ok(false) };
    let tx = op.db().begin().await?;
    store::lock_organizations_in(&tx, [found.inviter_id, found.invitee_id]).await?;
    // Answered, or put on record by another replica, since it was found.
    let Some(before) = store::find_mapping_in(&tx, op, id).await? else { return Ok(false) };
    let Some(status) = conclusion_due(&before, op.now()) else { return Ok(false) };
    let permit = op.authorize::<ConcludeMapping>(id, &())?;
    write_step(&tx, op, &permit, &before, status).await?;
    tx.commit().await?;
    Ok(true)
}
