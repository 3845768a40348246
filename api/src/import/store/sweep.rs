//! Removing what runs have staged: all at once where nobody imports, since then nobody needs any of it; run by run
//! otherwise.

use super::twin;
use crate::{db::Db, op::Fault};
use entity::{
    audit_entry, category, category_ancestor, data_version, id::ImportRunId, import_event, import_key, import_label,
    import_row, import_run, import_run::ImportStatus, import_stream, integration, listing, listing_category,
    membership, membership_fact, membership_period, organization, organization_alias, profile, profile_text, program,
    search_token, tier,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityName, EntityTrait, Iden, QueryFilter,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

/// Staged rows that a statement removes at most, so that SQLite's one writer is never held for long.
const SWEEP: i64 = 20_000;

/// How long emptying waits for somebody who reads all tables, such as a backup, while no other import can begin.
const PATIENCE: &str = "SET LOCAL lock_timeout = '2s'";

/// The tables that hold what a run has read and staged.
fn own_tables() -> [Alias; 22] {
    [
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
    ]
}

/// Empties the import's tables at once, which costs the same for a million rows as for one. Says whether it did: not
/// while another run than `own`, which must not have staged anything yet, is running, not while others hold the tables,
/// and not while a run that was not applied is not among the `withdrawn` ones: what it laid out is known by these tables
/// alone.
pub(super) async fn empty(db: &Db, own: Option<ImportRunId>, withdrawn: &[ImportRunId]) -> bool {
    match try_empty(db, own, withdrawn).await {
        Ok(done) => done,
        Err(fault) => {
            tracing::debug!(fault = %fault.chain(), "staged rows are removed run by run");
            false
        }
    }
}

async fn try_empty(db: &Db, own: Option<ImportRunId>, withdrawn: &[ImportRunId]) -> Result<bool, Fault> {
    let tx = db.begin().await?;
    let postgres = db.backend() == DatabaseBackend::Postgres;
    if postgres {
        // From here no other run can begin: its row would be a change of this table. SQLite has one writer anyway.
        tx.execute_unprepared(PATIENCE).await?;
        tx.execute_unprepared("LOCK TABLE import_runs IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    let left = import_run::Entity::find().filter(import_run::Column::Cleaned.eq(false)).all(&*tx).await?;
    if left.iter().any(|run| match run.status {
        ImportStatus::Running => Some(run.id) != own,
        ImportStatus::Dropped => !withdrawn.contains(&run.id),
        ImportStatus::Applied => false,
    }) {
        return Ok(false);
    }
    let tables = own_tables().map(|table| format!("\"{}\"", table.to_string()));
    if postgres {
        tx.execute_unprepared(&format!("TRUNCATE {}", tables.join(", "))).await?;
    } else {
        for table in tables {
            // Without a condition SQLite drops the table's pages instead of visiting its rows.
            tx.execute_unprepared(&format!("DELETE FROM {table}")).await?;
        }
    }
    import_run::Entity::update_many()
        .col_expr(import_run::Column::Cleaned, Expr::val(true))
        .filter(import_run::Column::Status.ne(ImportStatus::Running))
        .filter(import_run::Column::Cleaned.eq(false))
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Removes everything that a run staged and noted.
pub(super) async fn sweep(db: &Db, run: ImportRunId) -> Result<(), Fault> {
    for table in own_tables() {
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
