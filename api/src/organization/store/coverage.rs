//! What organizations cover.

use crate::{
    op::{Fault, Op, Permit},
    organization::{
        model::{Coverage, CoverageKind, CoverageLine, gather},
        policy::SetCoverage,
    },
};
use entity::{coverage, id::OrganizationId};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

/// What these organizations cover, ordered by kind and value.
///
/// # Errors
/// Database faults.
pub async fn list_coverage(op: &Op, ids: &[OrganizationId]) -> Result<Vec<CoverageLine>, Fault> {
    Ok(coverage::Entity::find()
        .filter(coverage::Column::OrganizationId.is_in(ids.iter().copied()))
        .order_by_asc(coverage::Column::Kind)
        .order_by_asc(coverage::Column::Value)
        .all(op.db().read())
        .await?)
}

/// What an organization covers of these kinds, inside a transaction.
///
/// # Errors
/// Database faults.
pub async fn coverage_in(
    tx: &DatabaseTransaction,
    id: OrganizationId,
    kinds: Vec<CoverageKind>,
) -> Result<Coverage, Fault> {
    let rows = coverage::Entity::find()
        .filter(coverage::Column::OrganizationId.eq(id))
        .filter(coverage::Column::Kind.is_in(kinds))
        .all(tx)
        .await?;
    Ok(gather(rows))
}

/// Replaces the sets of the kinds in `wanted`.
///
/// # Errors
/// Database faults.
pub async fn set_coverage_in(
    tx: &DatabaseTransaction,
    permit: &Permit<SetCoverage>,
    wanted: &Coverage,
) -> Result<(), Fault> {
    coverage::Entity::delete_many()
        .filter(coverage::Column::OrganizationId.eq(permit.resource()))
        .filter(coverage::Column::Kind.is_in(wanted.keys().copied()))
        .exec(tx)
        .await?;
    let rows: Vec<_> = wanted
        .iter()
        .flat_map(|(kind, words)| words.iter().map(move |word| (*kind, word.clone())))
        .map(|(kind, value)| coverage::ActiveModel {
            organization_id: Set(permit.resource()),
            kind: Set(kind),
            value: Set(value),
        })
        .collect();
    if !rows.is_empty() {
        coverage::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
