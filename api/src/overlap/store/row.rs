//! The SQL of overlaps as a run lays them out: rows that begin and end with a run that nobody sees yet.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that writes overlaps")]

use crate::{
    db::Db,
    op::{Action, Fault, Permit},
    overlap::model::{Begin, Outcome, Overlap, Standing},
    sharing::model::MappingPair,
};
use chrono::{DateTime, Utc};
use entity::{
    id::{AccountId, MappingPairId, OverlapId},
    overlap,
};
use sea_orm::{
    ActiveEnum,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, DatabaseTransaction, EntityName, EntityTrait,
    FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, Query, Value},
};

/// Rows of one statement with a parameter a value: each has fourteen.
const ROWS_AT_ONCE: usize = 2_000;
/// Ids that one statement is asked for.
const IDS_AT_ONCE: usize = 10_000;

/// Rows that are seen with a run, or hidden by a dispute.
fn kept(pair: MappingPairId, run: i64) -> Condition {
    Condition::all()
        .add(overlap::Column::PairId.eq(pair))
        .add(overlap::Column::SinceRun.lte(run))
        .add(Condition::any().add(overlap::Column::UntilRun.is_null()).add(overlap::Column::UntilRun.gt(run)))
}

/// Rows that begin with a later run than `run`. All but those of the first run are in an index that the database takes only
/// where it is told so by a number in the statement itself.
pub(super) fn begun_after(run: i64) -> Condition {
    let after = Condition::all().add(overlap::Column::SinceRun.gt(run));
    if run < 1 { after } else { after.add(overlap::Column::SinceRun.into_expr().gt(Expr::cust("1"))) }
}

fn standing(row: &Overlap) -> Standing<DateTime<Utc>> {
    let outcome = Outcome {
        matched: row.matched,
        score: row.score,
        confidence: row.confidence,
        reasons: row.reasons,
        hidden: row.hidden,
    };
    Standing { id: row.id, left: row.left_account_id, right: row.right_account_id, outcome, found_at: row.found_at }
}

/// What is kept of a pair with a run, at most `limit`, behind an overlap of an account where one is given.
///
/// # Errors
/// Database faults.
pub async fn list_standing(
    connection: &impl ConnectionTrait,
    pair: MappingPairId,
    run: i64,
    after: Option<(AccountId, OverlapId)>,
    limit: u64,
) -> Result<Vec<Standing<DateTime<Utc>>>, Fault> {
    let mut query = overlap::Entity::find().filter(kept(pair, run));
    if let Some((account, id)) = after {
        let further = Condition::all().add(overlap::Column::LeftAccountId.eq(account)).add(overlap::Column::Id.gt(id));
        // Both bounds, since the index has only the account.
        query = query
            .filter(overlap::Column::LeftAccountId.gte(account))
            .filter(Condition::any().add(overlap::Column::LeftAccountId.gt(account)).add(further));
    }
    let rows = query
        .order_by_asc(overlap::Column::LeftAccountId)
        .order_by_asc(overlap::Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    Ok(rows.iter().map(standing).collect())
}

/// What is kept of a pair with a run and has one of these accounts, each once.
///
/// # Errors
/// Database faults.
pub async fn list_standing_of(
    connection: &impl ConnectionTrait,
    pair: MappingPairId,
    run: i64,
    left: &[AccountId],
    right: &[AccountId],
) -> Result<Vec<Standing<DateTime<Utc>>>, Fault> {
    let mut found = Vec::new();
    for (column, accounts) in [(overlap::Column::LeftAccountId, left), (overlap::Column::RightAccountId, right)] {
        for some in accounts.chunks(IDS_AT_ONCE) {
            let query = overlap::Entity::find().filter(kept(pair, run)).filter(column.is_in(some.iter().copied()));
            found.extend(query.all(connection).await?.iter().map(standing));
        }
    }
    found.sort_by_key(|row| row.id);
    found.dedup_by_key(|row| row.id);
    Ok(found)
}

/// Has the database look at how overlaps are distributed, after many have come.
pub async fn look_at_overlaps(db: &Db) {
    db.look_at_leisure(overlap::Entity.table_name()).await;
}

/// Writes rows that begin with a run.
///
/// # Errors
/// Database faults.
pub async fn insert_rows_in<A: Action>(
    tx: &DatabaseTransaction,
    _: &Permit<A>,
    pair: &MappingPair,
    since: i64,
    rows: &[Begin<DateTime<Utc>>],
) -> Result<(), Fault> {
    if tx.get_database_backend() == DatabaseBackend::Postgres {
        return insert_arrays_in(tx, pair, since, rows).await;
    }
    for some in rows.chunks(ROWS_AT_ONCE) {
        insert_values_in(tx, pair, since, some).await?;
    }
    Ok(())
}

async fn insert_values_in<'a>(
    tx: &DatabaseTransaction,
    pair: &MappingPair,
    since: i64,
    rows: impl IntoIterator<Item = &'a Begin<DateTime<Utc>>>,
) -> Result<(), Fault> {
    let written = rows.into_iter().map(|row| overlap::ActiveModel {
        id: Set(row.id),
        since_run: Set(since),
        until_run: Set(None),
        pair_id: Set(pair.id),
        left_id: Set(pair.left_id),
        right_id: Set(pair.right_id),
        left_account_id: Set(row.left),
        right_account_id: Set(row.right),
        matched: Set(row.outcome.matched),
        score: Set(row.outcome.score),
        confidence: Set(row.outcome.confidence),
        reasons: Set(row.outcome.reasons),
        hidden: Set(row.outcome.hidden),
        found_at: Set(row.found_at),
    });
    overlap::Entity::insert_many(written).exec_without_returning(tx).await?;
    Ok(())
}

