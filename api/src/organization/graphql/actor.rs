//! Who did something, as the audit trail and later the alerts tell it.

use super::{key::ApiKey, member::Person, types::Organization};
use crate::{event::AuditEntry, schema::loader::load};
use async_graphql::{Context, Enum, Object, Result};
use entity::id::{ApiKeyId, OrganizationId, PersonId};
use uuid::Uuid;

/// What kind of actor it was.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person.
    Person,
    /// A service with an API key.
    Key,
    /// Whoever runs the installation, at its command line: an import, for example.
    Operator,
}

/// Who did something. Its fields are null where they do not apply, and where the viewer may not see the object.
pub struct Actor {
    kind: ActorKind,
    id: Option<Uuid>,
    organization: Option<OrganizationId>,
}

impl Actor {
    /// Who acted in an entry of the trail; `None` for the system and for whom the trail does not disclose.
    #[must_use]
    pub fn of(entry: &AuditEntry) -> Option<Self> {
        Self::from_words(&entry.actor_kind, entry.actor_id, entry.actor_organization_id)
    }

    /// The actor that stored words tell of; `None` for the system and for whom they do not disclose.
    #[must_use]
    pub fn from_words(kind: &str, id: Option<Uuid>, organization: Option<OrganizationId>) -> Option<Self> {
        let kind = match kind {
            "person" => ActorKind::Person,
            "key" => ActorKind::Key,
            "operator" => ActorKind::Operator,
            _ => return None,
        };
        Some(Self { kind, id, organization })
    }
}

/// Who did something. Its fields are null where they do not apply, and where the viewer may not see the object.
#[Object]
impl Actor {
    /// What kind of actor it was.
    async fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The person, where one acted whom the viewer may see.
    async fn person(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.id.filter(|_| self.kind == ActorKind::Person).map(PersonId::from)?;
        async { Ok(load(ctx, id).await?.map(Person)) }.await.transpose()
    }

    /// The API key, where one acted that the viewer may see.
    async fn api_key(&self, ctx: &Context<'_>) -> Option<Result<ApiKey>> {
        let id = self.id.filter(|_| self.kind == ActorKind::Key).map(ApiKeyId::from)?;
        async { Ok(load(ctx, id).await?.map(ApiKey)) }.await.transpose()
    }

    /// The organization that the actor acted for, where the viewer may see it.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        let id = self.organization?;
        async { Ok(load(ctx, id).await?.map(Organization)) }.await.transpose()
    }
}
