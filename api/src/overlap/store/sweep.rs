//! Removes what nobody can see any more: what came of pairs that are no longer open, rows that ended, old runs.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of removing what nobody sees")]

use crate::op::{Fault, Op};
use chrono::TimeDelta;
use entity::{
    id::{MappingPairId, MappingRunId, OverlapId},
    mapping_pair as pair, mapping_result as result, mapping_run as run, overlap,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

/// How long finished runs are kept.
const RUNS_KEPT: TimeDelta = TimeDelta::days(90);

/// How long rows that ended are kept, and how many runs.
const ENDED_KEPT: TimeDelta = TimeDelta::days(1);
const ENDED_KEPT_RUNS: i64 = 20;

/// Removes at most `limit` rows of what nobody can see any more, and says how many that were.
///
/// # Errors
/// Database faults.
pub async fn sweep(op: &Op, limit: u64) -> Result<usize, Fault> {
    let mut gone = ended(op, limit).await?;
    for id in closed(op).await? {
        gone += of_closed(op, id, limit).await?;
    }
    gone += old_runs(op, limit).await?;
    Ok(usize::try_from(gone).unwrap_or(usize::MAX))
}

fn open() -> SelectStatement {
    pair::Entity::find().select_only().column(pair::Column::Id).into_query()
}

/// Results of pairs that are no longer open.
async fn closed(op: &Op) -> Result<Vec<MappingPairId>, Fault> {
    Ok(result::Entity::find()
        .select_only()
        .column(result::Column::PairId)
        .filter(result::Column::PairId.not_in_subquery(open()))
        .limit(10)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

/// Overlaps of a pair that is no longer open, then its runs, and its result last, by which it is found.
async fn of_closed(op: &Op, id: MappingPairId, limit: u64) -> Result<u64, Fault> {
    let ids: Vec<OverlapId> = overlap::Entity::find()
        .select_only()
        .column(overlap::Column::Id)
        .filter(overlap::Column::PairId.eq(id))
        .limit(limit)
        .into_tuple()
        .all(op.db().read())
        .await?;
    if !ids.is_empty() {
        let gone = overlap::Entity::delete_many()
            .filter(overlap::Column::PairId.eq(id))
            .filter(overlap::Column::Id.is_in(ids))
            .exec(op.db().read())
            .await?;
        return Ok(gone.rows_affected);
    }
    run::Entity::delete_many().filter(run::Column::PairId.eq(id)).exec(op.db().read()).await?;
    Ok(result::Entity::delete_many().filter(result::Column::PairId.eq(id)).exec(op.db().read()).await?.rows_affected)
}

/// Rows that ended with a run that is seen, or with one before it: some runs or a day later, since until then they tell
/// that a company went from one list to another.
async fn ended(op: &Op, limit: u64) -> Result<u64, Fault> {
    let run_of = |column| Expr::col((result::Entity, column));
    let until = (overlap::Entity, overlap::Column::UntilRun);
    let mut query = overlap::Entity::find()
        .select_only()
        .columns([overlap::Column::Id, overlap::Column::SinceRun])
        .filter(overlap::Column::UntilRun.is_not_null());
    QuerySelect::query(&mut query)
        .inner_join(result::Entity, run_of(result::Column::PairId).equals((overlap::Entity, overlap::Column::PairId)))
        .and_where(Expr::col(until).lte(run_of(result::Column::Run)))
        .cond_where(
            Condition::any()
                .add(Expr::col(until).add(ENDED_KEPT_RUNS).lte(run_of(result::Column::Run)))
                .add(run_of(result::Column::ComputedAt).lt(op.now() - ENDED_KEPT)),
        );
    let rows: Vec<(OverlapId, i64)> = query.limit(limit).into_tuple().all(op.db().read()).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let of = |(id, since): (OverlapId, i64)| {
        Condition::all().add(overlap::Column::Id.eq(id)).add(overlap::Column::SinceRun.eq(since))
    };
    let gone = rows.into_iter().fold(Condition::any(), |any, row| any.add(of(row)));
    Ok(overlap::Entity::delete_many().filter(gone).exec(op.db().read()).await?.rows_affected)
}

async fn old_runs(op: &Op, limit: u64) -> Result<u64, Fault> {
    let ids: Vec<MappingRunId> = run::Entity::find()
        .select_only()
        .column(run::Column::Id)
        .filter(run::Column::FinishedAt.lt(op.now() - RUNS_KEPT))
        .limit(limit)
        .into_tuple()
        .all(op.db().read())
        .await?;
    if ids.is_empty() {
        return Ok(0);
    }
    Ok(run::Entity::delete_many().filter(run::Column::Id.is_in(ids)).exec(op.db().read()).await?.rows_affected)
}