/// As values, with one array a column: PostgreSQL reads a handful of parameters instead of tens of thousands.
async fn insert_arrays_in(
    tx: &DatabaseTransaction,
    pair: &MappingPair,
    since: i64,
    rows: &[Begin<DateTime<Utc>>],
) -> Result<(), Fault> {
    // Of most rows no dispute says anything: then what is seen is what the engine says, and is sent once.
    let is_plain = |row: &&Begin<_>| row.outcome.matched == Some(row.outcome.score) && !row.outcome.hidden;
    let (plain, disputed): (Vec<_>, Vec<_>) = rows.iter().partition(is_plain);
    for some in disputed.chunks(ROWS_AT_ONCE) {
        insert_values_in(tx, pair, since, some.iter().copied()).await?;
    }
    let Some(first) = plain.first() else { return Ok(()) };
    // Arrays side by side are taken apart in step.
    let mut arrays = Query::select();
    let mut array = |column: overlap::Column, value: &dyn Fn(&Begin<DateTime<Utc>>) -> Value| {
        let values = plain.iter().map(|row| value(row)).collect();
        let values = Value::Array(value(first).array_type(), Some(Box::new(values)));
        arrays.expr_as(Func::cust("unnest").arg(Expr::val(values)), column);
    };
    array(overlap::Column::Id, &|row| row.id.into());
    array(overlap::Column::LeftAccountId, &|row| row.left.into());
    array(overlap::Column::RightAccountId, &|row| row.right.into());
    array(overlap::Column::Score, &|row| row.outcome.score.into());
    array(overlap::Column::Confidence, &|row| row.outcome.confidence.to_value().into());
    array(overlap::Column::Reasons, &|row| row.outcome.reasons.into());
    // What is new was found at one moment.
    if plain.iter().all(|row| row.found_at == first.found_at) {
        arrays.expr_as(Expr::val(first.found_at), overlap::Column::FoundAt);
    } else {
        array(overlap::Column::FoundAt, &|row| row.found_at.into());
    }
    let mut columns = vec![
        overlap::Column::Id,
        overlap::Column::LeftAccountId,
        overlap::Column::RightAccountId,
        overlap::Column::Score,
        overlap::Column::Confidence,
        overlap::Column::Reasons,
        overlap::Column::FoundAt,
    ];
    let mut select = Query::select();
    select.columns(columns.iter().copied());
    columns.push(overlap::Column::Matched);
    select.column(overlap::Column::Score);
    for (column, same) in [
        (overlap::Column::Hidden, Value::from(false)),
        (overlap::Column::SinceRun, since.into()),
        (overlap::Column::PairId, pair.id.into()),
        (overlap::Column::LeftId, pair.left_id.into()),
        (overlap::Column::RightId, pair.right_id.into()),
    ] {
        columns.push(column);
        select.expr(Expr::val(same));
    }
    select.from_subquery(arrays, "begun");
    let mut insert = Query::insert();
    insert.into_table(overlap::Entity).columns(columns).select_from(select).map_err(Fault::internal)?;
    tx.execute(&insert).await?;
    Ok(())
}

