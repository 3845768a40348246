//! The SQL of account lists: scoped reads here; accounts, versions, imports and what is collected below.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of account lists")]

mod account;
mod collect;
mod import;
mod listing;
mod version;
mod write;

pub use account::{
    AccountFilter, AccountPosition, count_accounts, list_accounts, list_accounts_by_domain, list_accounts_by_ids,
};
pub use collect::{claim_collection_in, collect_in, conclude_collection_in, list_due_collections, next_collection};
pub use import::{
    ImportEnd, NewImport, count_imports, find_running_in, hold_in, insert_import_in, list_dead_imports, list_imports,
    list_imports_by_ids, next_lease_end, progress_in, settle_in,
};
pub use listing::{ListFilter, ListPosition, count, count_of_organization_in, find_by_name, list};
pub use version::{Target, clear_in, forget_seen_in, lay_in, look_at_accounts, remove_in, show_in, sweep_in};
pub use write::{delete_in, insert_in, update_in};

use super::model::AccountList;
use crate::op::{Actor, Fault, Op};
use entity::{
    account_list as list_row, api_key,
    id::{AccountListId, OrganizationId},
    member,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::Expr};

/// The lists that the actor may see: those of its own organization. Not even the operator's people see others; the
/// command line, which has the database anyway, does.
fn visible(op: &Op) -> Select<list_row::Entity> {
    let query = list_row::Entity::find().filter(list_row::Column::DeletedAt.is_null());
    match (&op.actor, op.actor.organization()) {
        (Actor::Operator | Actor::System, _) => query,
        (_, Some(own)) => query.filter(list_row::Column::OrganizationId.eq(own)),
        // Whoever acts for no organization finds nothing.
        (_, None) => query.filter(Expr::val(false)),
    }
}

/// The visible lists with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[AccountListId]) -> Result<Vec<AccountList>, Fault> {
    Ok(visible(op).filter(list_row::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible list with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: AccountListId) -> Result<Option<AccountList>, Fault> {
    Ok(visible(op).filter(list_row::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The row of a list, deleted or not.
///
/// # Errors
/// Database faults.
pub async fn row_in(tx: &DatabaseTransaction, id: AccountListId) -> Result<Option<AccountList>, Fault> {
    Ok(list_row::Entity::find_by_id(id).one(tx).await?)
}

/// Whether an organization takes part by itself: it has members, or keys that were not revoked.
///
/// # Errors
/// Database faults.
pub async fn takes_part_in(tx: &DatabaseTransaction, id: OrganizationId) -> Result<bool, Fault> {
    let people = member::Entity::find().filter(member::Column::OrganizationId.eq(id));
    if people.one(tx).await?.is_some() {
        return Ok(true);
    }
    let keys = api_key::Entity::find()
        .filter(api_key::Column::OrganizationId.eq(id))
        .filter(api_key::Column::RevokedAt.is_null());
    Ok(keys.one(tx).await?.is_some())
}
