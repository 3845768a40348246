//! API keys in the schema.

use super::{member::Person, types::Organization};
use crate::{
    op,
    organization::model,
    schema::{error::ContextExt, loader::load},
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// What an API key may change. Every key may read what a manager of its organization may read.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKeyScope {
    /// Name, seat, profile and coverage of the organization.
    OrganizationWrite,
    /// Partnerships and their invitations; account lists, and what of them is shared.
    PartnershipsWrite,
    /// Programs, tiers and memberships.
    ProgramsWrite,
    /// Listings, integrations and reviews.
    ListingsWrite,
    /// Opportunities, the invitations into them and their contacts; leads; activities.
    OpportunitiesWrite,
    /// Webhook endpoints, which it then may also read.
    WebhooksWrite,
}

impl ApiKeyScope {
    /// The same for the schema; `None` for what no key can have.
    pub(super) fn of(scope: op::Scope) -> Option<Self> {
        match scope {
            op::Scope::OrganizationWrite => Some(Self::OrganizationWrite),
            op::Scope::PartnershipsWrite => Some(Self::PartnershipsWrite),
            op::Scope::ProgramsWrite => Some(Self::ProgramsWrite),
            op::Scope::ListingsWrite => Some(Self::ListingsWrite),
            op::Scope::OpportunitiesWrite => Some(Self::OpportunitiesWrite),
            op::Scope::WebhooksWrite => Some(Self::WebhooksWrite),
            op::Scope::Administration => None,
        }
    }
}

impl From<ApiKeyScope> for op::Scope {
    fn from(scope: ApiKeyScope) -> Self {
        match scope {
            ApiKeyScope::OrganizationWrite => Self::OrganizationWrite,
            ApiKeyScope::PartnershipsWrite => Self::PartnershipsWrite,
            ApiKeyScope::ProgramsWrite => Self::ProgramsWrite,
            ApiKeyScope::ListingsWrite => Self::ListingsWrite,
            ApiKeyScope::OpportunitiesWrite => Self::OpportunitiesWrite,
            ApiKeyScope::WebhooksWrite => Self::WebhooksWrite,
        }
    }
}

/// A key for services. Visible to the administrators of its organization and to those of the operator; its secret is
/// shown once, when it is made.
pub struct ApiKey(pub model::ApiKey);

/// A key for services. Visible to the administrators of its organization and to those of the operator; its secret is
/// shown once, when it is made.
#[Object]
impl ApiKey {
    /// The key's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// What it is for, 1 to 80 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The part of the key between its underscores, by which it is told from others; eight letters and digits.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it may change; empty for a key that only reads.
    async fn scopes(&self) -> Vec<ApiKeyScope> {
        self.0.scopes.split(' ').filter_map(op::Scope::from_word).filter_map(ApiKeyScope::of).collect()
    }

    /// Whether it is accepted now: neither revoked nor over.
    async fn usable(&self, ctx: &Context<'_>) -> Result<bool> {
        let now = ctx.op()?.now();
        Ok(self.0.revoked_at.is_none() && self.0.expires_at.is_none_or(|end| end > now))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Who made it; null for the command line, and where the viewer may not see the person.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        async {
            match self.0.created_by {
                Some(person) => Ok(load(ctx, person).await?.map(Person)),
                None => Ok(None),
            }
        }
        .await
        .transpose()
    }

    /// When it ends; null for never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// When it was revoked; null where it was not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }

    /// The minute in which it was last used; null where it never was.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }

    /// The organization that it acts for.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        async { Ok(load(ctx, self.0.organization_id).await?.map(Organization)) }.await.transpose()
    }
}
