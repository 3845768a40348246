//! Who is signed in.

use super::{
    key::ApiKeyScope,
    member::{MemberRole, Person},
    types::Organization,
};
use crate::{
    inbox::graphql::{InboxItem, inbox},
    op::{Actor, Fault, Op},
    organization::{model, store},
    schema::{connection::List, error::ContextExt, loader::load},
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::id::{OrganizationId, PersonId};
use uuid::Uuid;

/// Who is signed in: a person in one organization, or a service with an API key of it.
pub struct Viewer {
    id: Uuid,
    person: Option<PersonId>,
    name: String,
    email: Option<String>,
    scopes: Option<Vec<ApiKeyScope>>,
    organization: OrganizationId,
    role: model::Role,
}

impl Viewer {
    /// The viewer of an operation; `None` for a visitor and for the command line.
    ///
    /// # Errors
    /// Database faults.
    pub async fn of(op: &Op) -> Result<Option<Self>, Fault> {
        Ok(match &op.actor {
            Actor::Visitor | Actor::Operator | Actor::System => None,
            Actor::Person(actor) => store::find_own_person(op).await?.map(|person| Self {
                id: person.id.into(),
                person: Some(person.id),
                name: person.name,
                email: Some(person.email),
                scopes: None,
                organization: actor.organization,
                role: actor.role,
            }),
            Actor::Key(actor) => store::find_own_key(op).await?.map(|key| Self {
                id: key.id.into(),
                person: None,
                name: key.name,
                email: None,
                scopes: Some(actor.scopes.iter().copied().filter_map(ApiKeyScope::of).collect()),
                organization: actor.organization,
                role: model::Role::Manager,
            }),
        })
    }
}

/// An organization that the person belongs to.
#[derive(SimpleObject)]
pub struct ViewerPlace {
    /// What the person may do there.
    pub role: MemberRole,
    /// The organization, whether or not the present one may see it.
    pub organization: Organization,
}

/// Who is signed in: a person in one organization, or a service with an API key of it.
#[Object]
impl Viewer {
    /// An id of the viewer and of nothing else, so that a cache that goes by ids alone mixes it up with no person and no
    /// key. The same for the same person or key; not one that `node` takes.
    async fn id(&self) -> ID {
        ID(format!("vwr_{}", self.id.simple()))
    }

    /// The person; null for an API key.
    async fn person(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.person?;
        async { Ok(load(ctx, id).await?.map(Person)) }.await.transpose()
    }

    /// The name of the person or of the API key.
    async fn name(&self) -> &str {
        &self.name
    }

    /// The person's address; null for an API key.
    async fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// What the viewer may do in the organization; a key acts as a manager, within its scopes.
    async fn role(&self) -> MemberRole {
        self.role.into()
    }

    /// What an API key may change; null for a person.
    async fn scopes(&self) -> Option<&[ApiKeyScope]> {
        self.scopes.as_deref()
    }

    /// The organization that the viewer acts for.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        async { Ok(load(ctx, self.organization).await?.map(Organization)) }.await.transpose()
    }

    /// The organizations that the person belongs to, the present one among them, by name; at most 100. To act for another
    /// one, get a token for it. Empty for an API key, which belongs to one only.
    async fn organizations(&self, ctx: &Context<'_>) -> Option<Result<Vec<ViewerPlace>>> {
        let places = async {
            let places = store::list_places(ctx.op()?).await?;
            let shown = |(member, organization): (model::Member, model::Organization)| ViewerPlace {
                role: member.role.into(),
                organization: Organization(organization),
            };
            Ok(places.into_iter().map(shown).collect())
        };
        Some(places.await)
    }

    /// What waits for the viewer's organization, soonest expiry first, and what does not expire behind it.
    async fn inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<InboxItem>>> {
        Some(inbox(ctx, first, after.as_deref()).await)
    }
}
