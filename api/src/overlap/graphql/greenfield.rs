//! Greenfield: accounts of a partner that match none of the viewer's.

use super::{account::ComparedAccount, loader::ViewOf};
use crate::{
    overlap::{
        model::{Account, Revealed},
        scope::View,
        store,
    },
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::load,
    },
    sharing::model::SharingLevel,
};
use async_graphql::{Context, Result};
use entity::id::{AccountListId, MappingPairId, OrganizationId};
use std::sync::Arc;

/// The pairs of a list of the partner, those in which it is the left list and those in which it is the right one.
fn pairs_of(view: &View, of: AccountListId) -> (Vec<MappingPairId>, Vec<MappingPairId>) {
    let pairs = || view.pairs.iter().filter(|open| open.partner.list_id == of);
    (
        pairs().filter(|open| !open.own_is_left).map(|open| open.pair.id).collect(),
        pairs().filter(|open| open.own_is_left).map(|open| open.pair.id).collect(),
    )
}

/// A page of the accounts of `of` that match none of the viewer's; none where the list is not shown as a whole.
pub(super) async fn greenfield(
    ctx: &Context<'_>,
    partner: OrganizationId,
    of: AccountListId,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Option<List<ComparedAccount>>> {
    let name = "greenfield.NAME.ASC";
    let page = Page::<store::GreenfieldPosition>::parse(name, first, after.as_deref())?;
    let op = ctx.op()?;
    let Some(view) = load(ctx, ViewOf(partner)).await? else { return Ok(None) };
    let whole =
        |view: &View| view.theirs.iter().find(|list| list.list_id == of && list.level == SharingLevel::All).cloned();
    let Some(exposure) = whole(&view).filter(|_| view.pairs.iter().any(|open| open.partner.list_id == of)) else {
        return Ok(None);
    };
    let (left, right) = pairs_of(&view, of);
    let slice = store::list_greenfield(op.db().read(), of, &left, &right, &page).await?;
    let total = Total::counted(move |op| {
        let (left, right) = (left.clone(), right.clone());
        async move { store::count_greenfield(op.db().read(), of, &left, &right).await }
    });
    let account = |row: Account| ComparedAccount::partners(&Arc::new(Revealed::of(row, exposure.fields)), &exposure);
    list(slice, name, total, account).map(Some)
}
