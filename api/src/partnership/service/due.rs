//! What the clock brings about: expired invitations and announced ends, each put on record once, by whoever comes first.
//!
//! Reads decide from the clock and do not wait for this; what it adds is the fact, in the trail and in the feeds.

use super::sides_of;
use crate::{
    event,
    op::{Failure, Fault, Op, Outcome, each_due},
    partnership::{
        event::PartnershipEvent,
        model::{InvitationStatus, Sides, end_is_due, expiry_is_due},
        policy::{ConcludePartnership, ExpireInvitation},
        store::{self, Overdue},
    },
};
use chrono::{DateTime, NaiveTime, Utc};
use entity::id::{PartnershipId, PartnershipInvitationId};

/// Puts at most `limit` invitations on record as expired, and says how many.
///
/// # Errors
/// The first fault; the others had their turn.
pub async fn expire_due_invitations(op: &Op, limit: u64) -> Result<usize, Fault> {
    let due = store::list_due_invitations(op, limit).await?;
    each_due(due, |id| async move { expire(op, id).await.map_err(Failure::into_fault) }).await
}

/// When the next invitation expires; none where none is open.
///
/// # Errors
/// Database faults.
pub async fn next_invitation_expiry(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    store::next_invitation_expiry(op).await
}

/// Puts on record what has expired and would stand in the way of another invitation, in the name of the clock: whoever
/// invites only came upon it.
///
/// # Errors
/// Database faults.
pub(super) async fn expire_overdue(op: &Op, of: Overdue<'_>) -> Outcome<()> {
    for id in store::list_overdue(op, of).await? {
        expire(&op.as_system(), id).await?;
    }
    Ok(())
}

async fn expire(op: &Op, id: PartnershipInvitationId) -> Outcome<bool> {
    let tx = op.db().begin().await?;
    // Answered, or put on record by another replica, since it was found.
    let found = store::find_invitation_in(&tx, op, id).await?;
    let Some(before) = found.filter(|invitation| expiry_is_due(invitation, op.now())) else { return Ok(false) };
    let permit = op.authorize::<ExpireInvitation>(id, &())?;
    let closing = store::Answer { status: InvitationStatus::Expired, partnership: None, reason: None, comment: None };
    let after = store::close_invitation_in(&tx, op, &permit, &before, closing).await?;
    event::record(&tx, op, PartnershipEvent::Answered { before: &before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Puts at most `limit` announced ends on record whose day has come, and says how many.
///
/// # Errors
/// The first fault; the others had their turn.
pub async fn conclude_due(op: &Op, limit: u64) -> Result<usize, Fault> {
    let due = store::list_due_ends(op, limit).await?;
    each_due(due, |id| async move { conclude(op, id).await.map_err(Failure::into_fault) }).await
}

/// When the next announced end comes: at midnight UTC; none where none was announced.
///
/// # Errors
/// Database faults.
pub async fn next_conclusion(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    Ok(store::next_end(op).await?.map(|day| day.and_time(NaiveTime::MIN).and_utc()))
}

async fn conclude(op: &Op, id: PartnershipId) -> Outcome<bool> {
    let tx = op.db().begin().await?;
    let found = store::find_in(&tx, op, id).await?;
    let Some(partnership) = found.filter(|partnership| end_is_due(partnership, op.today())) else { return Ok(false) };
    let permit = op.authorize::<ConcludePartnership>(id, &())?;
    let before = sides_of(&tx, partnership).await?;
    let partnership = store::conclude_in(&tx, op, &permit, &before.partnership).await?;
    let after = Sides { partnership, parties: before.parties.clone() };
    event::record(&tx, op, PartnershipEvent::Ended { before: &before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(true)
}
