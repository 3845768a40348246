//! What is known of a company.

use crate::{
    account::{graphql::account::Account, model},
    cosell::graphql::types::Opportunity,
    lead::graphql::types::Lead,
    lookup::service,
    organization::graphql::types::Organization,
    overlap::{graphql::types::Overlap, seen::SeenOverlap},
    schema::{error::ContextExt, loader::load},
};
use async_graphql::{Context, Object, Result};
use entity::id::OrganizationId;

/// What the viewer's organization has and may see about a company with a domain. Each part shows what its own list would.
pub struct AccountLookup {
    pub(super) domain: String,
    pub(super) accounts: Vec<model::Account>,
}

/// What the viewer's organization has and may see about a company with a domain. Each part shows what its own list would.
#[Object]
impl AccountLookup {
    /// The registrable domain that was looked for, in lower case.
    async fn domain(&self) -> &str {
        &self.domain
    }

    /// The accounts of the viewer's organization with this domain, by name; at most 50.
    async fn accounts(&self) -> Vec<Account> {
        self.accounts.iter().cloned().map(Account).collect()
    }

    /// The partners that show an overlap with one of these accounts now, the surest first; at most 100 overlaps in all. A
    /// partner that shows only counts is not among them: it says of no account whether it has it.
    async fn partners(&self, ctx: &Context<'_>) -> Option<Result<Vec<AccountLookupPartner>>> {
        let found = async {
            let partners = service::partners(ctx.op()?, &self.accounts).await?;
            let partner = |(id, overlaps)| AccountLookupPartner { id, overlaps };
            Ok(partners.into_iter().map(partner).collect())
        };
        Some(found.await)
    }

    /// The open opportunities for a customer with this domain that the viewer may see with their customer, the newest
    /// first; at most 20.
    async fn opportunities(&self, ctx: &Context<'_>) -> Option<Result<Vec<Opportunity>>> {
        let found = async {
            let rows = service::opportunities(ctx.op()?, &self.domain).await?;
            Ok(rows.into_iter().map(Opportunity).collect())
        };
        Some(found.await)
    }

    /// The open leads about a company with this domain that the viewer's organization sent, was asked to take or took, the
    /// newest first; at most 20.
    async fn leads(&self, ctx: &Context<'_>) -> Option<Result<Vec<Lead>>> {
        let found = async {
            let rows = service::leads(ctx.op()?, &self.domain).await?;
            Ok(rows.into_iter().map(Lead).collect())
        };
        Some(found.await)
    }
}

/// A partner that has the company as well.
pub struct AccountLookupPartner {
    id: OrganizationId,
    overlaps: Vec<SeenOverlap>,
}

/// A partner that has the company as well.
#[Object]
impl AccountLookupPartner {
    /// The partner; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.id).await.map(|row| row.map(Organization)).transpose()
    }

    /// Its overlaps with the viewer's accounts, as `overlaps` shows them, the surest first.
    async fn overlaps(&self) -> Vec<Overlap> {
        self.overlaps.iter().cloned().map(Overlap).collect()
    }
}
