//! The inbox in the schema.

use super::service::{self, Entry, EntryPosition};
use crate::{
    cosell::graphql::{invitation::Invitation, types::Opportunity},
    introduction::graphql::types::Introduction,
    lead::graphql::types::Lead,
    page::Page,
    partnership::graphql::invitation::PartnershipInvitation,
    program::graphql::membership::Membership,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
    },
};
use async_graphql::{Context, Result, Union};

/// Something that waits for the viewer's organization: an invitation into an opportunity, a partnership or a program, a lead
/// or a request to introduce a partner, to answer; an application to a program that it runs, to decide on; an opportunity
/// to review as the host of a program, or to put right and submit again as its owner. Kinds may be added.
#[derive(Union)]
pub enum InboxItem {
    /// An invitation into an opportunity, to answer.
    Invitation(Invitation),
    /// A lead to answer.
    Lead(Lead),
    /// A request to introduce a partner, to answer.
    Introduction(Introduction),
    /// An opportunity to review, or to put right.
    Opportunity(Opportunity),
    /// An invitation into a partnership, to answer.
    PartnershipInvitation(PartnershipInvitation),
    /// A membership of a program: `INVITED` where the organization was, to answer; `APPLIED` where it runs the program, to
    /// decide on.
    Membership(Membership),
}

/// A page of the inbox.
///
/// # Errors
/// `BAD_USER_INPUT` for a bad page; database faults.
pub async fn inbox(ctx: &Context<'_>, first: Option<i32>, after: Option<&str>) -> Result<List<InboxItem>> {
    const ORDER: &str = "viewer.inbox.EXPIRES_AT.ASC";
    let page = Page::<EntryPosition>::parse(ORDER, first, after)?;
    let slice = service::list(ctx.op()?, &page).await?;
    let total = Total::counted(|op| async move { service::count(&op).await });
    list(slice, ORDER, total, |entry| match entry {
        Entry::Invitation(row) => InboxItem::Invitation(Invitation(row)),
        Entry::Lead(seen) => InboxItem::Lead(Lead(seen)),
        Entry::Introduction(row) => InboxItem::Introduction(Introduction(row)),
        Entry::Review(row) => InboxItem::Opportunity(Opportunity(row)),
        Entry::Partnership(row) => InboxItem::PartnershipInvitation(PartnershipInvitation(row)),
        Entry::Membership(row) => InboxItem::Membership(Membership::new(row)),
    })
}
