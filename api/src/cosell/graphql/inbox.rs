//! What waits for the viewer's organization.

use super::{invitation::Invitation, types::Opportunity};
use crate::{
    cosell::store::{self, InboxEntry, InboxPosition},
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
    },
};
use async_graphql::{Context, Result, Union};

/// Something that waits for the viewer's organization: an invitation to answer; an opportunity to review as the host of a
/// program, or to put right and submit again as its owner. Kinds may be added.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "one lives for a moment, on its way into the answer")]
pub enum InboxItem {
    /// An invitation to answer.
    Invitation(Invitation),
    /// An opportunity to review, or to put right.
    Opportunity(Opportunity),
}

/// A page of the inbox.
///
/// # Errors
/// `BAD_USER_INPUT` for a bad page; database faults.
pub async fn inbox(ctx: &Context<'_>, first: Option<i32>, after: Option<&str>) -> Result<List<InboxItem>> {
    const ORDER: &str = "viewer.inbox.EXPIRES_AT.ASC";
    let page = Page::<InboxPosition>::parse(ORDER, first, after)?;
    let slice = store::list_inbox(ctx.op()?, &page).await?;
    let total = Total::counted(|op| async move { store::count_inbox(&op).await });
    list(slice, ORDER, total, |entry| match entry {
        InboxEntry::Invitation(row) => InboxItem::Invitation(Invitation(row)),
        InboxEntry::Review(row) => InboxItem::Opportunity(Opportunity(row)),
    })
}
