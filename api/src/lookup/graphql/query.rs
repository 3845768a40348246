//! What can be asked about a company by its domain.

use super::types::AccountLookup;
use crate::{
    lookup::{
        model::{TYPED_MAX, domain_of},
        service,
    },
    op::Fault,
    schema::error::ContextExt,
};
use async_graphql::{Context, Object, Result};

/// Root fields of this room.
#[derive(Default)]
pub struct LookupQuery;

#[Object]
impl LookupQuery {
    /// What the viewer's organization has and may see about a company: one domain in, accounts, partners, open
    /// opportunities and leads out. Null where what was given names no company's domain: a public suffix, the address of a
    /// machine, a site where many companies have a page, a public mailbox. Requires: any member.
    async fn account_lookup(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A domain, the address of a page or a mail address; at most 2,048 characters.")]
        domain: String,
    ) -> Option<Result<AccountLookup>> {
        lookup(ctx, &domain).await.transpose()
    }
}

async fn lookup(ctx: &Context<'_>, typed: &str) -> Result<Option<AccountLookup>> {
    let op = ctx.op()?;
    op.actor.organization().ok_or(Fault::Unauthenticated)?;
    if typed.chars().count() > TYPED_MAX {
        return Err(Fault::bad_input(format!("`domain` has at most {TYPED_MAX} characters.")).into());
    }
    let Some(domain) = domain_of(typed) else { return Ok(None) };
    let accounts = service::accounts(op, &domain).await?;
    Ok(Some(AccountLookup { domain, accounts }))
}
