//! The SQL of reading whole lists: the keys of their accounts, a page of thousands at once.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of reading whole lists")]

use super::account::of_version;
use crate::op::Fault;
use entity::{
    account,
    id::{AccountId, AccountListId},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, ExprTrait as _, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

/// Accounts with their keys, packed: of each its id, how many bytes of keys it has, big-endian, and these. PostgreSQL packs
/// a page into one value, since to take a row apart costs more than to match it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeysPage {
    packed: Vec<u8>,
    /// The external id behind which the next page begins; none where this was the last one.
    pub next: Option<String>,
}

impl KeysPage {
    fn push(&mut self, id: AccountId, keys: &[u8]) -> Result<(), Fault> {
        self.packed.extend(Uuid::from(id).as_bytes());
        self.packed.extend(u32::try_from(keys.len()).map_err(Fault::internal)?.to_be_bytes());
        self.packed.extend(keys);
        Ok(())
    }

    /// The accounts in it, each with its keys as bytes.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountId, &[u8])> {
        let mut rest = self.packed.as_slice();
        std::iter::from_fn(move || {
            let (id, after) = rest.split_first_chunk::<16>()?;
            let (length, after) = after.split_first_chunk::<4>()?;
            let (keys, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            rest = after;
            Some((Uuid::from_bytes(*id).into(), keys))
        })
    }
}

#[derive(FromQueryResult)]
struct Packed {
    accounts: i64,
    packed: Option<Vec<u8>>,
    last: Option<String>,
}

/// At most `limit` accounts of a version of a list, behind an external id where one is given, in the order of these.
///
/// # Errors
/// Database faults.
pub async fn list_keys(
    connection: &impl ConnectionTrait,
    id: AccountListId,
    version: i64,
    after: Option<&str>,
    limit: u64,
) -> Result<KeysPage, Fault> {
    let mut query = account::Entity::find()
        .select_only()
        .columns([account::Column::Id, account::Column::ExternalId, account::Column::Keys])
        .filter(of_version(id, version));
    if let Some(after) = after {
        query = query.filter(account::Column::ExternalId.gt(after));
    }
    let query = query.order_by_asc(account::Column::ExternalId).limit(limit);
    match connection.get_database_backend() {
        DatabaseBackend::Postgres => list_packed(connection, query, limit).await,
        _ => list_rows(connection, query, limit).await,
    }
}

async fn list_packed(
    connection: &impl ConnectionTrait,
    query: Select<account::Entity>,
    limit: u64,
) -> Result<KeysPage, Fault> {
    let packed = "string_agg(uuid_send(page.id) || int4send(octet_length(page.keys)) || page.keys, ''::bytea)";
    let page = Query::select()
        .expr_as(Expr::cust("count(*)"), "accounts")
        .expr_as(Expr::cust(packed), "packed")
        .expr_as(Expr::col(("page", account::Column::ExternalId)).max(), "last")
        .from_subquery(query.into_query(), "page")
        .to_owned();
    let row = connection.query_one(&page).await?.ok_or_else(|| Fault::internal("counting gives a row"))?;
    let page = Packed::from_query_result(&row, "")?;
    let is_last = u64::try_from(page.accounts).is_ok_and(|accounts| accounts < limit);
    Ok(KeysPage { packed: page.packed.unwrap_or_default(), next: page.last.filter(|_| !is_last) })
}

async fn list_rows(
    connection: &impl ConnectionTrait,
    query: Select<account::Entity>,
    limit: u64,
) -> Result<KeysPage, Fault> {
    // Read by place and not by name: there are a million of them.
    let rows: Vec<(AccountId, String, Vec<u8>)> = query.into_tuple().all(connection).await?;
    let is_last = u64::try_from(rows.len()).is_ok_and(|accounts| accounts < limit);
    let mut page = KeysPage::default();
    for (id, _, keys) in &rows {
        page.push(*id, keys)?;
    }
    page.next = rows.into_iter().next_back().map(|(_, last, _)| last).filter(|_| !is_last);
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_come_back_as_they_were_packed() {
        let mut page = KeysPage::default();
        let accounts: [(u128, &[u8]); 3] = [(1, b"abc"), (u128::MAX, b""), (3, &[0; 300])];
        for (id, keys) in accounts {
            page.push(Uuid::from_u128(id).into(), keys).unwrap();
        }
        let read: Vec<(AccountId, &[u8])> = page.accounts().collect();
        assert_eq!(read, accounts.map(|(id, keys)| (AccountId::from(Uuid::from_u128(id)), keys)));
    }

    #[test]
    fn what_is_cut_short_ends() {
        let mut page = KeysPage::default();
        page.push(Uuid::from_u128(1).into(), b"abc").unwrap();
        for end in 0..page.packed.len() {
            let cut = KeysPage { packed: page.packed.get(..end).unwrap().to_vec(), next: None };
            assert_eq!(cut.accounts().count(), 0, "{end}");
        }
    }
}
