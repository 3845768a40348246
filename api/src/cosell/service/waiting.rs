//! What waits for the answer of an organization. The inbox puts it together with what waits of other rooms.

use crate::{
    cosell::{
        model::{Invitation, Opportunity},
        store::{self, InvitationPosition},
    },
    op::{Fault, Op},
};
use entity::id::OpportunityId;

/// At most `limit` invitations that wait for the actor's organization behind a position, soonest expiry first.
///
/// # Errors
/// Database faults.
pub async fn list_waiting_invitations(
    op: &Op,
    after: Option<InvitationPosition>,
    limit: u64,
) -> Result<Vec<Invitation>, Fault> {
    store::list_waiting(op, after, limit).await
}

/// How many invitations wait for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count_waiting_invitations(op: &Op) -> Result<u64, Fault> {
    store::count_waiting(op).await
}

/// At most `limit` opportunities behind this one that wait for a review by the actor's organization, or for it to put them
/// right.
///
/// # Errors
/// Database faults.
pub async fn list_reviews(op: &Op, after: Option<OpportunityId>, limit: u64) -> Result<Vec<Opportunity>, Fault> {
    store::list_reviews(op, after, limit).await
}

/// How many opportunities [`list_reviews`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_reviews(op: &Op) -> Result<u64, Fault> {
    store::count_reviews(op).await
}
