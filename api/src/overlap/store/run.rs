//! The SQL of runs: which pairs are to be compared, who compares them, and how far that has come.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of runs")]

use super::{clear_ahead_in, list_versions, lock_result_in, update_result_in};
use crate::{
    op::{Action, Fault, Op, Permit},
    overlap::{
        model::{MappingResult, MappingRun, MappingRunKind, MappingRunState},
        policy::CompareLists,
    },
    sharing::model::MappingPair,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    account_list as list, id::MappingRunId, mapping_pair as pair, mapping_result as result, mapping_run as run,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

/// How long one replica holds a run without saying so again: much longer than it takes between two words.
const LEASE: TimeDelta = TimeDelta::seconds(60);

const UNFINISHED: [MappingRunState; 2] = [MappingRunState::Queued, MappingRunState::Running];

/// At most `limit` open pairs whose lists have another version than was compared and that nobody compares now, with the
/// accounts of both lists; those that wait longest first.
///
/// # Errors
/// Database faults.
pub async fn list_due(op: &Op, limit: u64) -> Result<Vec<(MappingPair, i64)>, Fault> {
    let now = op.now();
    let own = |column: pair::Column| Expr::col((pair::Entity, column));
    let of = |column: result::Column| Expr::col((result::Entity, column));
    let version = |name: &'static str| Expr::col((name, list::Column::Version));
    let other = Condition::any()
        .add(of(result::Column::PairId).is_null())
        .add(of(result::Column::LeftVersion).ne(version("one")))
        .add(of(result::Column::RightVersion).ne(version("other")));
    let not_skipped = Condition::any()
        .add(of(result::Column::SkippedLeft).is_null())
        .add(of(result::Column::SkippedLeft).ne(version("one")))
        .add(of(result::Column::SkippedRight).ne(version("other")));
    let rested = Condition::any()
        .add(of(result::Column::NextAttemptAt).is_null())
        .add(of(result::Column::NextAttemptAt).lte(now));
    let busy = Query::select()
        .expr(Expr::val(1))
        .from(run::Entity)
        .and_where(Expr::col((run::Entity, run::Column::PairId)).eq(own(pair::Column::Id)))
        .and_where(Expr::col((run::Entity, run::Column::State)).eq(MappingRunState::Running))
        .and_where(Expr::col((run::Entity, run::Column::LeaseUntil)).gt(now))
        .to_owned();
    let mut found = pair::Entity::find();
    let accounts = |name: &'static str| Expr::col((name, list::Column::AccountCount));
    QueryTrait::query(&mut found)
        .join_as(
            sea_orm::sea_query::JoinType::InnerJoin,
            list::Entity,
            "one",
            Expr::col(("one", list::Column::Id)).eq(own(pair::Column::LeftListId)),
        )
        .join_as(
            sea_orm::sea_query::JoinType::InnerJoin,
            list::Entity,
            "other",
            Expr::col(("other", list::Column::Id)).eq(own(pair::Column::RightListId)),
        )
        .left_join(result::Entity, of(result::Column::PairId).eq(own(pair::Column::Id)))
        .expr_as(accounts("one"), "left_accounts")
        .expr_as(accounts("other"), "right_accounts");
    let rows: Vec<Due> = found
        .filter(Expr::col(("one", list::Column::DeletedAt)).is_null())
        .filter(Expr::col(("other", list::Column::DeletedAt)).is_null())
        .filter(version("one").gt(0))
        .filter(version("other").gt(0))
        .filter(other)
        .filter(not_skipped)
        .filter(rested)
        .filter(Expr::exists(busy).not())
        .order_by_asc(pair::Column::OpenedAt)
        .order_by_asc(pair::Column::Id)
        .limit(limit)
        .into_model()
        .all(op.db().read())
        .await?;
    Ok(rows.into_iter().map(Due::split).collect())
}

#[derive(sea_orm::FromQueryResult)]
struct Due {
    #[sea_orm(nested)]
    pair: MappingPair,
    left_accounts: i32,
    right_accounts: i32,
}

impl Due {
    fn split(self) -> (MappingPair, i64) {
        (self.pair, i64::from(self.left_accounts) + i64::from(self.right_accounts))
    }
}

/// The unfinished run of a pair, made where there is none.
async fn unfinished_in(tx: &DatabaseTransaction, op: &Op, of: &MappingPair) -> Result<MappingRun, Fault> {
    let found = run::Entity::find()
        .filter(run::Column::PairId.eq(of.id))
        .filter(run::Column::State.is_in(UNFINISHED))
        .one(tx)
        .await?;
    if let Some(found) = found {
        return Ok(found);
    }
    let last: Option<i64> = run::Entity::find()
        .select_only()
        .column(run::Column::Number)
        .filter(run::Column::PairId.eq(of.id))
        .order_by_desc(run::Column::Number)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?;
    let row = run::ActiveModel {
        id: Set(op.new_id()),
        pair_id: Set(of.id),
        left_id: Set(of.left_id),
        right_id: Set(of.right_id),
        number: Set(last.unwrap_or_default().saturating_add(1)),
        kind: Set(MappingRunKind::Full),
        state: Set(MappingRunState::Queued),
        percent: Set(0),
        left_rows: Set(0),
        right_rows: Set(0),
        found: Set(0),
        lost: Set(0),
        problem: Set(None),
        requested_at: Set(op.now()),
        started_at: Set(None),
        finished_at: Set(None),
        lease_holder: Set(None),
        lease_until: Set(None),
        cancel_requested: Set(false),
    };
    Ok(row.insert(tx).await?)
}

/// Puts a run of the pair into the queue, where none waits or runs: from then on it can be seen and stopped.
///
/// # Errors
/// Database faults.
pub async fn enqueue(op: &Op, permit: &Permit<CompareLists>, of: &MappingPair) -> Result<(), Fault> {
    let waits = run::Entity::find()
        .filter(run::Column::PairId.eq(permit.resource()))
        .filter(run::Column::State.is_in(UNFINISHED));
    if waits.count(op.db().read()).await? > 0 {
        return Ok(());
    }
    let tx = op.db().begin().await?;
    lock_result_in(&tx, permit).await?;
    unfinished_in(&tx, op, of).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the run of a pair that waits, or whose replica died, or makes one; gives it with the result that it follows, beyond
/// which nothing is laid out any more. None where another one works on it.
///
/// # Errors
/// Database faults.
pub async fn claim_run(
    op: &Op,
    permit: &Permit<CompareLists>,
    of: &MappingPair,
    holder: Uuid,
) -> Result<Option<(MappingRun, MappingResult)>, Fault> {
    let now = op.now();
    let tx = op.db().begin().await?;
    // Whoever claims holds this row, so that two never see the same run free.
    let mut result = lock_result_in(&tx, permit).await?;
    let before = unfinished_in(&tx, op, of).await?;
    let is_held = before.state == MappingRunState::Running && before.lease_until.is_some_and(|until| until > now);
    if is_held || before.cancel_requested {
        // Whoever worked on it died before it heard that it was to stop.
        if before.cancel_requested && !is_held {
            finish_run_in(&tx, op, permit, before.id, None, Ending::Canceled).await?;
            clear_ahead_in(&tx, permit, of.id, result.run).await?;
            if let Some((left, right)) = list_versions(&*tx, of).await? {
                result.skipped_left = Some(left.version);
                result.skipped_right = Some(right.version);
                update_result_in(&tx, permit, result).await?;
            }
        }
        tx.commit().await?;
        return Ok(None);
    }
    let mut row = before.into_active_model();
    row.state = Set(MappingRunState::Running);
    row.percent = Set(0);
    row.left_rows = Set(0);
    row.right_rows = Set(0);
    row.started_at = Set(Some(now));
    row.lease_holder = Set(Some(holder));
    row.lease_until = Set(Some(now + LEASE));
    let taken = row.update(&*tx).await?;
    clear_ahead_in(&tx, permit, of.id, result.run).await?;
    tx.commit().await?;
    Ok(Some((taken, result)))
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Of both lists, or of what changed.
    pub kind: MappingRunKind,
    /// 0 to 100.
    pub percent: i32,
    /// Accounts of the left list that were read.
    pub left_rows: i64,
    /// Accounts of the right list that were read.
    pub right_rows: i64,
}

/// What became of a run that is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It goes on.
    Yes,
    /// It is to be stopped.
    Stop,
    /// Another replica has it, or it was ended.
    Lost,
}

fn held_by(id: MappingRunId, holder: Uuid) -> Condition {
    Condition::all()
        .add(run::Column::Id.eq(id))
        .add(run::Column::LeaseHolder.eq(holder))
        .add(run::Column::State.eq(MappingRunState::Running))
}

/// Says how far a run has come, and makes its lease last from now on.
///
/// # Errors
/// Database faults.
pub async fn note_progress(
    op: &Op,
    _: &Permit<CompareLists>,
    id: MappingRunId,
    holder: Uuid,
    progress: Progress,
) -> Result<Held, Fault> {
    let noted = run::Entity::update_many()
        .col_expr(run::Column::Kind, Expr::value(progress.kind))
        .col_expr(run::Column::Percent, Expr::value(progress.percent))
        .col_expr(run::Column::LeftRows, Expr::value(progress.left_rows))
        .col_expr(run::Column::RightRows, Expr::value(progress.right_rows))
        .col_expr(run::Column::LeaseUntil, Expr::value(op.now() + LEASE))
        .filter(held_by(id, holder))
        .exec(op.db().read())
        .await?;
    if noted.rows_affected == 0 {
        return Ok(Held::Lost);
    }
    let stop = run::Entity::find_by_id(id).filter(run::Column::CancelRequested.eq(true));
    Ok(if stop.count(op.db().read()).await? > 0 { Held::Stop } else { Held::Yes })
}

/// Makes the lease last from now on, where it is still held, and keeps others from taking it until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn has_lease_in(
    tx: &DatabaseTransaction,
    op: &Op,
    _: &Permit<CompareLists>,
    id: MappingRunId,
    holder: Uuid,
) -> Result<bool, Fault> {
    let held = run::Entity::update_many()
        .col_expr(run::Column::LeaseUntil, Expr::value(op.now() + LEASE))
        .filter(held_by(id, holder))
        .exec(tx)
        .await?;
    Ok(held.rows_affected > 0)
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// What it found is seen.
    Done {
        /// Further it has not to go.
        progress: Progress,
        /// Overlaps that are new.
        found: i64,
        /// Overlaps that are seen no more.
        lost: i64,
    },
    /// It broke off, for this reason.
    Failed(&'static str),
    /// It was stopped.
    Canceled,
    /// It waits again: what it was made of changed meanwhile.
    Again,
}

/// Ends a run; with `holder` only where that one still holds it. Says whether it did.
///
/// # Errors
/// Database faults.
pub async fn finish_run_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _: &Permit<A>,
    id: MappingRunId,
    holder: Option<Uuid>,
    ending: Ending,
) -> Result<bool, Fault> {
    let state = match ending {
        Ending::Done { .. } => MappingRunState::Done,
        Ending::Failed(_) => MappingRunState::Failed,
        Ending::Canceled => MappingRunState::Canceled,
        Ending::Again => MappingRunState::Queued,
    };
    let finished = (ending != Ending::Again).then(|| op.now());
    let mut update = run::Entity::update_many()
        .col_expr(run::Column::State, Expr::value(state))
        .col_expr(run::Column::FinishedAt, Expr::value(finished))
        .col_expr(run::Column::LeaseHolder, Expr::value(None::<Uuid>))
        .col_expr(run::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(run::Column::State.is_in(UNFINISHED));
    update = match holder {
        Some(holder) => update.filter(held_by(id, holder)),
        None => update.filter(run::Column::Id.eq(id)),
    };
    if let Ending::Done { progress, found, lost } = ending {
        update = update
            .col_expr(run::Column::Kind, Expr::value(progress.kind))
            .col_expr(run::Column::Percent, Expr::value(100))
            .col_expr(run::Column::LeftRows, Expr::value(progress.left_rows))
            .col_expr(run::Column::RightRows, Expr::value(progress.right_rows))
            .col_expr(run::Column::Found, Expr::value(found))
            .col_expr(run::Column::Lost, Expr::value(lost));
    }
    if let Ending::Failed(problem) = ending {
        update = update.col_expr(run::Column::Problem, Expr::value(problem));
    }
    Ok(update.exec(tx).await?.rows_affected > 0)
}

/// Asks the replica that works on a run to stop.
///
/// # Errors
/// Database faults.
pub async fn cancel_run_in<A: Action<Resource = MappingRunId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
) -> Result<(), Fault> {
    run::Entity::update_many()
        .col_expr(run::Column::CancelRequested, Expr::value(true))
        .filter(run::Column::Id.eq(permit.resource()))
        .exec(tx)
        .await?;
    Ok(())
}
