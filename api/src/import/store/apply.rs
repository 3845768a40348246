//! The one short transaction. Everything was read, judged and compared before, and what nobody finds before its time was
//! laid out ([`super::ahead`]); here the rest moves from its staged twins into its tables, one statement for each table
//! and act, whatever the number of rows, and the run is said to be applied.
//!
//! Why staged twins with typed columns, and not staged text that is converted here: a conversion can fail, and would
//! then fail while everybody else waits. A row that changed since it was compared is noticed by its revision, a key that
//! was taken meanwhile by its constraint; either undoes all of it.

use super::{Act, ImportFault, Stage, twin};
use crate::{
    db::Tx,
    op::{Fault, Op},
    organization::service as organization_service,
};
use chrono::TimeDelta;
use entity::{
    audit_entry, category, category_ancestor, data_version, id::OrganizationId, import_key, import_stream, integration,
    listing, listing_category, membership, membership_fact, membership_period, organization, organization_alias,
    profile, profile_text, program, search_token, tier,
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseTransaction, DbErr, EntityTrait, IdenStatic, Iterable,
    PrimaryKeyToColumn, SqlErr,
    sea_query::{Alias, Expr, ExprTrait, OnConflict, Order, Query},
};

/// Vendors whose listings are given other words together.
const VENDORS: usize = 200;

/// How far the clocks of two machines may differ. A vendor that was changed as long before the run is looked at once more.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// Columns that follow from other rows and change with those, without a revision that would tell. An import has nothing to
/// say about them, so what a row had when it was compared must not come back.
const FOLLOWING: [&str; 5] =
    ["profile_moderated", "rating_sum", "rating_count", "rating_ascending", "rating_descending"];

