//! What is laid out before the one transaction: new organizations with all that is theirs, and the words of everything
//! new. They go into their tables in batches, and nobody finds them there. An organization is seen if the run that laid
//! it out is applied, which the one transaction says with one row; all the others are reached through an organization or
//! a listing only. The staged twins remember what was laid out, so that a run that is not applied takes it back.

use super::{Act, ImportFault, Stage, apply::primary_key, twin};
use crate::op::{Fault, Op};
use entity::{
    audit_entry, id::ImportRunId, import_key, organization, organization_alias, profile, profile_text, search_token,
};
use sea_orm::{
    ConnectionTrait, EntityTrait,
    sea_query::{Alias, Expr, ExprTrait, Order, Query},
};

/// Rows of a batch: how long SQLite's other writers wait at a time follows from it.
const AT_ONCE: u64 = 20_000;

impl Stage {
    /// Lays out what can be. A trial leaves out words and the trail: nothing that it tries could fail over them.
    ///
    /// # Errors
    /// [`ImportFault::Changed`], [`ImportFault::Displaced`], [`ImportFault::Database`].
    pub(super) async fn lay_out(&mut self, op: &Op, trial: bool) -> Result<(), ImportFault> {
        // What is pointed to comes before what points to it.
        self.lay::<organization::Entity>(op).await?;
        self.lay::<organization_alias::Entity>(op).await?;
        self.lay::<profile::Entity>(op).await?;
        self.lay::<profile_text::Entity>(op).await?;
        self.lay::<import_key::Entity>(op).await?;
        if !trial {
            self.lay::<search_token::Entity>(op).await?;
            self.lay::<audit_entry::Entity>(op).await?;
        }
        Ok(())
    }

    async fn lay<E: EntityTrait>(&mut self, op: &Op) -> Result<(), ImportFault> {
        if !self.uses::<E>(Act::Ahead) {
            return Ok(());
        }
        let mut after = 0;
        while let Some(until) = self.batch_end::<E>(self.run(), after).await? {
            if after > 0 {
                self.db.breathe().await;
            }
            let tx = self.db.begin().await?;
            // Whoever takes this run for dead waits for this batch, and then finds all of it; no batch follows.
            self.seen_in(&*tx, op).await?;
            self.make_room(&tx).await?;
            self.insert_staged::<E>(&tx, Act::Ahead, (after, until)).await?;
            self.laid_out = true;
            self.give_back(&tx).await?;
            tx.commit().await?;
            after = until;
        }
        Ok(())
    }

    /// Takes back what a run that was not applied has laid out; again and again does no harm. `alive` gives a sign of life
    /// for this run with every batch.
    ///
    /// # Errors
    /// [`ImportFault::Displaced`] where `alive` finds that this run was taken for dead; [`ImportFault::Database`].
    pub(super) async fn withdraw(&self, run: ImportRunId, alive: Option<&Op>) -> Result<(), ImportFault> {
        // Each by ids that this run has made and nobody else has. What belongs to an organization goes with it.
        self.withdraw_from::<audit_entry::Entity>(run, alive).await?;
        self.withdraw_from::<search_token::Entity>(run, alive).await?;
        self.withdraw_from::<organization::Entity>(run, alive).await
    }

    async fn withdraw_from<E: EntityTrait>(&self, run: ImportRunId, alive: Option<&Op>) -> Result<(), ImportFault> {
        let keys: Vec<Alias> = primary_key::<E>().collect();
        let mut after = 0;
        while let Some(until) = self.batch_end::<E>(run, after).await? {
            if after > 0 {
                self.db.breathe().await;
            }
            let staged = Query::select()
                .columns(keys.clone())
                .from(twin::<E>())
                .and_where(Expr::col(Alias::new("run_id")).eq(run))
                .and_where(Expr::col(Alias::new("act")).eq(Act::Ahead.word()))
                .and_where(Expr::col(Alias::new("seq")).gt(after))
                .and_where(Expr::col(Alias::new("seq")).lte(until))
                .to_owned();
            let delete = Query::delete()
                .from_table(E::default())
                .and_where(Expr::tuple(keys.iter().cloned().map(Expr::col)).in_subquery(staged))
                .to_owned();
            self.db.read().execute(&delete).await?;
            if let Some(op) = alive {
                self.seen(op).await?;
            }
            after = until;
        }
        Ok(())
    }

    /// The place of the last row of the next batch after the place `after`; none where no row is left.
    async fn batch_end<E: EntityTrait>(&self, run: ImportRunId, after: i64) -> Result<Option<i64>, Fault> {
        let (seq, batch) = (Alias::new("seq"), Alias::new("batch"));
        let next = Query::select()
            .column(seq.clone())
            .from(twin::<E>())
            .and_where(Expr::col(Alias::new("run_id")).eq(run))
            .and_where(Expr::col(Alias::new("act")).eq(Act::Ahead.word()))
            .and_where(Expr::col(seq.clone()).gt(after))
            .order_by(seq.clone(), Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        let last =
            Query::select().expr_as(Expr::col(seq).max(), Alias::new("last")).from_subquery(next, batch).to_owned();
        Ok(self.db.read().query_one(&last).await?.map(|row| row.try_get("", "last")).transpose()?.flatten())
    }
}
