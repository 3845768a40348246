//! What the clock does to memberships, put on record once by whoever comes first: an expiry that has come, a demotion whose
//! grace period is over, a tier that was assigned for a later day.
//!
//! Reads decide from the clock and do not wait for this; what it adds is the fact.

use super::record::hold;
use crate::{
    op::{Failure, Fault, Op, Outcome, each_due},
    program::{event::MembershipChange, policy::SettleMembership, store},
};
use chrono::{DateTime, NaiveTime, Utc};
use entity::id::MembershipId;

/// Settles at most `limit` memberships whose day has come, and says how many.
///
/// # Errors
/// The first fault; the others had their turn.
pub async fn settle_due(op: &Op, limit: u64) -> Result<usize, Fault> {
    let due = store::list_due_memberships(op, limit).await?;
    each_due(due, |id| async move { settle(op, id).await.map_err(Failure::into_fault) }).await
}

/// When the next membership has something to settle: at midnight UTC; none where nothing is planned.
///
/// # Errors
/// Database faults.
pub async fn next_settlement(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    Ok(store::next_due_day(op).await?.map(|day| day.and_time(NaiveTime::MIN).and_utc()))
}

async fn settle(op: &Op, id: MembershipId) -> Outcome<bool> {
    let tx = op.db().begin().await?;
    let held = hold(&tx, op, id).await?;
    // Somebody changed it, or another replica settled it, since it was found.
    if held.due.is_empty() {
        return Ok(false);
    }
    let permit = op.authorize::<SettleMembership>(id, &())?;
    let after = held.membership.clone();
    held.finish(tx, op, &permit, MembershipChange::CameDue, after, Vec::new()).await?;
    Ok(true)
}
