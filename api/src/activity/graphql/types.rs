//! The GraphQL types of activities.

use super::loader::{AddresseesOf, AttendingContact, ParticipantsOf};
use crate::{
    activity::{
        event::Addressee,
        model::{self, Audience, Entry},
        policy::ChangeActivity,
    },
    contact::graphql::types::Contact,
    cosell::graphql::{contact::contact, types::Opportunity},
    organization::graphql::{actor::Actor, types::Organization},
    partnership::graphql::{loader::ContactOf, types::Partnership},
    schema::{error::ContextExt, loader::load},
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, PersonId, TypedId};

/// What was done.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ActivityKind")]
pub enum ActivityKind {
    /// Somebody was called.
    Call,
    /// Something was shown.
    Demo,
    /// The sides presented together.
    JointPitch,
    /// People came together in public.
    Event,
    /// People sat together.
    Meeting,
    /// Something worth keeping.
    Note,
}

/// Something that was done about an opportunity or in a partnership.
pub struct Activity(pub model::Activity);

/// Something that was done about an opportunity or in a partnership. Whoever takes part reads it; a note that is internal
/// only the side that wrote it, and where the owner of an opportunity hides its participants from each other, only the
/// owner and the side that wrote it.
#[Object]
impl Activity {
    /// The entry's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// What was done.
    async fn kind(&self) -> ActivityKind {
        self.0.kind.into()
    }

    /// When it was done.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// In words, 1 to 2,000 characters.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether only the side that wrote it reads it.
    async fn internal(&self) -> bool {
        self.0.internal
    }

    /// The side that wrote it down; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.organization_id).await.map(|row| row.map(Organization)).transpose()
    }

    /// Who wrote it down.
    async fn author(&self) -> Option<Actor> {
        Actor::from_words(&self.0.actor_kind, self.0.actor_id, Some(self.0.organization_id))
    }

    /// Who took part, in the order in which they were named; at most 20.
    async fn participants(&self, ctx: &Context<'_>) -> Option<Result<Vec<ActivityParticipant>>> {
        let rows = load(ctx, ParticipantsOf(self.0.id)).await;
        Some(rows.map(|rows| rows.unwrap_or_default().into_iter().map(ActivityParticipant).collect()))
    }

    /// The people of each side whom it is for: the partner managers of a partnership; of an opportunity the sides' teams,
    /// or the partner managers of a side that has named none. Of the other sides the viewer reads those of a partnership
    /// only.
    async fn addressees(&self, ctx: &Context<'_>) -> Option<Result<Vec<ActivityAddressee>>> {
        let addressees = async {
            let own = ctx.op()?.actor.organization();
            let all = load(ctx, AddresseesOf(self.0.id)).await?.unwrap_or_default();
            // Whether a side shares its team is said by the opportunity, and told there.
            let told = |to: &Addressee| self.0.partnership_id.is_some() || Some(to.organization) == own;
            Ok(all.into_iter().filter(told).map(ActivityAddressee).collect())
        };
        Some(addressees.await)
    }

    /// The partnership that it is about, if it is about one.
    async fn partnership(&self, ctx: &Context<'_>) -> Option<Result<Partnership>> {
        load(ctx, self.0.partnership_id?).await.map(|row| row.map(Partnership)).transpose()
    }

    /// The opportunity that it is about, if it is about one.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        load(ctx, self.0.opportunity_id?).await.map(|row| row.map(Opportunity)).transpose()
    }

    /// When it was written down.
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

    /// Whether the viewer may change and remove it.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        let Some(subject) = model::subject_of(&self.0) else { return Ok(false) };
        // It is visible, so the viewer's side still takes part.
        let sides = ctx.op()?.actor.organization().into_iter().collect();
        let audience = Audience { subject, sides, known_by_all: None, restricted: false, stage: None };
        let entry = Entry { activity: self.0.clone(), audience };
        Ok(ctx.op()?.may::<ChangeActivity>(self.0.id, &entry))
    }
}

/// Who took part in an activity: a side, a person of a side, or a contact at the customer.
pub struct ActivityParticipant(model::Participant);

/// Who took part in an activity: a side, a person of a side, or a contact at the customer.
#[Object]
impl ActivityParticipant {
    /// The side; null for a contact, and where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.organization_id?).await.map(|row| row.map(Organization)).transpose()
    }

    /// The name of the person of that side; null where the side as such took part, and where the person has left it.
    async fn name(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        name(ctx, self.0.organization_id?, self.0.person_id?).await
    }

    /// The contact at the customer, as the opportunity shows it to the viewer; null where it does not.
    async fn contact(&self, ctx: &Context<'_>) -> Option<Result<Contact>> {
        let shown = async {
            let Some(id) = self.0.contact_id else { return Ok(None) };
            let Some(row) = load(ctx, AttendingContact(id)).await? else { return Ok(None) };
            contact(ctx, row).await
        };
        shown.await.transpose()
    }
}

/// Somebody whom an activity is for.
pub struct ActivityAddressee(Addressee);

/// Somebody whom an activity is for.
#[Object]
impl ActivityAddressee {
    /// The side; null where the viewer may not see its page.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        load(ctx, self.0.organization).await.map(|row| row.map(Organization)).transpose()
    }

    /// The name; null where the person has left.
    async fn name(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        name(ctx, self.0.organization, self.0.person).await
    }
}

async fn name(ctx: &Context<'_>, organization: OrganizationId, person: PersonId) -> Option<Result<String>> {
    let found = load(ctx, ContactOf(organization, person)).await;
    found.map(|row| row.map(|row| row.name)).transpose()
}
