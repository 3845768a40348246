//! What the types of other rooms show of this one.

use super::{loader::FirstRulesOf, types::SharingRule};
use crate::{
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
    },
    sharing::store::{self, RuleFilter},
};
use async_graphql::{Context, Result};
use entity::id::AccountListId;

/// The name of the list below an account list, as its cursors carry it.
const NAME: &str = "accountList.sharingRules.ID.ASC";

/// The rules of a list, oldest first: what `AccountList.sharingRules` answers. First pages below a list are read together.
///
/// # Errors
/// Bad arguments and database faults.
pub async fn rules_of(
    ctx: &Context<'_>,
    of: AccountListId,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<SharingRule>> {
    let page = Page::parse(NAME, first, after.as_deref())?;
    let filter = RuleFilter { list: Some(of), partner: None };
    let slice = match page.after {
        None => {
            let key = FirstRulesOf { list: of, first: page.first };
            page.slice(load(ctx, key).await?.unwrap_or_default(), |row| row.id)
        }
        Some(_) => store::list_rules(ctx.op()?, filter, &page).await?,
    };
    let total = Total::counted(move |op| async move { store::count_rules(&op, filter).await });
    list(slice, NAME, total, SharingRule)
}
