//! The SQL of imports. [`Stage`] is where an import keeps what it will write: rows of each target table in a staged twin,
//! each with what is to become of it ([`Act`]). Nothing of it is seen by anybody until `apply` moves it over.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of imports")]

mod ahead;
mod apply;
mod lookup;
mod moderation;
mod runs;
mod statistics;
mod sweep;

pub(super) use lookup::Distinct;

use super::{fault::ImportFault, kind::Kind, policy::RunImport};
use crate::{
    db::{Db, Growth},
    op::{Fault, Op, Permit},
};
use chrono::{DateTime, Utc};
use entity::{id::ImportRunId, import_row};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IdenStatic, IntoActiveModel,
    Iterable, QueryFilter, Select, Value,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use std::collections::{BTreeMap, BTreeSet};

/// Parameters that a statement may have: SQLite takes 32,766.
const PARAMETERS: usize = 30_000;

/// Rows of the statements that stage: a few sizes, so that batches of any size share a few prepared statements. One
/// statement for each number of rows would fill the statement cache of every connection with long texts.
const ROWS_AT_ONCE: [usize; 3] = [200, 20, 1];

/// What becomes of a staged row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    /// Goes into the table before the one transaction: a new organization and what is its own, the words of what is new.
    Ahead,
    /// Goes into the table.
    Create,
    /// Replaces the row with its key.
    Update,
    /// The row with its key goes.
    Delete,
    /// Waits for a later step to say.
    Pending,
}

impl Act {
    fn word(self) -> &'static str {
        match self {
            Self::Ahead => "AHEAD",
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Pending => "PENDING",
        }
    }
}

/// What one run has staged.
pub(super) struct Stage {
    db: Db,
    permit: Permit<RunImport>,
    begun: DateTime<Utc>,
    seq: i64,
    /// Whether anything may have been laid out.
    laid_out: bool,
    used: BTreeSet<(&'static str, Act)>,
    growth: BTreeMap<String, Growth>,
}

fn twin_name<E: EntityTrait>() -> String {
    format!("staged_{}", E::default().table_name())
}

fn twin<E: EntityTrait>() -> Alias {
    Alias::new(twin_name::<E>())
}

impl Stage {
    fn new(op: &Op, permit: Permit<RunImport>) -> Self {
        Self {
            db: op.db().clone(),
            permit,
            begun: op.now(),
            seq: 0,
            laid_out: false,
            used: BTreeSet::new(),
            growth: BTreeMap::new(),
        }
    }

    pub(super) fn run(&self) -> ImportRunId {
        self.permit.resource()
    }

    /// The place of the next staged row; places ascend.
    pub(super) fn next_seq(&mut self) -> i64 {
        self.seq += 1;
        self.seq
    }

    /// The place of the last staged row.
    pub(super) fn last_seq(&self) -> i64 {
        self.seq
    }

    /// Stages rows of the table of `E`.
    pub(super) async fn put<E>(&mut self, act: Act, rows: Vec<E::Model>) -> Result<(), Fault>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>,
    {
        if rows.is_empty() {
            return Ok(());
        }
        let number_of_rows = rows.len();
        // One commit for the batch: each would wait for the disk.
        let tx = self.db.begin().await?;
        self.put_in::<E>(&tx, act, rows).await?;
        tx.commit().await?;
        self.grew(&twin_name::<E>(), number_of_rows).await?;
        Ok(())
    }

    /// Stages rows of the table of `E` in a transaction.
    async fn put_in<E>(&mut self, tx: &DatabaseTransaction, act: Act, rows: Vec<E::Model>) -> Result<(), Fault>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>,
    {
        self.used.insert((E::default().table_name(), act));
        let columns: Vec<E::Column> = E::Column::iter().collect();
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let number = ROWS_AT_ONCE.into_iter().find(|number| *number <= left).unwrap_or(1);
            left -= number;
            let mut insert = Query::insert();
            insert.into_table(twin::<E>()).columns(
                ["run_id", "seq", "act"].into_iter().chain(columns.iter().map(IdenStatic::as_str)).map(Alias::new),
            );
            for row in rows.by_ref().take(number) {
                let row = row.into_active_model();
                let own = [Value::from(self.run()), self.next_seq().into(), act.word().into()];
                let values = columns.iter().filter_map(|column| row.get(*column).into_value());
                insert.values(own.into_iter().chain(values).map(Expr::val)).map_err(Fault::internal)?;
            }
            tx.execute(&insert).await?;
        }
        Ok(())
    }

    /// Takes back what was staged of `E` with one of these values in `column`.
    pub(super) async fn take_back<E: EntityTrait>(&self, column: E::Column, values: Vec<Value>) -> Result<(), Fault> {
        for values in values.chunks(PARAMETERS) {
            let delete = Query::delete()
                .from_table(twin::<E>())
                .and_where(Expr::col(Alias::new("run_id")).eq(self.run()))
                .and_where(Expr::col(Alias::new(column.as_str())).is_in(values.to_vec()))
                .to_owned();
            self.db.read().execute(&delete).await?;
        }
        Ok(())
    }

    /// Writes rows of a table that is the import's own.
    pub(super) async fn note<E>(&mut self, rows: Vec<E::Model>) -> Result<(), Fault>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<<E as EntityTrait>::ActiveModel>,
        <E as EntityTrait>::ActiveModel: Send,
    {
        let number_of_rows = rows.len();
        let per_statement = PARAMETERS / E::Column::iter().count().max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<_> = rows.by_ref().take(per_statement).map(IntoActiveModel::into_active_model).collect();
            // A row from a model has every value marked as unchanged, which an insert writes all the same.
            E::insert_many(chunk).exec_without_returning(self.db.read()).await?;
        }
        self.grew(E::default().table_name(), number_of_rows).await?;
        Ok(())
    }

    /// The notes of this run about rows of a kind with one of these keys.
    pub(super) async fn noted_keys(&self, kind: Kind, keys: Vec<Value>) -> Result<Vec<import_row::Model>, Fault> {
        // The kind is part of the key, and without it the database would read all notes of the run.
        let of_kind = self.notes().filter(import_row::Column::Kind.eq(kind.as_str()));
        self.noted(of_kind, import_row::Column::ExternalKey, keys).await
    }

    /// The notes of this run about rows that became one of these objects.
    pub(super) async fn noted_objects(&self, objects: Vec<Value>) -> Result<Vec<import_row::Model>, Fault> {
        self.noted(self.notes(), import_row::Column::ObjectId, objects).await
    }

    fn notes(&self) -> Select<import_row::Entity> {
        import_row::Entity::find().filter(import_row::Column::RunId.eq(self.run()))
    }

    async fn noted(
        &self,
        notes: Select<import_row::Entity>,
        column: import_row::Column,
        values: Vec<Value>,
    ) -> Result<Vec<import_row::Model>, Fault> {
        let mut found = Vec::new();
        for values in values.chunks(PARAMETERS - 2) {
            found.extend(notes.clone().filter(column.is_in(values.to_vec())).all(self.db.read()).await?);
        }
        Ok(found)
    }
}
