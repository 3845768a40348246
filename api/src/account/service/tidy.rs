//! What is tidied up as time passes: imports whose writers died, and rows that no reader sees any more.

use super::change::bury;
use crate::{
    account::{policy::TidyAccountList, store},
    op::{Failure, Fault, Op, each_due},
};
use chrono::{DateTime, Utc};
use entity::id::AccountListId;

/// Rows that one transaction removes.
const COLLECTED_AT_ONCE: u64 = 5_000;

/// Clears away what at most `limit` imports have left whose writers died; says how many those were.
///
/// # Errors
/// Database faults.
pub async fn clear_dead_imports(op: &Op, limit: u64) -> Result<usize, Fault> {
    let dead = store::list_dead_imports(op, limit).await?;
    each_due(dead, |import| async move {
        let permit = op.authorize::<TidyAccountList>(import.list_id, &());
        bury(op, &permit.map_err(|denied| Failure::from(denied).into_fault())?, &import).await
    })
    .await
}

/// When the next import is taken to be dead, if its writer gives no sign.
///
/// # Errors
/// Database faults.
pub async fn next_dead_import(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    store::next_lease_end(op).await
}

/// Removes the rows of at most `limit` lists that may go; says how many lists that were.
///
/// # Errors
/// Database faults.
pub async fn collect(op: &Op, limit: u64) -> Result<usize, Fault> {
    let due = store::list_due_collections(op, limit).await?;
    each_due(due, |id| collect_one(op, id)).await
}

async fn collect_one(op: &Op, id: AccountListId) -> Result<bool, Fault> {
    let permit = op.authorize::<TidyAccountList>(id, &()).map_err(|denied| Failure::from(denied).into_fault())?;
    let tx = op.db().begin().await?;
    let claimed = store::claim_collection_in(&tx, op, &permit).await?;
    tx.commit().await?;
    let Some(list) = claimed else { return Ok(false) };
    loop {
        let tx = op.db().begin().await?;
        let gone = store::collect_in(&tx, &permit, &list, COLLECTED_AT_ONCE).await?;
        if gone == 0 {
            store::conclude_collection_in(&tx, op, &permit, &list).await?;
        }
        tx.commit().await?;
        if gone == 0 {
            return Ok(true);
        }
    }
}

/// When rows of some list may go.
///
/// # Errors
/// Database faults.
pub async fn next_collection(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    store::next_collection(op).await
}
