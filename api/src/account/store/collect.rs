//! Rows that no reader sees any more, and their removal in parts.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that collects accounts")]

use super::version::{has_gone_rows_in, remove_rows_in};
use crate::{
    account::{
        model::{AccountList, KEPT, LEASE},
        policy::TidyAccountList,
    },
    op::{Fault, Op, Permit},
};
use chrono::{DateTime, Utc};
use entity::{account_list as list_row, id::AccountListId};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{LockBehavior, LockType},
};

/// The lists with rows that may go by now, those that wait longest first.
///
/// # Errors
/// Database faults.
pub async fn list_due_collections(op: &Op, limit: u64) -> Result<Vec<AccountListId>, Fault> {
    Ok(list_row::Entity::find()
        .select_only()
        .column(list_row::Column::Id)
        .filter(list_row::Column::CollectAfter.lte(op.now()))
        .order_by_asc(list_row::Column::CollectAfter)
        .order_by_asc(list_row::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

/// When rows of some list may go; none where none wait for it.
///
/// # Errors
/// Database faults.
pub async fn next_collection(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    let next: Option<Option<DateTime<Utc>>> = list_row::Entity::find()
        .select_only()
        .column(list_row::Column::CollectAfter)
        .filter(list_row::Column::CollectAfter.is_not_null())
        .order_by_asc(list_row::Column::CollectAfter)
        .limit(1)
        .into_tuple()
        .one(op.db().read())
        .await?;
    Ok(next.flatten())
}

/// Takes a list in hand whose rows may go, for as long as a lease lasts, and says from now on that they may be gone. `None`
/// where another has it in hand.
///
/// # Errors
/// Database faults.
pub async fn claim_collection_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<TidyAccountList>,
) -> Result<Option<AccountList>, Fault> {
    let due = list_row::Entity::find_by_id(permit.resource())
        .filter(list_row::Column::CollectAfter.lte(op.now()))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx)
        .await?;
    let Some(list) = due else { return Ok(None) };
    let mut row = list.clone().into_active_model();
    row.collected_version = Set(list.collected_version.max(list.collect_version));
    row.collect_after = Set(Some(op.now() + LEASE));
    Ok(Some(row.update(tx).await?))
}

/// Removes at most `limit` of the rows that may go; says how many that were.
///
/// # Errors
/// Database faults.
pub async fn collect_in(
    tx: &DatabaseTransaction,
    permit: &Permit<TidyAccountList>,
    list: &AccountList,
    limit: u64,
) -> Result<u64, Fault> {
    let version = list.deleted_at.is_none().then_some(list.collect_version);
    remove_rows_in(tx, permit, version, limit).await
}

/// Notes that all rows that could go are gone, and when the next may.
///
/// # Errors
/// Database faults.
pub async fn conclude_collection_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<TidyAccountList>,
    collected: &AccountList,
) -> Result<(), Fault> {
    let now = list_row::Entity::find_by_id(permit.resource()).lock_exclusive().one(tx).await?;
    let Some(list) = now else { return Ok(()) };
    let waits = match (list.deleted_at, collected.deleted_at) {
        // Of one that was deleted meanwhile all rows are still to go.
        (Some(_), deleted) => deleted.is_none(),
        (None, _) => has_gone_rows_in(tx, &list).await?,
    };
    let mut row = list.clone().into_active_model();
    row.collect_version = Set(list.version);
    row.collect_after = Set(waits.then(|| op.now() + KEPT));
    row.update(tx).await?;
    Ok(())
}
