//! The type of the audit trail's entries.

use crate::{
    event,
    organization::graphql::{actor::Actor, types::Organization},
    schema::loader::load,
};
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;
use serde_json::Value;

/// One change: who, when, what, before and after. Visible to the administrators of the organization whose trail it
/// belongs to, of a confidential opportunity to those of them who may see that; and to the managers of the operator, but
/// for leads, opportunities, invitations into them, contacts, activities, and what partners show each other of their
/// account lists, in which the operator has no part.
pub struct AuditEntry(pub event::AuditEntry);

/// One change: who, when, what, before and after. Visible to the administrators of the organization whose trail it
/// belongs to, of a confidential opportunity to those of them who may see that; and to the managers of the operator, but
/// for leads, opportunities, invitations into them, contacts, activities, and what partners show each other of their
/// account lists, in which the operator has no part.
#[Object]
impl AuditEntry {
    /// The entry's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// When it happened.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// Who did it; null for the system, and where the organization whose trail it is may not know who.
    async fn actor(&self) -> Option<Actor> {
        Actor::of(&self.0)
    }

    /// What happened, for example `organization.updated`. Words may be added.
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// The id of what was changed; `node` finds it where it still exists.
    async fn subject(&self) -> ID {
        ID(self.0.subject.clone())
    }

    /// The changed values before, as they were recorded; null for something new.
    async fn before(&self) -> Option<&Value> {
        self.0.before.as_ref()
    }

    /// The changed values after, as they were recorded; null for something removed.
    async fn after(&self) -> Option<&Value> {
        self.0.after.as_ref()
    }

    /// The organization whose trail it belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        async { Ok(load(ctx, self.0.organization_id).await?.map(Organization)) }.await.transpose()
    }
}
