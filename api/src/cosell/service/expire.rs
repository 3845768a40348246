//! Invitations whose time has run out are written down as expired, so that their sides learn of it. Whether one has
//! expired is decided by the clock when it is read; nothing is wrong where this runs late.

use super::sides_of;
use crate::{
    cosell::{event::OpportunityEvent, model::expiry_is_due, store},
    event,
    op::{Fault, Op, each_due},
};
use chrono::{DateTime, Utc};
use entity::{
    alert::AlertChange,
    id::{InvitationId, OpportunityId},
};

/// Writes down the invitations whose time has run out, soonest first, at most `limit`: each in a transaction of its own
/// that locks it and looks again, so that of any number of replicas exactly one does it. The fact is the system's. Gives
/// how many this call wrote down.
///
/// # Errors
/// The first database fault; the others had their turn.
pub async fn expire_due_invitations(op: &Op, limit: u64) -> Result<usize, Fault> {
    expire_all(op, store::find_due(op, None, limit).await?).await
}

/// When the next invitation expires, or did: when [`expire_due_invitations`] has something to do.
///
/// # Errors
/// Database faults.
pub async fn next_invitation_expiry(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    store::find_next_expiry(op).await
}

/// The same for one opportunity.
pub(super) async fn expire_due_of(op: &Op, opportunity: OpportunityId) -> Result<usize, Fault> {
    expire_all(op, store::find_due(op, Some(opportunity), super::super::model::OPEN_INVITATIONS_MAX).await?).await
}

async fn expire_all(op: &Op, due: Vec<(InvitationId, OpportunityId)>) -> Result<usize, Fault> {
    each_due(due, |(invitation, opportunity)| expire(op, invitation, opportunity)).await
}

/// Whether this call wrote it down; another may have been faster, or somebody may have answered.
async fn expire(op: &Op, id: InvitationId, opportunity: OpportunityId) -> Result<bool, Fault> {
    let system = op.as_system();
    let tx = op.db().begin().await?;
    let Some(opportunity) = store::lock_opportunity_in(&tx, opportunity).await? else { return Ok(false) };
    let Some(before) = store::lock_invitation_in(&tx, id).await? else { return Ok(false) };
    if !expiry_is_due(&before, op.now()) {
        return Ok(false);
    }
    let sides = sides_of(&tx, opportunity).await?;
    let invitation = store::expire_in(&tx, op, &before).await?;
    let event = OpportunityEvent::Closed { sides: &sides, invitation: &invitation, change: AlertChange::Expired };
    event::record(&tx, &system, event.facts()).await?;
    tx.commit().await?;
    Ok(true)
}
