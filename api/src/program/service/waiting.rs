//! What waits for the answer of an organization. The inbox puts it together with what waits of other rooms.

use crate::{
    op::{Fault, Op},
    program::{model::Membership, store},
};
use entity::id::MembershipId;

/// At most `limit` memberships behind this one that the actor's organization was invited to and has not answered. An
/// invitation into a program does not expire.
///
/// # Errors
/// Database faults.
pub async fn list_memberships(op: &Op, after: Option<MembershipId>, limit: u64) -> Result<Vec<Membership>, Fault> {
    store::list_waiting(op, after, limit).await
}

/// How many memberships [`list_memberships`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_memberships(op: &Op) -> Result<u64, Fault> {
    store::count_waiting(op).await
}
