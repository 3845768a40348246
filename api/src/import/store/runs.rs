//! Runs: at most one at a time, and what a dead one left is removed by the next.

use super::{
    Act, ImportFault, Stage,
    sweep::{empty, sweep},
};
use crate::{
    import::policy::RunImport,
    op::{Denied, Op},
};
use chrono::TimeDelta;
use entity::{id::ImportRunId, import_run, import_run::ImportStatus};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, SqlErr,
    sea_query::Expr,
};

/// A run that was not seen for so long is dead. A living one is seen with every batch.
const DEAD_AFTER: TimeDelta = TimeDelta::minutes(2);

impl Stage {
    /// Begins a run, after clearing away what dead and ended ones left.
    ///
    /// # Errors
    /// [`ImportFault::NotOperator`], [`ImportFault::Busy`], [`ImportFault::Database`].
    pub(in crate::import) async fn begin(op: &Op) -> Result<Self, ImportFault> {
        let id: ImportRunId = op.new_id();
        let permit = op.authorize::<RunImport>(id, &()).map_err(|_: Denied| ImportFault::NotOperator)?;
        let now = op.now();
        let db = op.db().read();
        // Waits for a run that is applying right now: it holds its row until it has ended.
        import_run::Entity::update_many()
            .col_expr(import_run::Column::Status, Expr::val(ImportStatus::Dropped))
            .col_expr(import_run::Column::FinishedAt, Expr::val(now))
            .filter(import_run::Column::Status.eq(ImportStatus::Running))
            .filter(import_run::Column::SeenAt.lt(now - DEAD_AFTER))
            .exec(db)
            .await?;
        let row = import_run::ActiveModel {
            id: Set(id),
            status: Set(ImportStatus::Running),
            started_at: Set(now),
            seen_at: Set(now),
            finished_at: Set(None),
            cleaned: Set(false),
        };
        if let Err(error) = import_run::Entity::insert(row).exec_without_returning(db).await {
            let running =
                import_run::Entity::find().filter(import_run::Column::Status.eq(ImportStatus::Running)).one(db).await?;
            return Err(match (error.sql_err(), running) {
                (Some(SqlErr::UniqueConstraintViolation(_)), Some(other)) => {
                    ImportFault::Busy { since: other.started_at, seen: other.seen_at }
                }
                // It ended between the two statements.
                (Some(SqlErr::UniqueConstraintViolation(_)), None) => ImportFault::Busy { since: now, seen: now },
                _ => error.into(),
            });
        }
        let stage = Self::new(op, permit);
        let left = import_run::Entity::find()
            .filter(import_run::Column::Cleaned.eq(false))
            .filter(import_run::Column::Id.ne(id))
            .order_by_asc(import_run::Column::Id)
            .all(db)
            .await?;
        let withdrawn: Vec<ImportRunId> =
            left.iter().filter(|run| run.status == ImportStatus::Dropped).map(|run| run.id).collect();
        for run in &withdrawn {
            stage.withdraw(*run, Some(op)).await?;
        }
        if left.is_empty() || empty(op.db(), Some(id), &withdrawn).await {
            return Ok(stage);
        }
        for run in left {
            sweep(op.db(), run.id).await?;
            stage.seen(op).await?;
        }
        Ok(stage)
    }

    /// Gives a sign of life.
    ///
    /// # Errors
    /// [`ImportFault::Displaced`] where another run has taken this one for dead.
    pub(in crate::import) async fn seen(&self, op: &Op) -> Result<(), ImportFault> {
        self.seen_in(self.db.read(), op).await
    }

    /// As [`Self::seen`], in a transaction: until it ends, nobody can take this run for dead.
    pub(super) async fn seen_in(&self, db: &impl ConnectionTrait, op: &Op) -> Result<(), ImportFault> {
        let alive = import_run::Entity::update_many()
            .col_expr(import_run::Column::SeenAt, Expr::val(op.now()))
            .filter(import_run::Column::Id.eq(self.run()))
            .filter(import_run::Column::Status.eq(ImportStatus::Running))
            .exec(db)
            .await?;
        if alive.rows_affected == 1 { Ok(()) } else { Err(ImportFault::Displaced) }
    }

    /// Marks the run as applied, as the first statement of the transaction that applies it: with its commit everything that
    /// was laid out is there. Its row stays locked, so no other run can begin to take this one for dead while it applies.
    pub(super) async fn claim(&self, tx: &DatabaseTransaction, op: &Op) -> Result<(), ImportFault> {
        let claimed = import_run::Entity::update_many()
            .col_expr(import_run::Column::Status, Expr::val(ImportStatus::Applied))
            .col_expr(import_run::Column::FinishedAt, Expr::val(op.now()))
            .filter(import_run::Column::Id.eq(self.run()))
            .filter(import_run::Column::Status.eq(ImportStatus::Running))
            .exec(tx)
            .await?;
        if claimed.rows_affected == 1 { Ok(()) } else { Err(ImportFault::Displaced) }
    }

    /// Ends the run without applying it, if it was not applied, and removes what it staged.
    ///
    /// # Errors
    /// Database faults; the next run then removes it.
    pub(in crate::import) async fn end(&self, op: &Op) -> Result<(), ImportFault> {
        import_run::Entity::update_many()
            .col_expr(import_run::Column::Status, Expr::val(ImportStatus::Dropped))
            .col_expr(import_run::Column::FinishedAt, Expr::val(op.now()))
            .filter(import_run::Column::Id.eq(self.run()))
            .filter(import_run::Column::Status.eq(ImportStatus::Running))
            .exec(self.db.read())
            .await?;
        // What the row says now, and not what this process has seen: a commit may have happened without an answer.
        let own = import_run::Entity::find_by_id(self.run()).one(self.db.read()).await?;
        if self.laid_out && own.is_some_and(|run| run.status == ImportStatus::Dropped) {
            self.withdraw(self.run(), None).await?;
        }
        if !empty(&self.db, None, &[self.run()]).await {
            sweep(&self.db, self.run()).await?;
        }
        Ok(())
    }

    /// Whether the run has staged anything of `E` that is to become `act`.
    pub(super) fn uses<E: EntityTrait>(&self, act: Act) -> bool {
        self.used.contains(&(sea_orm::EntityName::table_name(&E::default()), act))
    }
}
