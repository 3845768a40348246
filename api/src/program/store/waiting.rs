//! The SQL of what waits for the answer of an organization.

use super::membership::{has_status, hosted_by, visible};
use crate::{
    op::{Fault, Op},
    program::model::{Membership, MembershipStatus},
};
use entity::{id::MembershipId, membership};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

/// Whose answer a membership waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    /// The organization that was invited into the program.
    Invited,
    /// The host of the program that an organization applied to.
    Host,
}

/// The visible memberships that wait for the actor's organization; none where it acts for none. Each side is found by an
/// index of its own, which one condition for both would keep PostgreSQL from using.
fn waiting(op: &Op, whom: WaitsFor) -> Option<Select<membership::Entity>> {
    let own = op.actor.organization()?;
    let memberships = match whom {
        WaitsFor::Invited => visible(op)
            .filter(membership::Column::OrganizationId.eq(own))
            .filter(has_status(MembershipStatus::Invited, op.today())),
        WaitsFor::Host => visible(op)
            .filter(membership::Column::ProgramId.in_subquery(hosted_by(own)))
            .filter(has_status(MembershipStatus::Applied, op.today())),
    };
    Some(memberships)
}

/// The memberships behind this one that wait for the answer of the actor's organization, in the order of entry.
///
/// # Errors
/// Database faults.
pub async fn list_waiting(
    op: &Op,
    whom: WaitsFor,
    after: Option<MembershipId>,
    limit: u64,
) -> Result<Vec<Membership>, Fault> {
    let Some(mut query) = waiting(op, whom) else { return Ok(Vec::new()) };
    if let Some(after) = after {
        query = query.filter(membership::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(membership::Column::Id).limit(limit).all(op.db().read()).await?)
}

/// How many memberships [`list_waiting`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_waiting(op: &Op, whom: WaitsFor) -> Result<u64, Fault> {
    match waiting(op, whom) {
        Some(query) => Ok(query.count(op.db().read()).await?),
        None => Ok(0),
    }
}
