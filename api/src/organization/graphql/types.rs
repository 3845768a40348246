//! The GraphQL types of organizations.

use crate::{
    organization::{graphql::loader::CoverageOf, model, policy::UpdateOrganization},
    schema::{error::ContextExt, loader::load, scalar::CountryCode},
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::{id::TypedId, value::CoverageKind};

/// The lifecycle of an organization.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::OrganizationStatus")]
pub enum OrganizationStatus {
    /// Signed up, waits for the operator.
    Applicant,
    /// Takes part.
    Active,
    /// Reads, but changes nothing, and has no public page.
    Suspended,
    /// Gone for good.
    Terminated,
}

/// A company or other body: the tenant of everything else.
pub struct Organization(pub model::Organization);

#[Object]
impl Organization {
    /// The organization's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// Unique in the installation; lower-case letters, digits and hyphens, 1 to 80.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The display name, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The country of its seat, where known.
    async fn country_code(&self) -> Option<CountryCode> {
        self.0.country_code.clone().map(CountryCode)
    }

    /// Where it is in its lifecycle.
    async fn status(&self) -> OrganizationStatus {
        self.0.status.into()
    }

    /// Countries that it serves, in alphabetical order; at most 250.
    async fn countries_served(&self, ctx: &Context<'_>) -> Result<Vec<CountryCode>> {
        let lines = load(ctx, CoverageOf(self.0.id)).await?.unwrap_or_default();
        let countries = lines.into_iter().filter(|line| line.kind == CoverageKind::Country);
        Ok(countries.map(|line| CountryCode(line.value)).collect())
    }

    /// When it was entered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may change name, seat and public page.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<UpdateOrganization>(self.0.id, &self.0))
    }
}
