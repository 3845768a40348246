//! The facts of a partnership as GraphQL types, one object for each type of partnership.

use crate::{
    organization::graphql::types::Organization,
    partnership::model,
    schema::{
        loader::load,
        scalar::{CurrencyCode, Date},
    },
};
use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use entity::id::OrganizationId;
use rust_decimal::Decimal;

/// What is exchanged.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ExchangeKind")]
pub enum ExchangeKind {
    /// Records.
    Data,
    /// Steps of a process.
    Workflow,
    /// A signal that starts something.
    Trigger,
    /// Facts that are added to records.
    Enrichment,
}

/// The role of a party in the channel of another.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ChannelRole")]
pub enum ChannelRole {
    /// Sells on.
    Reseller,
    /// Sells on with services of its own on top (value-added reseller).
    Var,
    /// Runs it for its clients (managed service provider).
    Msp,
    /// Builds it into its clients' systems.
    ServiceIntegrator,
    /// Uses and recommends it with its clients.
    Agency,
    /// Advises.
    Consultant,
    /// Sells to resellers.
    Distributor,
    /// Names customers.
    Referral,
}

/// What a rate is a share of.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::TermBasis")]
pub enum TermBasis {
    /// The contract's value in its first year, once.
    AnnualContract,
    /// What the customer pays, as often as it pays.
    Recurring,
}

async fn organization(ctx: &Context<'_>, id: OrganizationId) -> Option<Result<Organization>> {
    load(ctx, id).await.map(|row| row.map(Organization)).transpose()
}

/// What the products of the parties exchange. Whoever sees the partnership reads it.
pub struct TechnologyFacts(pub Vec<model::Exchange>);

/// What the products of the parties exchange. Whoever sees the partnership reads it.
#[Object]
impl TechnologyFacts {
    /// The exchanges in the order in which the parties gave them; at most 50.
    async fn exchanges(&self) -> Vec<PartnershipExchange> {
        self.0.iter().cloned().map(PartnershipExchange).collect()
    }
}

/// What goes from one party to another.
pub struct PartnershipExchange(model::Exchange);

/// What goes from one party to another.
#[Object]
impl PartnershipExchange {
    /// What it is.
    async fn what(&self) -> ExchangeKind {
        self.0.what.into()
    }

    /// The party that gives; null where the viewer may not see its page.
    async fn from_organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.from).await
    }

    /// The party that gets; null where the viewer may not see its page.
    async fn to_organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.to).await
    }

    /// In words, at most 500 characters.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }
}

/// How the parties sell together. Whoever sees the partnership reads the roles; the parties read the terms.
pub struct ChannelFacts {
    /// Who plays which role.
    pub roles: Vec<model::RolePart>,
    /// Who earns what; `None` for whoever may not know.
    pub terms: Option<Vec<model::Term>>,
}

/// How the parties sell together. Whoever sees the partnership reads the roles; the parties read the terms.
#[Object]
impl ChannelFacts {
    /// Which party plays which role, by party; at most 40.
    async fn roles(&self) -> Vec<PartnershipRole> {
        self.roles.iter().cloned().map(PartnershipRole).collect()
    }

    /// Who earns what from when until when, by payee, basis and first day, those of the past included; at most 100. Null
    /// for whoever is no party.
    async fn terms(&self) -> Option<Vec<PartnershipTerm>> {
        self.terms.as_ref().map(|terms| terms.iter().cloned().map(PartnershipTerm).collect())
    }
}

/// A party's role in the channel of the other.
pub struct PartnershipRole(model::RolePart);

/// A party's role in the channel of another.
#[Object]
impl PartnershipRole {
    /// The role.
    async fn role(&self) -> ChannelRole {
        self.0.role.into()
    }

    /// The party that plays it; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.organization).await
    }

    /// What it offers in that role; at most 20 texts of at most 100 characters.
    async fn services(&self) -> &[String] {
        &self.0.services
    }
}

/// What a party earns, from when, until when. Once it has begun, only its end can still be set.
pub struct PartnershipTerm(model::Term);

/// What a party earns, from when, until when. Once it has begun, only its end can still be set.
#[Object]
impl PartnershipTerm {
    /// The party that earns; null where the viewer may not see its page.
    async fn payee(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        organization(ctx, self.0.payee).await
    }

    /// What the rate is a share of.
    async fn basis(&self) -> TermBasis {
        self.0.basis.into()
    }

    /// Percent, more than 0 and at most 100, as a decimal in a string with two digits after the point.
    async fn rate(&self) -> Decimal {
        Decimal::new(i64::from(self.0.rate_basis_points), 2)
    }

    /// The currency that it is paid in; null where ISO 4217 has dropped it since.
    async fn currency_code(&self) -> Option<CurrencyCode> {
        iso_currency::Currency::from_code(&self.0.currency).map(CurrencyCode)
    }

    /// The first day.
    async fn effective_from(&self) -> Date {
        Date(self.0.effective_from)
    }

    /// The first day on which it no longer holds; null while no end is set.
    async fn effective_to(&self) -> Option<Date> {
        self.0.effective_to.map(Date)
    }
}

/// What the parties want to reach together. The parties read it.
#[derive(SimpleObject, Clone, Debug)]
pub struct StrategicFacts {
    /// The shared aim, at most 2,000 characters.
    pub aim: Option<String>,
    /// The first day of the term.
    pub term_starts_on: Option<Date>,
    /// The first day after the term.
    pub term_ends_on: Option<Date>,
}
