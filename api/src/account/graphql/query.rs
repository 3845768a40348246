//! What can be asked about account lists.

use super::list::{AccountList, AccountListKind};
use crate::{
    account::store::{self, ListFilter, ListPosition},
    op::Fault,
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
        node,
    },
};
use async_graphql::{Context, ID, Object, Result};
use entity::id::AccountListId;

/// Root fields of this room.
#[derive(Default)]
pub struct AccountQuery;

#[Object]
impl AccountQuery {
    /// The account list with this id; null where it is unknown or the viewer may not see it.
    async fn account_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list's id.")] id: ID,
    ) -> Option<Result<AccountList>> {
        let found = async { load(ctx, node::parse::<AccountListId>(&id)?).await };
        found.await.map(|row| row.map(AccountList)).transpose()
    }

    /// The account lists of the viewer's organization, by name; at most 200 are there. Requires: viewer. Codes:
    /// UNAUTHENTICATED.
    async fn account_lists(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this kind.")] kind: Option<AccountListKind>,
        #[graphql(desc = "Whose accounts they are: the slug of an offline partner or of the own organization.")]
        subject: Option<String>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<AccountList>>> {
        let filter = ListFilter { kind: kind.map(Into::into), subject };
        Some(lists(ctx, filter, first, after.as_deref()).await)
    }
}

async fn lists(
    ctx: &Context<'_>,
    filter: ListFilter,
    first: Option<i32>,
    after: Option<&str>,
) -> Result<List<AccountList>> {
    const ORDER: &str = "accountLists.NAME.ASC";
    let op = ctx.op()?;
    op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let page = Page::<ListPosition>::parse(ORDER, first, after)?;
    let slice = store::list(op, &filter, &page).await?;
    let total = Total::counted(move |op| {
        let filter = filter.clone();
        async move { store::count(&op, &filter).await }
    });
    list(slice, ORDER, total, AccountList)
}
