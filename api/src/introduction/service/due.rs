//! What the clock brings about: a request that nobody answered in time. Reads decide from the clock and do not wait for
//! this; what it adds is the facts, and room for another request.

use crate::{
    event,
    introduction::{
        event::IntroductionEvent,
        policy::ExpireIntroduction,
        store::{self, Change},
    },
    op::{Failure, Fault, Op, Outcome, each_due},
};
use chrono::{DateTime, Utc};
use entity::id::{IntroductionId, OrganizationId};

/// Requests of one asker that are put on record before it sends another one; the engine comes by for more.
const OVERDUE_AT_ONCE: u64 = 100;

/// Puts at most `limit` requests on record as expired, each in a transaction of its own, and says how many. Any number of
/// replicas may do so at once: each request is put on record by one.
///
/// # Errors
/// The first fault; the others had their turn.
pub async fn expire_due(op: &Op, limit: u64) -> Result<usize, Fault> {
    expire_all(op, store::list_due(op, None, limit).await?).await
}

/// When the next request runs out; none where none waits.
///
/// # Errors
/// Database faults.
pub async fn next_expiry(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    store::next_expiry(op).await
}

/// Puts the overdue requests of an asker on record, in the name of the clock.
pub(super) async fn expire_overdue_of(op: &Op, asker: OrganizationId) -> Result<(), Fault> {
    let due = store::list_due(op, Some(asker), OVERDUE_AT_ONCE).await?;
    if !due.is_empty() {
        expire_all(op, due).await?;
    }
    Ok(())
}

async fn expire_all(op: &Op, due: Vec<IntroductionId>) -> Result<usize, Fault> {
    let op = &op.as_system();
    each_due(due, |id| async move { expire(op, id).await.map_err(Failure::into_fault) }).await
}

async fn expire(op: &Op, id: IntroductionId) -> Outcome<bool> {
    let tx = op.db().begin().await?;
    // Answered, taken back, or in the hands of another replica since it was found.
    let Some(before) = store::find_due_in(&tx, op.now(), id).await? else { return Ok(false) };
    let permit = op.authorize::<ExpireIntroduction>(id, &())?;
    let after = store::update_in(&tx, op, &permit, &before, Change::Expire).await?;
    event::record(&tx, op, IntroductionEvent::Ended { before: &before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(true)
}
