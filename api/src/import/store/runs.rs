//! Runs: at most one at a time, and what a dead one left is removed by the next.

use super::{
    Act, ImportFault, Stage,
    sweep::{empty, sweep},
};
use crate::{
    import::policy::RunImport,
    op::{Denied, Fault, Op},
};
use chrono::TimeDelta;
use entity::{id::ImportRunId, import_run, import_run::ImportStatus};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, SqlErr, sea_query::Expr,
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
        if left.is_empty() || empty(op.db(), Some(id)).await {
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
        let alive = import_run::Entity::update_many()
            .col_expr(import_run::Column::SeenAt, Expr::val(op.now()))
            .filter(import_run::Column::Id.eq(self.run()))
            .filter(import_run::Column::Status.eq(ImportStatus::Running))
            .exec(self.db.read())
            .await?;
        if alive.rows_affected == 1 { Ok(()) } else { Err(ImportFault::Displaced) }
    }

    /// Marks the run as applied, as the first statement of the transaction that applies it: its row stays locked, so no
    /// other run can begin to take this one for dead while it applies.
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
    pub(in crate::import) async fn end(&self, op: &Op) -> Result<(), Fault> {
        import_run::Entity::update_many()
            .col_expr(import_run::Column::Status, Expr::val(ImportStatus::Dropped))
            .col_expr(import_run::Column::FinishedAt, Expr::val(op.now()))
            .filter(import_run::Column::Id.eq(self.run()))
            .filter(import_run::Column::Status.eq(ImportStatus::Running))
            .exec(self.db.read())
            .await?;
        if empty(&self.db, None).await { Ok(()) } else { sweep(&self.db, self.run()).await }
    }

    /// Whether the run has staged anything of `E` that is to become `act`.
    pub(super) fn uses<E: EntityTrait>(&self, act: Act) -> bool {
        self.used.contains(&(sea_orm::EntityName::table_name(&E::default()), act))
    }
}
