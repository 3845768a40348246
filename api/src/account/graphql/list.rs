//! Lists in the schema.

use super::{
    account::Account,
    import::AccountListImport,
    input::AccountFilter,
    loader::{FirstImportsOf, ImportCountOf},
};
use crate::{
    account::{model, policy::ManageAccountList, store},
    organization::graphql::types::Organization,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
    },
    sharing::graphql::{nested::rules_of, types::SharingRule},
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{AccountListId, TypedId};
use uuid::Uuid;

/// What the accounts of a list are to whoever has it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::AccountListKind")]
pub enum AccountListKind {
    /// They buy already.
    Customers,
    /// A deal is open with them.
    OpenOpportunities,
    /// They may become customers.
    Prospects,
    /// Something else, as the list's name says.
    Custom,
}

/// A list of accounts: whom an organization sells to or wants to, or whom a partner does that has no people here. It is
/// replaced or changed as a whole: a reader never sees a part of a change. Visible to the members and API keys of its
/// organization.
pub struct AccountList(pub model::AccountList);

/// A list of accounts: whom an organization sells to or wants to, or whom a partner does that has no people here. It is
/// replaced or changed as a whole: a reader never sees a part of a change. Visible to the members and API keys of its
/// organization.
#[Object]
impl AccountList {
    /// The list's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The organization that manages it.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.organization_id).await.map(|row| row.map(Organization)).transpose()
    }

    /// Whose accounts they are: the same organization, or an offline partner; null where the viewer may no longer see its
    /// page.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.subject_id).await.map(|row| row.map(Organization)).transpose()
    }

    /// Its name, at most 100 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What its accounts are.
    async fn kind(&self) -> AccountListKind {
        self.0.kind.into()
    }

    /// How many accounts it has, 0 to 5,000,000.
    async fn account_count(&self) -> i32 {
        self.0.account_count
    }

    /// Raised by one whenever its accounts change; 0 while it never had any.
    async fn version(&self) -> i32 {
        i32::try_from(self.0.version).unwrap_or(i32::MAX)
    }

    /// Its accounts, by name.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
        #[graphql(desc = "Which of them; all where it is left out.")] filter: Option<AccountFilter>,
    ) -> Option<Result<List<Account>>> {
        Some(self.page_of_accounts(ctx, first, after.as_deref(), filter.unwrap_or_default()).await)
    }

    /// Files that were sent into it, newest first, also those that broke off.
    async fn imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<AccountListImport>>> {
        Some(imports(ctx, self.0.id, first, after.as_deref()).await)
    }

    /// What partners see of it by rules of their own, oldest first. What others see is said by `sharingDefaults`.
    async fn sharing_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<SharingRule>>> {
        Some(rules_of(ctx, self.0.id, first, after).await)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it or its accounts were last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change, of its accounts as well; give it as `expectedRevision` to change only what you have
    /// seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may change it and its accounts, and delete it.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<ManageAccountList>(self.0.id, &self.0))
    }
}

impl AccountList {
    async fn page_of_accounts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<&str>,
        filter: AccountFilter,
    ) -> Result<List<Account>> {
        const ORDER: &str = "accounts.NAME.ASC";
        let page = Page::<store::AccountPosition>::parse(ORDER, first, after)?;
        let filter = filter.checked()?;
        let slice = store::list_accounts(ctx.op()?, &self.0, &filter, &page).await?;
        let total = match filter.is_open() {
            true => Total::known(u64::try_from(self.0.account_count).unwrap_or_default()),
            false => {
                let row = self.0.clone();
                Total::counted(move |op| {
                    let (row, filter) = (row.clone(), filter.clone());
                    async move { store::count_accounts(&op, &row, &filter).await }
                })
            }
        };
        list(slice, ORDER, total, Account)
    }
}

async fn imports(
    ctx: &Context<'_>,
    of: AccountListId,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<List<AccountListImport>> {
    const ORDER: &str = "accountListImports.ID.DESC";
    let page = Page::<Uuid>::parse(ORDER, first, after)?;
    let rows = match page.after {
        None => load(ctx, FirstImportsOf { list: of, first: page.first }).await?.unwrap_or_default(),
        // Only a list of one account list is turned over, so no other asks at the same time.
        Some(after) => store::list_imports(ctx.op()?, &[of], Some(after), page.fetch()).await?,
    };
    let slice = page.slice(rows, |row| Uuid::from(row.id));
    list(slice, ORDER, Total::loaded(ImportCountOf(of)), AccountListImport)
}