impl Stage {
    /// Applies everything that was staged: lays out what can be, and does the rest in one transaction. A trial takes it
    /// back. Says how long the transaction was open.
    ///
    /// # Errors
    /// [`ImportFault::Changed`], [`ImportFault::Displaced`], [`ImportFault::Database`]; nothing is applied then.
    pub(in crate::import) async fn apply(&mut self, op: &Op, trial: bool) -> Result<TimeDelta, ImportFault> {
        self.look_at_staged().await?;
        self.lay_out(op, trial).await?;
        let tx = op.db().begin().await?;
        let begun = op.now();
        self.make_room(&tx).await?;
        self.claim(&tx, op).await?;
        self.move_all(&tx, op).await?;
        self.give_back(&tx).await?;
        if trial {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        let open = op.now() - begun;
        tracing::info!(milliseconds = open.num_milliseconds(), trial, "an import's one transaction has ended");
        if !trial {
            self.look_at_applied().await;
        }
        Ok(open)
    }

    /// Lets a transaction move many rows; to be given back with [`Stage::give_back`].
    pub(super) async fn make_room(&self, tx: &DatabaseTransaction) -> Result<(), ImportFault> {
        tx.execute_unprepared(match self.db.backend() {
            // The limit is for requests; this may move a million rows with one statement.
            DatabaseBackend::Postgres => "SET LOCAL statement_timeout = 0",
            // 64 MiB: rows go into many indexes, and with the 2 MiB that SQLite has by itself each would be read and
            // written again and again.
            _ => "PRAGMA cache_size = -65536",
        })
        .await?;
        Ok(())
    }

    /// Has the connection keep no more than it usually does once this transaction, which has moved its rows, has ended. The
    /// next one may come over another connection, and each would keep its own 64 MiB.
    pub(super) async fn give_back(&self, tx: &DatabaseTransaction) -> Result<(), ImportFault> {
        match self.db.backend() {
            // It was said for the transaction only.
            DatabaseBackend::Postgres => {}
            // What SQLite has by itself.
            _ => {
                tx.execute_unprepared("PRAGMA cache_size = -2000").await?;
            }
        }
        Ok(())
    }

    async fn move_all(&mut self, tx: &Tx, op: &Op) -> Result<(), ImportFault> {
        let mut renamed = self.renamed(tx).await?;
        renamed.extend(self.changed_vendors(tx).await?);
        // What is pointed to comes before what points to it.
        self.table::<organization::Entity>(tx).await?;
        self.table::<organization_alias::Entity>(tx).await?;
        self.table::<profile::Entity>(tx).await?;
        self.table::<profile_text::Entity>(tx).await?;
        self.table::<import_key::Entity>(tx).await?;
        self.table::<program::Entity>(tx).await?;
        self.table::<tier::Entity>(tx).await?;
        self.table::<membership::Entity>(tx).await?;
        self.table::<membership_fact::Entity>(tx).await?;
        self.table::<membership_period::Entity>(tx).await?;
        self.table::<import_stream::Entity>(tx).await?;
        self.table::<category::Entity>(tx).await?;
        self.table::<category_ancestor::Entity>(tx).await?;
        self.table::<listing::Entity>(tx).await?;
        self.table::<listing_category::Entity>(tx).await?;
        self.table::<integration::Entity>(tx).await?;
        self.table::<search_token::Entity>(tx).await?;
        for vendors in renamed.chunks(VENDORS) {
            organization_service::reword_listings_in(tx, vendors).await?;
        }
        self.moderate(tx, op).await?;
        self.table::<audit_entry::Entity>(tx).await?;
        self.raise_versions(tx).await
    }

    /// The organizations that get another name, whose listings are found by it too.
    async fn renamed(&self, tx: &DatabaseTransaction) -> Result<Vec<OrganizationId>, ImportFault> {
        if !self.uses::<organization::Entity>(Act::Update) {
            return Ok(Vec::new());
        }
        let staged = twin::<organization::Entity>();
        let own = |name| Expr::col((staged.clone(), Alias::new(name)));
        let before = |column| Expr::col((organization::Entity, column));
        let renamed = Query::select()
            .expr_as(own("id"), Alias::new("id"))
            .from(staged.clone())
            .inner_join(organization::Entity, before(organization::Column::Id).eq(own("id")))
            .and_where(own("run_id").eq(self.run()))
            .and_where(own("act").eq(Act::Update.word()))
            .and_where(own("name").ne(before(organization::Column::Name)))
            .to_owned();
        let rows = tx.query_all(&renamed).await?;
        Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
    }

    /// The vendors of staged listings that somebody else has changed since the run began: a listing is found by the name
    /// that its vendor has now, and its words were worked out with the one that it had then.
    async fn changed_vendors(&self, tx: &DatabaseTransaction) -> Result<Vec<OrganizationId>, ImportFault> {
        if !self.uses::<listing::Entity>(Act::Create) && !self.uses::<listing::Entity>(Act::Update) {
            return Ok(Vec::new());
        }
        let staged = twin::<listing::Entity>();
        let own = |name| Expr::col((staged.clone(), Alias::new(name)));
        let vendor = |column| Expr::col((organization::Entity, column));
        let run = organization::Column::ImportRunId;
        let changed = Query::select()
            .distinct()
            .expr_as(own("vendor_id"), Alias::new("id"))
            .from(staged.clone())
            .inner_join(organization::Entity, vendor(organization::Column::Id).eq(own("vendor_id")))
            .and_where(own("run_id").eq(self.run()))
            .and_where(vendor(organization::Column::UpdatedAt).gte(self.begun - SKEW))
            .and_where(vendor(run).is_null().or(vendor(run).ne(self.run())))
            .to_owned();
        let rows = tx.query_all(&changed).await?;
        Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
    }

    async fn table<E: EntityTrait>(&self, tx: &DatabaseTransaction) -> Result<(), ImportFault> {
        if self.uses::<E>(Act::Delete) {
            self.delete::<E>(tx).await?;
        }
        if self.uses::<E>(Act::Update) {
            self.update::<E>(tx).await?;
        }
        if self.uses::<E>(Act::Create) {
            self.insert_staged::<E>(tx, Act::Create, (0, self.last_seq())).await?;
        }
        Ok(())
    }

    fn of_run(&self, act: Act) -> Expr {
        Expr::col(Alias::new("run_id")).eq(self.run()).and(Expr::col(Alias::new("act")).eq(act.word()))
    }

    /// Inserts the rows that were staged for `act` after one place and not after another one.
    pub(super) async fn insert_staged<E: EntityTrait>(
        &self,
        tx: &DatabaseTransaction,
        act: Act,
        (after, until): (i64, i64),
    ) -> Result<(), ImportFault> {
        let columns = || E::Column::iter().map(|column| Alias::new(column.as_str()));
        let seq = || Expr::col(Alias::new("seq"));
        let staged = Query::select()
            .columns(columns())
            .from(twin::<E>())
            .and_where(self.of_run(act))
            .and_where(seq().gt(after))
            .and_where(seq().lte(until))
            .order_by(Alias::new("seq"), Order::Asc)
            .to_owned();
        let mut insert = Query::insert();
        insert.into_table(E::default()).columns(columns()).select_from(staged).map_err(Fault::internal)?;
        tx.execute(&insert).await.map_err(changed::<E>)?;
        Ok(())
    }

    async fn update<E: EntityTrait>(&self, tx: &DatabaseTransaction) -> Result<(), ImportFault> {
        let (table, staged) = (Alias::new(E::default().table_name()), twin::<E>());
        let mut update = Query::update();
        update.table(table.clone()).from(staged.clone());
        for column in E::Column::iter().filter(|column| !FOLLOWING.contains(&column.as_str())) {
            let name = Alias::new(column.as_str());
            update.value(name.clone(), Expr::col((staged.clone(), name)));
        }
        for name in primary_key::<E>() {
            update.and_where(Expr::col((table.clone(), name.clone())).equals((staged.clone(), name)));
        }
        let revision = Alias::new("revision");
        if E::Column::iter().any(|column| column.as_str() == "revision") {
            let before = Expr::col((staged.clone(), revision.clone())).sub(1);
            update.and_where(Expr::col((table.clone(), revision)).eq(before));
        }
        update
            .and_where(Expr::col((staged.clone(), Alias::new("run_id"))).eq(self.run()))
            .and_where(Expr::col((staged.clone(), Alias::new("act"))).eq(Act::Update.word()));
        let updated = tx.execute(&update).await.map_err(changed::<E>)?.rows_affected();
        let count = Query::select()
            .expr_as(Expr::col(Alias::new("seq")).count(), Alias::new("rows"))
            .from(staged)
            .and_where(self.of_run(Act::Update))
            .to_owned();
        let wanted: i64 = tx.query_one(&count).await?.map(|row| row.try_get("", "rows")).transpose()?.unwrap_or(0);
        if i64::try_from(updated) == Ok(wanted) {
            Ok(())
        } else {
            Err(ImportFault::Changed { what: E::default().table_name() })
        }
    }

    async fn delete<E: EntityTrait>(&self, tx: &DatabaseTransaction) -> Result<(), ImportFault> {
        let keys: Vec<Alias> = primary_key::<E>().collect();
        let staged =
            Query::select().columns(keys.clone()).from(twin::<E>()).and_where(self.of_run(Act::Delete)).to_owned();
        let delete = Query::delete()
            .from_table(E::default())
            .and_where(Expr::tuple(keys.into_iter().map(Expr::col)).in_subquery(staged))
            .to_owned();
        tx.execute(&delete).await?;
        Ok(())
    }

    /// Raises the version of each scope once, in one fixed order, so that two transactions cannot wait for each other in
    /// a circle.
    async fn raise_versions(&self, tx: &DatabaseTransaction) -> Result<(), ImportFault> {
        if !self.uses::<data_version::Entity>(Act::Create) {
            return Ok(());
        }
        let columns = || [Alias::new("scope"), Alias::new("version")];
        let staged = Query::select()
            .distinct()
            .columns(columns())
            .from(twin::<data_version::Entity>())
            .and_where(self.of_run(Act::Create))
            .order_by(Alias::new("scope"), Order::Asc)
            .to_owned();
        let raised = Expr::col((data_version::Entity, data_version::Column::Version)).add(1);
        let mut insert = Query::insert();
        insert
            .into_table(data_version::Entity)
            .columns(columns())
            .select_from(staged)
            .map_err(Fault::internal)?
            .on_conflict(
                OnConflict::column(data_version::Column::Scope).value(data_version::Column::Version, raised).to_owned(),
            );
        tx.execute(&insert).await?;
        Ok(())
    }
}

pub(super) fn primary_key<E: EntityTrait>() -> impl Iterator<Item = Alias> {
    E::PrimaryKey::iter().map(|key| Alias::new(key.into_column().as_str()))
}

/// A key that was free when it was compared and is taken now, or a row that is gone, means that somebody was faster.
fn changed<E: EntityTrait>(error: DbErr) -> ImportFault {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_) | SqlErr::ForeignKeyConstraintViolation(_)) => {
            ImportFault::Changed { what: E::default().table_name() }
        }
        _ => error.into(),
    }
}
