//! What waits for the answer of an organization. The inbox puts it together with what waits of other rooms.

use crate::{
    op::{Fault, Op},
    partnership::{
        model::{Invitation, InvitationStatus},
        store::{self, InvitationDirection, InvitationPosition},
    },
};

/// At most `limit` invitations that wait for the actor's organization behind a position, soonest expiry first; none for an
/// actor without an organization.
///
/// # Errors
/// Database faults.
pub async fn list_waiting_invitations(
    op: &Op,
    after: Option<InvitationPosition>,
    limit: u64,
) -> Result<Vec<Invitation>, Fault> {
    match op.actor.organization() {
        Some(own) => store::list_waiting(op, own, after, limit).await,
        None => Ok(Vec::new()),
    }
}

/// How many invitations wait for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count_waiting_invitations(op: &Op) -> Result<u64, Fault> {
    let pending = Some(InvitationStatus::Pending);
    match op.actor.organization() {
        Some(own) => store::count_invitations(op, own, InvitationDirection::Received, pending).await,
        None => Ok(0),
    }
}
