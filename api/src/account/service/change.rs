//! The one writer of a list: whoever begins to write finds that nobody else does, and what a writer that died has left is
//! cleared away first.

use super::locked;
use crate::{
    account::{
        model::{AccountImport, AccountImportProblem, AccountList},
        policy::ManageAccountList,
        store::{self, ImportEnd},
    },
    db::Tx,
    op::{Action, Fault, Op, Outcome, Permit, Refusal},
};
use chrono::{DateTime, Utc};
use entity::id::AccountListId;

/// Rows that one transaction clears away.
pub(super) const CLEARED_AT_ONCE: u64 = 5_000;

/// The list, locked by a transaction in which nobody else writes it.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE` while an import runs.
pub(super) async fn begin(op: &Op, id: AccountListId) -> Outcome<(Tx, AccountList, Permit<ManageAccountList>)> {
    loop {
        let tx = op.db().begin().await?;
        let (list, permit) = locked(&tx, op, id).await?;
        let Some(running) = store::find_running_in(&tx, id).await? else { return Ok((tx, list, permit)) };
        if running.lease_until.is_some_and(|until| until > op.now()) {
            return Err(Refusal::invalid_state("An import of this list is running. Try again when it is done.").into());
        }
        tx.rollback().await?;
        bury(op, &permit, &running).await?;
    }
}

/// Clears away what an import has left whose writer has died, and notes it as failed. False where another does so.
///
/// # Errors
/// Database faults.
pub(super) async fn bury<A: Action<Resource = AccountListId>>(
    op: &Op,
    permit: &Permit<A>,
    dead: &AccountImport,
) -> Result<bool, Fault> {
    let Some(lease) = dead.lease_until else { return Ok(false) };
    clear(op, permit, dead, lease, ImportEnd::Failed(AccountImportProblem::Died)).await
}

/// Clears away what an import has laid out, part by part, and then ends it. False where another has it in hand, who then
/// does the rest. A crash in between loses nothing: the import still counts as running, and whoever finds it dead goes on.
///
/// # Errors
/// Database faults.
pub(super) async fn clear<A: Action<Resource = AccountListId>>(
    op: &Op,
    permit: &Permit<A>,
    import: &AccountImport,
    mut lease: DateTime<Utc>,
    end: ImportEnd,
) -> Result<bool, Fault> {
    // One writer a list: while it is this import, the version that is shown is the one before its own.
    let shown = import.version - 1;
    loop {
        let tx = op.db().begin().await?;
        let Some(held) = store::hold_in(&tx, op, permit, import.id, lease).await? else { return Ok(false) };
        lease = held;
        let cleared = store::clear_in(&tx, permit, shown, CLEARED_AT_ONCE).await?;
        if cleared == 0 {
            store::settle_in(&tx, op, permit, import.id, end).await?;
        }
        tx.commit().await?;
        if cleared == 0 {
            return Ok(true);
        }
    }
}
