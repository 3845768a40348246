//! Members and people in the schema.

use super::types::Organization;
use crate::{organization::model, schema::loader::load};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// What a member may do in an organization, in ascending order of rights.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Role")]
pub enum MemberRole {
    /// Reads what the organization may see.
    Viewer,
    /// Works on what is shared: answers invitations, writes listings as drafts.
    Member,
    /// Runs programs, partnerships and listings, and changes the public page.
    Manager,
    /// Manages members, keys and the organization itself.
    Admin,
    /// As an administrator, and cannot be removed by one.
    Owner,
}

/// A person who may sign in. Visible to the person, to members of an organization that the person belongs to, and to the
/// operator.
pub struct Person(pub model::Person);

/// A person who may sign in. Visible to the person, to members of an organization that the person belongs to, and to the
/// operator.
#[Object]
impl Person {
    /// The person's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The name, 1 to 120 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The address, lower case, unique in the installation.
    async fn email(&self) -> &str {
        &self.0.email
    }
}

/// A person's place in one organization. Visible to its members and to the operator.
pub struct Member(pub model::Member);

/// A person's place in one organization. Visible to its members and to the operator.
#[Object]
impl Member {
    /// The member's id; the same person has another one in another organization.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// Who it is.
    async fn person(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        async { Ok(load(ctx, self.0.person_id).await?.map(Person)) }.await.transpose()
    }

    /// The organization.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        async { Ok(load(ctx, self.0.organization_id).await?.map(Organization)) }.await.transpose()
    }

    /// What the member may do there.
    async fn role(&self) -> MemberRole {
        self.0.role.into()
    }

    /// Since when.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
