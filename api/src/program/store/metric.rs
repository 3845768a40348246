//! The SQL of measured values.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use crate::{
    op::{Fault, Op, Permit},
    program::{
        model::{MetricDraft, MetricValue, Role},
        policy::DecideMembership,
    },
};
use entity::{id::MembershipId, membership, membership_metric, program};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::OnConflict,
};

/// The values of the ones among these memberships that the actor takes part in: as the member or as the host.
///
/// # Errors
/// Database faults.
pub async fn list_metrics(op: &Op, memberships: &[MembershipId]) -> Result<Vec<MetricValue>, Fault> {
    let mut query = membership_metric::Entity::find()
        .filter(membership_metric::Column::MembershipId.is_in(memberships.iter().copied()));
    if !op.actor.operates(Role::Viewer) {
        let Some(own) = op.actor.organization() else { return Ok(Vec::new()) };
        let hosted = program::Entity::find()
            .select_only()
            .column(program::Column::Id)
            .filter(program::Column::OrganizationId.eq(own))
            .into_query();
        let sides = membership::Entity::find()
            .select_only()
            .column(membership::Column::Id)
            .filter(
                Condition::any()
                    .add(membership::Column::OrganizationId.eq(own))
                    .add(membership::Column::ProgramId.in_subquery(hosted)),
            )
            .into_query();
        query = query.filter(membership_metric::Column::MembershipId.in_subquery(sides));
    }
    Ok(query.order_by_asc(membership_metric::Column::AsOf).all(op.db().read()).await?)
}

/// Writes a value, replacing the one of the same day, and gives the value before.
///
/// # Errors
/// Database faults.
pub async fn record_metric_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<DecideMembership>,
    draft: &MetricDraft,
) -> Result<Option<i64>, Fault> {
    use membership_metric::Column as C;
    let key = (permit.resource(), draft.metric, draft.key.clone(), draft.as_of);
    let before = membership_metric::Entity::find_by_id(key).one(tx).await?;
    let row = membership_metric::ActiveModel {
        membership_id: Set(permit.resource()),
        metric: Set(draft.metric),
        key: Set(draft.key.clone()),
        as_of: Set(draft.as_of),
        value: Set(draft.value),
        recorded_at: Set(op.now()),
    };
    membership_metric::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([C::MembershipId, C::Metric, C::Key, C::AsOf])
                .update_columns([C::Value, C::RecordedAt])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(before.map(|row| row.value))
}
