//! The SQL of what waits for the answer of an organization.

use super::membership::{has_status, visible};
use crate::{
    op::{Fault, Op},
    program::model::{Membership, MembershipStatus},
};
use entity::{id::MembershipId, membership};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

/// The visible memberships that the actor's organization was invited to; none where it acts for none.
fn waiting(op: &Op) -> Select<membership::Entity> {
    visible(op)
        .filter(membership::Column::OrganizationId.eq(op.actor.organization()))
        .filter(has_status(MembershipStatus::Invited, op.today()))
}

/// The memberships behind this one that wait for the answer of the actor's organization, in the order of entry.
///
/// # Errors
/// Database faults.
pub async fn list_waiting(op: &Op, after: Option<MembershipId>, limit: u64) -> Result<Vec<Membership>, Fault> {
    let mut query = waiting(op);
    if let Some(after) = after {
        query = query.filter(membership::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(membership::Column::Id).limit(limit).all(op.db().read()).await?)
}

/// How many memberships [`list_waiting`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_waiting(op: &Op) -> Result<u64, Fault> {
    Ok(waiting(op).count(op.db().read()).await?)
}
