//! What can be done with account lists. The key of a service needs the scope `PARTNERSHIPS_WRITE` for all of it. Longer
//! lists are sent as files to `POST /upload/account-lists/{id}`.

use super::{
    input::{
        AccountListAddInput, AccountListCreateInput, AccountListDeleteInput, AccountListRemoveAccountsInput,
        AccountListUpdateInput,
    },
    list::AccountList,
};
use crate::{
    account::service,
    op::Refusal,
    schema::{
        error::{ContextExt, UserError, UserErrorCode, settle},
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::id::TypedId;

/// Root fields of this room.
#[derive(Default)]
pub struct AccountMutation;

/// What came of `accountListCreate`.
#[derive(SimpleObject)]
pub struct AccountListCreatePayload {
    /// The list; null where nothing was done.
    pub account_list: Option<AccountList>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `accountListUpdate`.
#[derive(SimpleObject)]
pub struct AccountListUpdatePayload {
    /// The list as it is now; null where nothing was done.
    pub account_list: Option<AccountList>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `accountListAdd`.
#[derive(SimpleObject)]
pub struct AccountListAddPayload {
    /// The list as it is now; null where nothing was done.
    pub account_list: Option<AccountList>,
    /// How many accounts are new in the list; null where nothing was done.
    pub created: Option<i32>,
    /// How many say something else than before; null where nothing was done.
    pub updated: Option<i32>,
    /// How many say what was there already; null where nothing was done.
    pub unchanged: Option<i32>,
    /// The accounts that were not taken, in the order of the input; null where nothing was done.
    pub rejected: Option<Vec<RejectedAccount>>,
    /// Why nothing was done; empty where it was. That single accounts were not taken is said in `rejected`.
    pub user_errors: Vec<UserError>,
}

/// An account that was not taken.
#[derive(SimpleObject, Clone, Debug)]
pub struct RejectedAccount {
    /// Its place in the input, from 0.
    pub row: i32,
    /// The field of the account at fault.
    pub field: Option<String>,
    /// For people, in English.
    pub message: String,
    /// For programs: REQUIRED, TOO_LONG, TOO_MANY, INVALID_FORMAT, or ALREADY_EXISTS where the external id
    /// came before in the same call.
    pub code: UserErrorCode,
}

/// What came of `accountListRemoveAccounts`.
#[derive(SimpleObject)]
pub struct AccountListRemoveAccountsPayload {
    /// The list as it is now; null where nothing was done.
    pub account_list: Option<AccountList>,
    /// How many accounts it lost; null where nothing was done.
    pub removed: Option<i32>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `accountListDelete`.
#[derive(SimpleObject)]
pub struct AccountListDeletePayload {
    /// The id of the list that is gone; null where nothing was done.
    pub deleted_account_list_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl AccountMutation {
    /// Makes an account list without accounts; an organization has at most 200. Nobody else sees it until a sharing rule
    /// says so. Requires: manager. Codes: NOT_ALLOWED, REQUIRED, TOO_LONG, TAKEN, NOT_FOUND, INVALID_VALUE, INVALID_STATE
    /// for a partner that takes part by itself, TOO_MANY, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn account_list_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list.")] input: AccountListCreateInput,
    ) -> Option<Result<AccountListCreatePayload>> {
        let done = async {
            let (new, key) = input.split();
            let (list, user_errors) = settle(service::create(ctx.op()?, new, key.as_deref()).await)?;
            Ok(AccountListCreatePayload { account_list: list.map(AccountList), user_errors })
        };
        Some(done.await)
    }

    /// Renames an account list, or makes it one of another kind. Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, REQUIRED, TOO_LONG, TAKEN.
    async fn account_list_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list's id.")] id: ID,
        #[graphql(desc = "The change.")] input: AccountListUpdateInput,
    ) -> Option<Result<AccountListUpdatePayload>> {
        let done = async {
            let (patch, expected) = input.split();
            let id = node::parse(&id)?;
            let (list, user_errors) = settle(service::update(ctx.op()?, id, patch, expected).await)?;
            Ok(AccountListUpdatePayload { account_list: list.map(AccountList), user_errors })
        };
        Some(done.await)
    }

    /// Enters accounts into a list, and changes those that are there already; all of them are seen at once. Accounts that
    /// cannot be taken are told in `rejected` and do not stop the others. At most 10,000 a call; longer lists are sent as
    /// CSV to `POST /upload/account-lists/{id}`. Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED, TOO_MANY, INVALID_STATE
    /// while an import of the list runs.
    async fn account_list_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list's id.")] id: ID,
        #[graphql(desc = "The accounts.")] input: AccountListAddInput,
    ) -> Option<Result<AccountListAddPayload>> {
        let done = async {
            let drafts = input.accounts.into_iter().map(|account| account.draft()).collect::<Result<_, _>>()?;
            let (added, user_errors) = settle(service::add(ctx.op()?, node::parse(&id)?, drafts).await)?;
            let Some(service::Added { list, counts, rejected }) = added else {
                return Ok(AccountListAddPayload {
                    account_list: None,
                    created: None,
                    updated: None,
                    unchanged: None,
                    rejected: None,
                    user_errors,
                });
            };
            Ok(AccountListAddPayload {
                account_list: Some(AccountList(list)),
                created: Some(shown(counts.created)),
                updated: Some(shown(counts.updated)),
                unchanged: Some(shown(counts.unchanged)),
                rejected: Some(rejected.into_iter().map(rejection).collect()),
                user_errors,
            })
        };
        Some(done.await)
    }

    /// Takes accounts out of a list by their external ids. Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED, TOO_MANY,
    /// INVALID_STATE while an import of the list runs.
    async fn account_list_remove_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list's id.")] id: ID,
        #[graphql(desc = "Which accounts.")] input: AccountListRemoveAccountsInput,
    ) -> Option<Result<AccountListRemoveAccountsPayload>> {
        let done = async {
            let removed = service::remove(ctx.op()?, node::parse(&id)?, input.external_ids).await;
            let (removed, user_errors) = settle(removed)?;
            let (list, removed) = removed.unzip();
            Ok(AccountListRemoveAccountsPayload {
                account_list: list.map(AccountList),
                removed: removed.map(shown),
                user_errors,
            })
        };
        Some(done.await)
    }

    /// Deletes an account list for good: nobody sees it or its accounts from now on, and what was matched with it is gone.
    /// Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH.
    async fn account_list_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list's id.")] id: ID,
        #[graphql(desc = "What to check before.")] input: Option<AccountListDeleteInput>,
    ) -> Option<Result<AccountListDeletePayload>> {
        let done = async {
            let expected = input.unwrap_or_default().expected_revision;
            let (gone, user_errors) = settle(service::delete(ctx.op()?, node::parse(&id)?, expected).await)?;
            let deleted_account_list_id = gone.map(|id: entity::id::AccountListId| ID(id.global()));
            Ok(AccountListDeletePayload { deleted_account_list_id, user_errors })
        };
        Some(done.await)
    }
}

fn rejection((row, refusal): (usize, Refusal)) -> RejectedAccount {
    RejectedAccount {
        row: i32::try_from(row).unwrap_or(i32::MAX),
        field: refusal.field.into_iter().next(),
        message: refusal.message,
        code: refusal.code.into(),
    }
}

fn shown(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
