//! The SQL of snapshots: written once, never changed.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of snapshots")]

use super::visible_condition;
use crate::{
    cosell::model::{Opportunity, Snapshot, SnapshotTrigger},
    db,
    op::{Action, Fault, Op, Permit},
};
use entity::{
    id::{OpportunityId, OrganizationId, SnapshotId},
    opportunity, opportunity_snapshot as snapshot,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, Order, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

/// The position of a snapshot in the list of an opportunity: its id.
pub type SnapshotPosition = Uuid;

/// The snapshots that the actor may see: of opportunities that it sees, the owner all and the others what was shared with
/// them.
fn visible(op: &Op) -> Select<snapshot::Entity> {
    let own = op.actor.organization().unwrap_or(OrganizationId(Uuid::nil()));
    let ids = |condition: Condition| {
        opportunity::Entity::find().select_only().column(opportunity::Column::Id).filter(condition).into_query()
    };
    let seen = ids(visible_condition(&op.actor));
    let owned = ids(Condition::all().add(opportunity::Column::OwnerOrganizationId.eq(own)));
    snapshot::Entity::find().filter(snapshot::Column::OpportunityId.in_subquery(seen)).filter(
        Condition::any()
            .add(snapshot::Column::OrganizationId.eq(own))
            .add(snapshot::Column::OpportunityId.in_subquery(owned)),
    )
}

/// The visible snapshots with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_snapshots_by_ids(op: &Op, ids: &[SnapshotId]) -> Result<Vec<Snapshot>, Fault> {
    Ok(visible(op).filter(snapshot::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The newest `fetch` visible snapshots of each of these opportunities, behind `after` where it is given.
///
/// # Errors
/// Database faults.
pub async fn list_snapshots_of(
    op: &Op,
    ids: &[OpportunityId],
    after: Option<Uuid>,
    fetch: u64,
) -> Result<Vec<Snapshot>, Fault> {
    let mut rows = visible(op).filter(snapshot::Column::OpportunityId.is_in(ids.iter().copied()));
    if let Some(after) = after {
        rows = rows.filter(snapshot::Column::Id.lt(SnapshotId::from(after)));
    }
    let rows = db::first_of_each(rows, snapshot::Column::OpportunityId, snapshot::Column::Id, Order::Desc, fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// How many visible snapshots each of these opportunities has; those without one are missing.
///
/// # Errors
/// Database faults.
pub async fn count_snapshots_of(op: &Op, ids: &[OpportunityId]) -> Result<Vec<(OpportunityId, u64)>, Fault> {
    let counted: Vec<(OpportunityId, i64)> = visible(op)
        .filter(snapshot::Column::OpportunityId.is_in(ids.iter().copied()))
        .select_only()
        .column(snapshot::Column::OpportunityId)
        .column_as(snapshot::Column::Id.count(), "total")
        .group_by(snapshot::Column::OpportunityId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counted.into_iter().map(|(id, total)| (id, u64::try_from(total).unwrap_or_default())).collect())
}

/// What is shared with an organization now.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The organization.
    pub organization: OrganizationId,
    /// Who puts it on record.
    pub taken_by: OrganizationId,
    /// What for.
    pub trigger: SnapshotTrigger,
    /// The fields that are shared.
    pub fields: i32,
    /// Their values.
    pub payload: serde_json::Value,
}

/// Writes what is shared of `opportunity` now. The opportunity's row is locked, so the revisions have
/// no gap. Where nothing has changed since the last one, that one is given back and nothing is written.
///
/// # Errors
/// Database faults.
pub async fn insert_snapshot_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    opportunity: &Opportunity,
    taken: Taken,
) -> Result<(Snapshot, bool), Fault> {
    let last = snapshot::Entity::find()
        .filter(snapshot::Column::OpportunityId.eq(opportunity.id))
        .filter(snapshot::Column::OrganizationId.eq(taken.organization))
        .order_by_desc(snapshot::Column::Revision)
        .one(tx)
        .await?;
    let revision = last.as_ref().map_or(0, |last| last.revision) + 1;
    if let Some(last) = last
        && last.fields == taken.fields
        && last.payload == taken.payload
    {
        return Ok((last, false));
    }
    let row = snapshot::ActiveModel {
        id: Set(op.new_id()),
        opportunity_id: Set(opportunity.id),
        organization_id: Set(taken.organization),
        revision: Set(revision),
        opportunity_revision: Set(opportunity.revision),
        trigger: Set(taken.trigger),
        fields: Set(taken.fields),
        payload: Set(taken.payload),
        taken_by: Set(taken.taken_by),
        taken_at: Set(op.now()),
    };
    Ok((row.insert(tx).await?, true))
}
