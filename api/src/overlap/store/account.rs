//! The SQL of the accounts that are compared and shown: their keys as of a version, what changed between two versions,
//! and the accounts as they are now. Who may be shown which of them is asked after.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of the accounts that are compared")]

use crate::{op::Fault, overlap::model::Account, sharing::model::MappingPair};
use entity::{
    account, account_list as list,
    id::{AccountId, AccountListId, OrganizationId},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};
use std::collections::HashMap;

/// Ids that one statement is asked for; a statement has a bounded number of parameters.
const AT_ONCE: usize = 10_000;

/// A list with the version that readers see now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The list.
    pub list: AccountListId,
    /// Whose accounts they are.
    pub subject: OrganizationId,
    /// The version.
    pub version: i64,
    /// How many accounts it has.
    pub accounts: usize,
    /// What changed since an earlier version than this can no longer be told.
    pub collected: i64,
}

/// The lists of a pair, the left one first; none where one of them is gone or has no accounts yet.
///
/// # Errors
/// Database faults.
pub async fn list_versions(
    connection: &impl ConnectionTrait,
    pair: &MappingPair,
) -> Result<Option<(Version, Version)>, Fault> {
    let rows = list::Entity::find()
        .filter(list::Column::Id.is_in([pair.left_list_id, pair.right_list_id]))
        .filter(list::Column::DeletedAt.is_null())
        .filter(list::Column::Version.gt(0))
        .all(connection)
        .await?;
    let of = |id: AccountListId| {
        rows.iter().find(|row| row.id == id).map(|row| Version {
            list: row.id,
            subject: row.subject_id,
            version: row.version,
            accounts: usize::try_from(row.account_count).unwrap_or_default(),
            collected: row.collected_version,
        })
    };
    Ok(of(pair.left_list_id).zip(of(pair.right_list_id)))
}

/// What an account is matched by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountKeys {
    /// The account.
    pub id: AccountId,
    /// Its keys as bytes.
    pub keys: Vec<u8>,
}

pub(super) fn of_version(id: AccountListId, version: i64) -> Condition {
    Condition::all()
        .add(account::Column::ListId.eq(id))
        .add(account::Column::Since.lte(version))
        .add(Condition::any().add(account::Column::Until.is_null()).add(account::Column::Until.gt(version)))
}

async fn keys_of(query: Select<account::Entity>, connection: &impl ConnectionTrait) -> Result<Vec<AccountKeys>, Fault> {
    let rows: Vec<(AccountId, Vec<u8>)> =
        query.select_only().columns([account::Column::Id, account::Column::Keys]).into_tuple().all(connection).await?;
    Ok(rows.into_iter().map(|(id, keys)| AccountKeys { id, keys }).collect())
}

/// What changed of a list from one version to a later one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChanges {
    /// Accounts that went, or were as these say.
    pub gone: Vec<AccountKeys>,
    /// Accounts that came, or are as these say.
    pub come: Vec<AccountKeys>,
}

/// What changed of a list from the version `from` to the version `to`; none where that is more than `most` accounts.
///
/// # Errors
/// Database faults.
pub async fn list_changes(
    connection: &impl ConnectionTrait,
    id: AccountListId,
    from: i64,
    to: i64,
    most: u64,
) -> Result<Option<AccountChanges>, Fault> {
    if from == to {
        return Ok(Some(AccountChanges::default()));
    }
    let of_list = || account::Entity::find().filter(account::Column::ListId.eq(id));
    let come = of_list()
        .filter(account::Column::Since.gt(from))
        .filter(account::Column::Since.lte(to))
        .filter(Condition::any().add(account::Column::Until.is_null()).add(account::Column::Until.gt(to)));
    let gone = of_list()
        .filter(account::Column::Until.gt(from))
        .filter(account::Column::Until.lte(to))
        .filter(account::Column::Since.lte(from));
    for query in [&come, &gone] {
        if query.clone().count(connection).await? > most {
            return Ok(None);
        }
    }
    Ok(Some(AccountChanges { come: keys_of(come, connection).await?, gone: keys_of(gone, connection).await? }))
}

/// Whole rows of a version of a list, for keys that are of an earlier time.
///
/// # Errors
/// Database faults.
pub async fn list_rows(
    connection: &impl ConnectionTrait,
    id: AccountListId,
    version: i64,
    accounts: &[AccountId],
) -> Result<Vec<Account>, Fault> {
    let mut rows = Vec::new();
    for some in accounts.chunks(AT_ONCE) {
        let query = account::Entity::find().filter(of_version(id, version));
        rows.extend(query.filter(account::Column::Id.is_in(some.iter().copied())).all(connection).await?);
    }
    Ok(rows)
}

/// The accounts as readers of their lists see them now.
pub(super) fn seen_now() -> Select<account::Entity> {
    let mut query = account::Entity::find();
    let of = |column| Expr::col((list::Entity, column));
    let until = (account::Entity, account::Column::Until);
    QuerySelect::query(&mut query)
        .inner_join(list::Entity, of(list::Column::Id).equals((account::Entity, account::Column::ListId)))
        .and_where(of(list::Column::DeletedAt).is_null())
        .and_where(Expr::col((account::Entity, account::Column::Since)).lte(of(list::Column::Version)))
        .cond_where(
            Condition::any().add(Expr::col(until).is_null()).add(Expr::col(until).gt(of(list::Column::Version))),
        );
    query
}

/// The accounts with these ids as readers of their lists see them now; those that are gone are missing.
///
/// # Errors
/// Database faults.
pub async fn list_accounts(
    connection: &impl ConnectionTrait,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<HashMap<AccountId, Account>, Fault> {
    let mut accounts: Vec<AccountId> = accounts.into_iter().collect();
    accounts.sort_unstable();
    accounts.dedup();
    let mut found = HashMap::with_capacity(accounts.len());
    for some in accounts.chunks(AT_ONCE) {
        let rows = seen_now().filter(account::Column::Id.is_in(some.iter().copied())).all(connection).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// The accounts with these ids as they are, or as they were last; those of which nothing is left are missing.
///
/// # Errors
/// Database faults.
pub async fn list_last_known(
    connection: &impl ConnectionTrait,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<HashMap<AccountId, Account>, Fault> {
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    let mut found = HashMap::with_capacity(accounts.len());
    for some in accounts.chunks(AT_ONCE) {
        let rows = account::Entity::find()
            .filter(account::Column::Id.is_in(some.iter().copied()))
            .order_by_asc(account::Column::Since)
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}
