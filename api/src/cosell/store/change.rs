//! The SQL of edits that wait for a review to end. Only the owner sees them.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of pending changes")]

use super::visible_condition;
use crate::{
    cosell::model::{ContentPatch, Opportunity, PendingChange},
    op::{Action, Fault, Op, Permit},
};
use entity::{id::OpportunityId, opportunity, opportunity_change as change, value::ChangeStatus};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, QueryTrait,
};

/// The edits that wait, of those of these opportunities that the actor's organization owns and the actor sees.
///
/// # Errors
/// Database faults.
pub async fn list_pending(op: &Op, ids: &[OpportunityId]) -> Result<Vec<PendingChange>, Fault> {
    let Some(own) = op.actor.organization() else { return Ok(Vec::new()) };
    let owned = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .filter(visible_condition(&op.actor))
        .filter(opportunity::Column::OwnerOrganizationId.eq(own))
        .into_query();
    Ok(change::Entity::find()
        .filter(change::Column::OpenKey.is_in(ids.iter().copied()))
        .filter(change::Column::OpportunityId.in_subquery(owned))
        .all(op.db().read())
        .await?)
}

/// The edits of an opportunity that wait. Its row is locked.
///
/// # Errors
/// Database faults.
pub async fn find_pending_in(tx: &DatabaseTransaction, id: OpportunityId) -> Result<Option<PendingChange>, Fault> {
    Ok(change::Entity::find().filter(change::Column::OpenKey.eq(id)).one(tx).await?)
}

/// Keeps edits.
///
/// # Errors
/// Database faults.
pub async fn insert_change_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    opportunity: &Opportunity,
    patch: &ContentPatch,
) -> Result<PendingChange, Fault> {
    debug_assert_eq!(permit.resource(), opportunity.id, "the permit is for another opportunity");
    let row = change::ActiveModel {
        id: Set(op.new_id()),
        opportunity_id: Set(opportunity.id),
        open_key: Set(Some(opportunity.id)),
        organization_id: Set(opportunity.owner_organization_id),
        patch: Set(serde_json::to_value(patch).map_err(Fault::internal)?),
        status: Set(ChangeStatus::Pending),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        settled_at: Set(None),
    };
    Ok(row.insert(tx).await?)
}

/// Puts other edits in the place of those that wait.
///
/// # Errors
/// Database faults.
pub async fn update_change_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: PendingChange,
    patch: &ContentPatch,
) -> Result<PendingChange, Fault> {
    debug_assert_eq!(permit.resource(), before.opportunity_id, "the permit is for another opportunity");
    let mut row = before.into_active_model();
    row.patch = Set(serde_json::to_value(patch).map_err(Fault::internal)?);
    row.updated_at = Set(op.now());
    Ok(row.update(tx).await?)
}

/// Says what became of edits that waited.
///
/// # Errors
/// Database faults.
pub async fn settle_change_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: PendingChange,
    status: ChangeStatus,
) -> Result<PendingChange, Fault> {
    debug_assert_eq!(permit.resource(), before.opportunity_id, "the permit is for another opportunity");
    let mut row = before.into_active_model();
    row.status = Set(status);
    row.open_key = Set(None);
    row.settled_at = Set(Some(op.now()));
    Ok(row.update(tx).await?)
}
