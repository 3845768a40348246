//! Runs: at most one at a time, and what a dead one left is removed by the next.

use super::{Act, ImportFault, Stage, twin};
use crate::{
    db::Db,
    import::policy::RunImport,
    op::{Denied, Fault, Op},
};
use chrono::TimeDelta;
use entity::{
    audit_entry, category, category_ancestor, data_version, id::ImportRunId, import_event, import_key, import_label,
    import_row, import_run, import_run::ImportStatus, import_stream, integration, listing, listing_category,
    membership, membership_fact, membership_period, organization, organization_alias, profile, profile_text, program,
    search_token, tier,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, SqlErr,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

/// A run that was not seen for so long is dead. A living one is seen with every batch.
const DEAD_AFTER: TimeDelta = TimeDelta::minutes(2);

/// Staged rows that a statement removes at most, so that SQLite's one writer is never held for long.
const SWEEP: i64 = 20_000;

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
        sweep(&self.db, self.run()).await
    }

    /// Whether the run has staged anything of `E` that is to become `act`.
    pub(super) fn uses<E: EntityTrait>(&self, act: Act) -> bool {
        self.used.contains(&(sea_orm::EntityName::table_name(&E::default()), act))
    }
}

/// Removes everything that a run staged and noted.
async fn sweep(db: &Db, run: ImportRunId) -> Result<(), Fault> {
    use sea_orm::EntityName as _;
    let twins = [
        twin::<organization::Entity>(),
        twin::<organization_alias::Entity>(),
        twin::<profile::Entity>(),
        twin::<profile_text::Entity>(),
        twin::<program::Entity>(),
        twin::<tier::Entity>(),
        twin::<membership::Entity>(),
        twin::<membership_fact::Entity>(),
        twin::<membership_period::Entity>(),
        twin::<category::Entity>(),
        twin::<category_ancestor::Entity>(),
        twin::<listing::Entity>(),
        twin::<listing_category::Entity>(),
        twin::<integration::Entity>(),
        twin::<search_token::Entity>(),
        twin::<audit_entry::Entity>(),
        twin::<data_version::Entity>(),
        twin::<import_key::Entity>(),
        twin::<import_stream::Entity>(),
        Alias::new(import_row::Entity.table_name()),
        Alias::new(import_label::Entity.table_name()),
        Alias::new(import_event::Entity.table_name()),
    ];
    for table in twins {
        loop {
            let of_run = Expr::col(Alias::new("run_id")).eq(run);
            let first = Query::select()
                .expr_as(Expr::col(Alias::new("seq")).min(), Alias::new("first"))
                .from(table.clone())
                .and_where(of_run.clone())
                .to_owned();
            let first: Option<i64> =
                db.read().query_one(&first).await?.map(|row| row.try_get("", "first")).transpose()?.flatten();
            let Some(first) = first else { break };
            let delete = Query::delete()
                .from_table(table.clone())
                .and_where(of_run)
                .and_where(Expr::col(Alias::new("seq")).lt(first + SWEEP))
                .to_owned();
            db.read().execute(&delete).await?;
        }
    }
    import_run::Entity::update_many()
        .col_expr(import_run::Column::Cleaned, Expr::val(true))
        .filter(import_run::Column::Id.eq(run))
        .exec(db.read())
        .await?;
    Ok(())
}
