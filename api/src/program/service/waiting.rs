//! What waits for the answer of an organization. The inbox puts it together with what waits of other rooms.

use crate::{
    op::{Fault, Op},
    program::{
        model::Membership,
        store::{self, WaitsFor},
    },
};
use entity::id::MembershipId;

/// At most `limit` memberships behind this one that wait for the actor's organization, in the order of their ids:
/// invitations that it has not answered, and applications to programs that it runs. Neither expires.
///
/// # Errors
/// Database faults.
pub async fn list_memberships(op: &Op, after: Option<MembershipId>, limit: u64) -> Result<Vec<Membership>, Fault> {
    let mut memberships = store::list_waiting(op, WaitsFor::Invited, after, limit).await?;
    memberships.extend(store::list_waiting(op, WaitsFor::Host, after, limit).await?);
    memberships.sort_by_key(|membership| membership.id);
    memberships.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(memberships)
}

/// How many memberships [`list_memberships`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_memberships(op: &Op) -> Result<u64, Fault> {
    let invitations = store::count_waiting(op, WaitsFor::Invited).await?;
    let applications = store::count_waiting(op, WaitsFor::Host).await?;
    Ok(invitations + applications)
}
