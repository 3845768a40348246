//! The use cases of account lists, one function a mutation; imports, and what is tidied up.

mod change;
mod entries;
mod import;
mod list;
mod tidy;

pub use entries::{Added, add, remove};
pub use import::{Import, Stopped};
pub use list::{create, create_for, delete, find_by_name, update};
pub use tidy::{clear_dead_imports, collect, next_collection, next_dead_import};

use super::{
    event::AccountListEvent,
    model::{Account, AccountList},
    policy::ManageAccountList,
    store,
};
use crate::{
    db::Tx,
    event,
    op::{Fault, Op, Outcome, Permit, Refusal},
};
use entity::id::{AccountId, AccountListId};

/// At most `limit` accounts of the actor's own organization with this registrable domain, by name; not those that it has of
/// offline partners.
///
/// # Errors
/// [`Fault::Unauthenticated`] where the actor acts for no organization; database faults.
pub async fn list_by_domain(op: &Op, domain: &str, limit: u64) -> Result<Vec<Account>, Fault> {
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    store::list_accounts_by_domain(op, own, domain, limit).await
}

/// The visible account with this id, as its list has it now. Not for use inside of a transaction.
///
/// # Errors
/// Database faults.
pub async fn find_account(op: &Op, id: AccountId) -> Result<Option<Account>, Fault> {
    Ok(store::list_accounts_by_ids(op, &[id]).await?.pop())
}

/// The visible list with this id, locked, and the permit to change it.
async fn locked(tx: &Tx, op: &Op, id: AccountListId) -> Outcome<(AccountList, Permit<ManageAccountList>)> {
    let list = store::find_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<ManageAccountList>(id, &list)?;
    Ok((list, permit))
}

/// Puts a change on record and commits it: the last step of every change that others read.
async fn conclude(tx: Tx, op: &Op, change: &AccountListEvent<'_>) -> Result<(), Fault> {
    event::record(&tx, op, vec![change.fact()]).await?;
    op.mapping().notify_after(&tx);
    Ok(tx.commit().await?)
}
