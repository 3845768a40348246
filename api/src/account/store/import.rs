//! The SQL of imports.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of imports of account lists")]

use super::visible;
use crate::{
    account::{
        model::{AccountImport, AccountImportMode, AccountImportProblem, AccountImportState, Counts, LEASE},
        policy::ManageAccountList,
    },
    db,
    op::{Action, Fault, Op, Permit},
};
use chrono::{DateTime, Utc};
use entity::{
    account_list as list_row, account_list_import as import,
    id::{AccountListId, AccountListImportId, OrganizationId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, Order, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, sea_query::Expr,
};
use uuid::Uuid;

fn of_visible(op: &Op) -> Select<import::Entity> {
    let lists = visible(op).select_only().column(list_row::Column::Id).into_query();
    import::Entity::find().filter(import::Column::ListId.in_subquery(lists))
}

/// The imports of visible lists with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_imports_by_ids(op: &Op, ids: &[AccountListImportId]) -> Result<Vec<AccountImport>, Fault> {
    Ok(of_visible(op).filter(import::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The newest `fetch` imports of each of these lists, behind the import `after` where it is given.
///
/// # Errors
/// Database faults.
pub async fn list_imports(
    op: &Op,
    lists: &[AccountListId],
    after: Option<Uuid>,
    fetch: u64,
) -> Result<Vec<AccountImport>, Fault> {
    let mut rows = of_visible(op).filter(import::Column::ListId.is_in(lists.iter().copied()));
    if let Some(after) = after {
        rows = rows.filter(import::Column::Id.lt(AccountListImportId::from(after)));
    }
    let rows = db::first_of_each(rows, import::Column::ListId, import::Column::Id, Order::Desc, fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// How many imports the lists have had; those without one are missing.
///
/// # Errors
/// Database faults.
pub async fn count_imports(op: &Op, lists: &[AccountListId]) -> Result<Vec<(AccountListId, u64)>, Fault> {
    let counted: Vec<(AccountListId, i64)> = of_visible(op)
        .filter(import::Column::ListId.is_in(lists.iter().copied()))
        .select_only()
        .column(import::Column::ListId)
        .column_as(import::Column::Id.count(), "total")
        .group_by(import::Column::ListId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counted.into_iter().map(|(id, total)| (id, u64::try_from(total).unwrap_or_default())).collect())
}

/// The import of a list that runs, or that died while it ran.
///
/// # Errors
/// Database faults.
pub async fn find_running_in(tx: &DatabaseTransaction, list: AccountListId) -> Result<Option<AccountImport>, Fault> {
    Ok(import::Entity::find()
        .filter(import::Column::ListId.eq(list))
        .filter(import::Column::State.eq(AccountImportState::Running))
        .one(tx)
        .await?)
}

/// An import that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewImport {
    pub id: AccountListImportId,
    /// Who manages the list.
    pub organization: OrganizationId,
    pub mode: AccountImportMode,
    pub dry_run: bool,
    /// The version that it lays out.
    pub version: i64,
    /// How long the file is, where that was told.
    pub bytes_total: Option<i64>,
}

/// Writes down that an import begins.
///
/// # Errors
/// Database faults; a unique key where another runs.
pub async fn insert_import_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ManageAccountList>,
    new: NewImport,
) -> Result<AccountImport, DbErr> {
    let row = import::ActiveModel {
        id: Set(new.id),
        list_id: Set(permit.resource()),
        organization_id: Set(new.organization),
        mode: Set(new.mode),
        dry_run: Set(new.dry_run),
        state: Set(AccountImportState::Running),
        version: Set(new.version),
        read: Set(0),
        created: Set(0),
        updated: Set(0),
        unchanged: Set(0),
        removed: Set(0),
        rejected: Set(0),
        bytes_read: Set(0),
        bytes_total: Set(new.bytes_total),
        started_at: Set(op.now()),
        finished_at: Set(None),
        lease_until: Set(Some(op.now() + LEASE)),
        problem: Set(None),
    };
    row.insert(tx).await
}

/// Keeps an import in hand until a lease from now: for whoever holds it by this lease, and for one who found it so when
/// that was over. Gives the new lease; `None` where it runs no more or another has it in hand, and then nothing of it may
/// be written.
///
/// # Errors
/// Database faults.
pub async fn hold_in<A: Action<Resource = AccountListId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    id: AccountListImportId,
    lease: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Fault> {
    let next = op.now() + LEASE;
    let done = import::Entity::update_many()
        .col_expr(import::Column::LeaseUntil, Expr::val(next))
        .filter(import::Column::Id.eq(id))
        .filter(import::Column::ListId.eq(permit.resource()))
        .filter(import::Column::State.eq(AccountImportState::Running))
        .filter(import::Column::LeaseUntil.eq(lease))
        .exec(tx)
        .await?;
    Ok((done.rows_affected == 1).then_some(next))
}

/// Writes down how far an import has come, by whoever holds it.
///
/// # Errors
/// Database faults.
pub async fn progress_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ManageAccountList>,
    id: AccountListImportId,
    counts: Counts,
    bytes: i64,
) -> Result<(), Fault> {
    import::Entity::update_many()
        .col_expr(import::Column::Read, Expr::val(counts.read))
        .col_expr(import::Column::Created, Expr::val(counts.created))
        .col_expr(import::Column::Updated, Expr::val(counts.updated))
        .col_expr(import::Column::Unchanged, Expr::val(counts.unchanged))
        .col_expr(import::Column::Removed, Expr::val(counts.removed))
        .col_expr(import::Column::Rejected, Expr::val(counts.rejected))
        .col_expr(import::Column::BytesRead, Expr::val(bytes))
        .filter(import::Column::Id.eq(id))
        .filter(import::Column::ListId.eq(permit.resource()))
        .exec(tx)
        .await?;
    Ok(())
}

/// How an import ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportEnd {
    /// Its version is shown, or was no other than the one before: this one.
    Applied(i64),
    /// A dry run is over.
    Checked,
    /// Its list was deleted meanwhile.
    Canceled,
    /// It broke off.
    Failed(AccountImportProblem),
}

/// Ends an import, by whoever holds it.
///
/// # Errors
/// Database faults.
pub async fn settle_in<A: Action<Resource = AccountListId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    id: AccountListImportId,
    end: ImportEnd,
) -> Result<(), Fault> {
    let (state, problem) = match end {
        ImportEnd::Applied(_) => (AccountImportState::Applied, None),
        ImportEnd::Checked => (AccountImportState::Checked, None),
        ImportEnd::Canceled => (AccountImportState::Canceled, None),
        ImportEnd::Failed(problem) => (AccountImportState::Failed, Some(problem.word())),
    };
    let mut ended = import::Entity::update_many()
        .col_expr(import::Column::State, Expr::val(state))
        .col_expr(import::Column::Problem, Expr::val(problem))
        .col_expr(import::Column::FinishedAt, Expr::val(op.now()))
        .col_expr(import::Column::LeaseUntil, Expr::val(None::<DateTime<Utc>>));
    if let ImportEnd::Applied(version) = end {
        ended = ended.col_expr(import::Column::Version, Expr::val(version));
    }
    ended.filter(import::Column::Id.eq(id)).filter(import::Column::ListId.eq(permit.resource())).exec(tx).await?;
    Ok(())
}

/// Imports whose writers have died, those that died first first.
///
/// # Errors
/// Database faults.
pub async fn list_dead_imports(op: &Op, limit: u64) -> Result<Vec<AccountImport>, Fault> {
    Ok(import::Entity::find()
        .filter(import::Column::State.eq(AccountImportState::Running))
        .filter(import::Column::LeaseUntil.lte(op.now()))
        .order_by_asc(import::Column::LeaseUntil)
        .limit(limit)
        .all(op.db().read())
        .await?)
}

/// When the next writer is taken to be dead, if it gives no sign; none where none writes.
///
/// # Errors
/// Database faults.
pub async fn next_lease_end(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    let next: Option<Option<DateTime<Utc>>> = import::Entity::find()
        .select_only()
        .column(import::Column::LeaseUntil)
        .filter(import::Column::State.eq(AccountImportState::Running))
        .order_by_asc(import::Column::LeaseUntil)
        .limit(1)
        .into_tuple()
        .one(op.db().read())
        .await?;
    Ok(next.flatten())
}
