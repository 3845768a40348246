//! The GraphQL types of organizations.

use super::{
    key::ApiKey,
    loader::{AliasesOf, CoverageOf, PendingChangeOf, ProfileOf},
    member::Member,
    nested::{self, Wanted},
    profile::{Profile, ProfileChange},
};
use crate::{
    marketplace::graphql::listing::{Listing, listings_of},
    organization::{
        model,
        policy::{UpdateOrganization, sees_audit, sees_inside, sees_keys},
    },
    partnership::graphql::types::{Partnership, partnerships_of},
    program::graphql::membership::{Membership, memberships_of},
    schema::{connection::List, error::ContextExt, loader::load, scalar::CountryCode},
    trail::graphql::{loader::entries_of, types::AuditEntry},
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

impl Organization {
    /// Whether the viewer may read what is for its own people and the operator.
    fn is_inside(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(sees_inside(&ctx.op()?.actor, self.0.id))
    }

    /// What it covers of one kind.
    async fn covered(&self, ctx: &Context<'_>, kind: CoverageKind) -> Result<Vec<String>> {
        let lines = load(ctx, CoverageOf(self.0.id)).await?.unwrap_or_default();
        Ok(lines.into_iter().filter(|line| line.kind == kind).map(|line| line.value).collect())
    }
}

/// A company or other body: the tenant of everything else.
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

    /// Why it is suspended or terminated. For its members and the operator; null for others.
    async fn status_reason(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let inside = self.is_inside(ctx)?;
        Ok(self.0.status_reason.as_deref().filter(|_| inside))
    }

    /// Its key in the system that it was entered from. For its members and the operator; null for others.
    async fn external_id(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let inside = self.is_inside(ctx)?;
        Ok(self.0.external_id.as_deref().filter(|_| inside))
    }

    /// Whether it has a public page.
    async fn listed(&self) -> bool {
        self.0.listed
    }

    /// Other names that it is known by, in the order of their bytes; at most 20.
    async fn other_names(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        Ok(load(ctx, AliasesOf(self.0.id)).await?.unwrap_or_default().names)
    }

    /// Its domains, lower case, in alphabetical order; at most 20.
    async fn domains(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        Ok(load(ctx, AliasesOf(self.0.id)).await?.unwrap_or_default().domains)
    }

    /// Its public profile in the locale that suits best; null where it has none.
    async fn profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The wanted locale, a BCP 47 tag such as `pt-BR`; by default the reader's languages.")]
        locale: Option<String>,
    ) -> Option<Result<Profile>> {
        let found = async {
            let profile = load(ctx, ProfileOf(self.0.id)).await?;
            let op = ctx.op()?;
            Ok(profile.map(|profile| Profile::localized(op, profile, locale.as_deref())).transpose()?)
        };
        found.await.transpose()
    }

    /// The change of its profile that waits for a moderator. For its members and the operator; null for others.
    async fn pending_profile_change(&self, ctx: &Context<'_>) -> Option<Result<ProfileChange>> {
        let found = async {
            if !self.is_inside(ctx)? {
                return Ok(None);
            }
            Ok(load(ctx, PendingChangeOf(self.0.id)).await?.map(ProfileChange))
        };
        found.await.transpose()
    }

    /// Whether changes of its profile wait for a moderator. For its members and the operator; null for others.
    async fn profile_moderated(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        Ok(self.is_inside(ctx)?.then_some(self.0.profile_moderated))
    }

    /// Countries that it serves, in alphabetical order; at most 250.
    async fn countries_served(&self, ctx: &Context<'_>) -> Result<Vec<CountryCode>> {
        let countries = self.covered(ctx, CoverageKind::Country).await?;
        Ok(countries.into_iter().map(CountryCode).collect())
    }

    /// Regions that it serves, for example `EMEA`, in the order of their bytes; at most 50.
    async fn regions(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        self.covered(ctx, CoverageKind::Region).await
    }

    /// Market segments that it serves, in the order of their bytes; at most 50.
    async fn segments(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        self.covered(ctx, CoverageKind::Segment).await
    }

    /// Types of customer that it serves, in the order of their bytes; at most 50.
    async fn customer_types(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        self.covered(ctx, CoverageKind::CustomerType).await
    }

    /// Services that it offers, in the order of their bytes; at most 50.
    async fn services(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        self.covered(ctx, CoverageKind::Service).await
    }

    /// Its members, longest there first. For its members and the operator; null for others.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
    ) -> Option<Result<List<Member>>> {
        let found = async {
            if !self.is_inside(ctx)? {
                return Ok(None);
            }
            nested::members(ctx, self.0.id, Wanted { first, after }).await.map(Some)
        };
        found.await.transpose()
    }

    /// Its API keys, oldest first. For its administrators and those of the operator; null for others.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
    ) -> Option<Result<List<ApiKey>>> {
        let found = async {
            if !sees_keys(&ctx.op()?.actor, self.0.id) {
                return Ok(None);
            }
            nested::keys(ctx, self.0.id, Wanted { first, after }).await.map(Some)
        };
        found.await.transpose()
    }

    /// Its audit trail, newest first, as far as the viewer may read it. For its administrators and the managers of the
    /// operator; null for others.
    async fn audit_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "Only changes of the object with this id.")] subject: Option<ID>,
    ) -> Option<Result<List<AuditEntry>>> {
        let found = async {
            if !sees_audit(&ctx.op()?.actor, self.0.id) {
                return Ok(None);
            }
            let subject = subject.map(|id| id.0);
            entries_of(ctx, self.0.id, subject, first, after).await.map(Some)
        };
        found.await.transpose()
    }

    /// Its memberships in programs that the viewer may see: by rank, the highest first and those without a tier last, then
    /// by the program's name.
    async fn memberships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the last one before the page.")] after: Option<String>,
    ) -> Option<Result<List<Membership>>> {
        Some(memberships_of(ctx, self.0.id, first, after).await)
    }

    /// Its published listings, by name, as far as the viewer sees them.
    async fn listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
    ) -> Result<List<Listing>> {
        listings_of(ctx, self.0.id, first, after.as_deref()).await
    }

    /// Its partnerships that the viewer may see, newest start first.
    async fn partnerships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<Partnership>>> {
        Some(partnerships_of(ctx, &self.0, first, after).await)
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

    /// Whether the viewer may change name, seat, aliases, profile, coverage and public page.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<UpdateOrganization>(self.0.id, &self.0))
    }
}