/// Has rows that are kept with `run` end with `until`.
///
/// # Errors
/// Database faults.
pub async fn end_rows_in<A: Action>(
    tx: &DatabaseTransaction,
    _: &Permit<A>,
    pair: MappingPairId,
    run: i64,
    until: i64,
    ids: &[OverlapId],
) -> Result<(), Fault> {
    for some in ids.chunks(IDS_AT_ONCE) {
        overlap::Entity::update_many()
            .col_expr(overlap::Column::UntilRun, Expr::value(until))
            .filter(kept(pair, run))
            .filter(overlap::Column::Id.is_in(some.iter().copied()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Takes back what was laid out beyond `run` and never shown.
///
/// # Errors
/// Database faults.
pub async fn clear_ahead_in<A: Action>(
    tx: &DatabaseTransaction,
    _: &Permit<A>,
    pair: MappingPairId,
    run: i64,
) -> Result<(), Fault> {
    overlap::Entity::delete_many().filter(overlap::Column::PairId.eq(pair)).filter(begun_after(run)).exec(tx).await?;
    overlap::Entity::update_many()
        .col_expr(overlap::Column::UntilRun, Expr::value(None::<i64>))
        .filter(overlap::Column::PairId.eq(pair))
        .filter(overlap::Column::UntilRun.gt(run))
        .exec(tx)
        .await?;
    Ok(())
}

/// Changes a row that is seen now, where it stands: for disputes, which take effect at once.
///
/// # Errors
/// Database faults.
pub async fn update_row_in<A: Action>(
    tx: &DatabaseTransaction,
    _: &Permit<A>,
    pair: MappingPairId,
    run: i64,
    id: OverlapId,
    outcome: Outcome,
) -> Result<(), Fault> {
    overlap::Entity::update_many()
        .col_expr(overlap::Column::Matched, Expr::value(outcome.matched))
        .col_expr(overlap::Column::Score, Expr::value(outcome.score))
        .col_expr(overlap::Column::Confidence, Expr::value(outcome.confidence))
        .col_expr(overlap::Column::Reasons, Expr::value(outcome.reasons))
        .col_expr(overlap::Column::Hidden, Expr::value(outcome.hidden))
        .filter(kept(pair, run))
        .filter(overlap::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// How many of these accounts, of the left and of the right list, have an overlap that is seen with a run.
///
/// # Errors
/// Database faults.
pub async fn count_seen_in(
    tx: &DatabaseTransaction,
    pair: MappingPairId,
    run: i64,
    left: &[AccountId],
    right: &[AccountId],
) -> Result<(i64, i64), Fault> {
    let mut counted = [0_i64; 2];
    let sides = [(overlap::Column::LeftAccountId, left), (overlap::Column::RightAccountId, right)];
    for (count, (column, accounts)) in counted.iter_mut().zip(sides) {
        for some in accounts.chunks(IDS_AT_ONCE) {
            let seen: Option<i64> = overlap::Entity::find()
                .select_only()
                .expr(Func::count_distinct(column.into_expr()))
                .filter(kept(pair, run))
                .filter(overlap::Column::Hidden.eq(false))
                .filter(column.is_in(some.iter().copied()))
                .into_tuple()
                .one(tx)
                .await?;
            *count += seen.unwrap_or_default();
        }
    }
    let [left, right] = counted;
    Ok((left, right))
}

#[derive(FromQueryResult)]
struct Counted {
    pairs: i64,
    left_accounts: i64,
    right_accounts: i64,
}

/// The counts of a pair as it is seen with a run: overlaps, accounts of the left list, accounts of the right list.
///
/// # Errors
/// Database faults.
pub async fn counts_of_in(tx: &DatabaseTransaction, pair: MappingPairId, run: i64) -> Result<(i64, i64, i64), Fault> {
    let counted: Option<Counted> = overlap::Entity::find()
        .select_only()
        .expr_as(overlap::Column::Id.count(), "pairs")
        .expr_as(Func::count_distinct(overlap::Column::LeftAccountId.into_expr()), "left_accounts")
        .expr_as(Func::count_distinct(overlap::Column::RightAccountId.into_expr()), "right_accounts")
        .filter(kept(pair, run))
        .filter(overlap::Column::Hidden.eq(false))
        .into_model()
        .one(tx)
        .await?;
    Ok(counted.map_or((0, 0, 0), |row| (row.pairs, row.left_accounts, row.right_accounts)))
}

/// Whether any row of the pair was laid out beyond `run`: for tests of what a run leaves behind.
///
/// # Errors
/// Database faults.
pub async fn count_ahead(connection: &impl ConnectionTrait, pair: MappingPairId, run: i64) -> Result<u64, Fault> {
    let ahead = Condition::any().add(overlap::Column::SinceRun.gt(run)).add(overlap::Column::UntilRun.gt(run));
    Ok(overlap::Entity::find().filter(overlap::Column::PairId.eq(pair)).filter(ahead).count(connection).await?)
}
