//! The first accounts of a list, for whoever decides what of it is shown.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of samples")]

use crate::op::{Fault, Op};
use entity::{account, account_list};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The first `limit` accounts of a list, by name, as its readers see it.
///
/// # Errors
/// Database faults.
pub async fn list_sample(op: &Op, list: &account_list::Model, limit: u64) -> Result<Vec<account::Model>, Fault> {
    let seen = Condition::any().add(account::Column::Until.is_null()).add(account::Column::Until.gt(list.version));
    Ok(account::Entity::find()
        .filter(account::Column::ListId.eq(list.id))
        .filter(account::Column::Since.lte(list.version))
        .filter(seen)
        .order_by_asc(account::Column::NameKey)
        .order_by_asc(account::Column::Id)
        .limit(limit)
        .all(op.db().read())
        .await?)
}
