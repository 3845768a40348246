//! The SQL of what waits for the answer of an organization.

use super::{
    invitation::{self as invitations, InvitationPosition},
    visible,
};
use crate::{
    cosell::model::{Invitation, Opportunity, ReviewStatus},
    op::{Fault, Op},
};
use entity::{id::OpportunityId, opportunity};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

/// The visible opportunities whose review waits for the actor's organization.
fn reviews(op: &Op) -> Select<opportunity::Entity> {
    let own = op.actor.organization();
    let to_review = Condition::all()
        .add(opportunity::Column::HostOrganizationId.eq(own))
        .add(opportunity::Column::ReviewStatus.is_in([ReviewStatus::Submitted, ReviewStatus::InReview]));
    let to_put_right = Condition::all()
        .add(opportunity::Column::OwnerOrganizationId.eq(own))
        .add(opportunity::Column::ReviewStatus.eq(ReviewStatus::ActionRequired));
    visible(op)
        .filter(opportunity::Column::ArchivedAt.is_null())
        .filter(Condition::any().add(to_review).add(to_put_right))
}

/// The invitations that wait for the actor's organization behind a position, soonest expiry first.
///
/// # Errors
/// Database faults.
pub async fn list_waiting(op: &Op, after: Option<InvitationPosition>, limit: u64) -> Result<Vec<Invitation>, Fault> {
    Ok(invitations::behind(invitations::waiting(op), after).limit(limit).all(op.db().read()).await?)
}

/// How many invitations wait for the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count_waiting(op: &Op) -> Result<u64, Fault> {
    Ok(invitations::waiting(op).count(op.db().read()).await?)
}

/// The opportunities behind this one whose review waits for the actor's organization, in the order of entry.
///
/// # Errors
/// Database faults.
pub async fn list_reviews(op: &Op, after: Option<OpportunityId>, limit: u64) -> Result<Vec<Opportunity>, Fault> {
    let mut query = reviews(op);
    if let Some(after) = after {
        query = query.filter(opportunity::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(opportunity::Column::Id).limit(limit).all(op.db().read()).await?)
}

/// How many opportunities [`list_reviews`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_reviews(op: &Op) -> Result<u64, Fault> {
    Ok(reviews(op).count(op.db().read()).await?)
}
