//! The SQL of reading runs. Whether their reader may see them is asked after.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of reading runs")]

use crate::{
    op::{Fault, Op},
    overlap::model::MappingRun,
};
use entity::{
    id::{MappingPairId, MappingRunId},
    mapping_pair as pair, mapping_run as run,
};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::SelectStatement,
};

/// The run with this id, as it is in the transaction.
///
/// # Errors
/// Database faults.
pub async fn find_run_in(tx: &DatabaseTransaction, id: MappingRunId) -> Result<Option<MappingRun>, Fault> {
    Ok(run::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// The runs with these ids whose pairs are still open, in no order; whether their reader may see them is asked after.
///
/// # Errors
/// Database faults.
pub async fn list_runs_by_ids(op: &Op, ids: &[MappingRunId]) -> Result<Vec<MappingRun>, Fault> {
    let open = open_pairs();
    Ok(run::Entity::find()
        .filter(run::Column::Id.is_in(ids.iter().copied()))
        .filter(run::Column::PairId.in_subquery(open))
        .all(op.db().read())
        .await?)
}

fn open_pairs() -> SelectStatement {
    pair::Entity::find().select_only().column(pair::Column::Id).into_query()
}

/// How many runs of some pairs there are.
///
/// # Errors
/// Database faults.
pub async fn count_runs(op: &Op, pairs: &[MappingPairId]) -> Result<u64, Fault> {
    let rows = run::Entity::find().filter(run::Column::PairId.is_in(pairs.iter().copied()));
    Ok(rows.count(op.db().read()).await?)
}

/// The runs of some pairs, newest first, behind the run `after` where it is given.
///
/// # Errors
/// Database faults.
pub async fn list_runs(
    op: &Op,
    pairs: &[MappingPairId],
    after: Option<MappingRunId>,
    fetch: u64,
) -> Result<Vec<MappingRun>, Fault> {
    let mut rows = run::Entity::find().filter(run::Column::PairId.is_in(pairs.iter().copied()));
    if let Some(after) = after {
        rows = rows.filter(run::Column::Id.lt(after));
    }
    Ok(rows.order_by_desc(run::Column::Id).limit(fetch).all(op.db().read()).await?)
}
