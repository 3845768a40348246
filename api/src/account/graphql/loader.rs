//! Batched reads of lists, accounts and imports.

use crate::{
    account::{
        model::{Account, AccountImport, AccountList},
        store,
    },
    op::Fault,
    schema::loader::{Batch, Found},
};
use async_graphql::dataloader::Loader;
use entity::id::{AccountId, AccountListId, AccountListImportId};
use std::{collections::HashMap, sync::Arc};

#[async_trait::async_trait]
impl Loader<AccountListId> for Batch {
    type Value = AccountList;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[AccountListId]) -> Found<AccountListId, AccountList> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<AccountId> for Batch {
    type Value = Account;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[AccountId]) -> Found<AccountId, Account> {
        let rows = store::list_accounts_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<AccountListImportId> for Batch {
    type Value = AccountImport;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[AccountListImportId]) -> Found<AccountListImportId, AccountImport> {
        let rows = store::list_imports_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The newest imports of a list, one more than `first`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstImportsOf {
    /// The list.
    pub list: AccountListId,
    /// How many are wanted.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<FirstImportsOf> for Batch {
    type Value = Vec<AccountImport>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstImportsOf]) -> Found<FirstImportsOf, Vec<AccountImport>> {
        let mut of_size: HashMap<u32, Vec<AccountListId>> = HashMap::new();
        for key in keys {
            of_size.entry(key.first).or_default().push(key.list);
        }
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        // A document that asks for the list twice with different sizes gets two statements.
        for (first, lists) in of_size {
            for row in store::list_imports(&self.op, &lists, None, u64::from(first) + 1).await? {
                found.entry(FirstImportsOf { list: row.list_id, first }).or_default().push(row);
            }
        }
        Ok(found)
    }
}

/// How many imports a list has had; missing where it had none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImportCountOf(pub AccountListId);

#[async_trait::async_trait]
impl Loader<ImportCountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ImportCountOf]) -> Found<ImportCountOf, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::count_imports(&self.op, &ids).await?;
        Ok(rows.into_iter().map(|(id, count)| (ImportCountOf(id), count)).collect())
    }
}
