//! The GraphQL type of contacts, and what clients send about one.

use crate::{
    contact::model::{self, ContactDraft, ContactPatch},
    cosell::graphql::types::Opportunity,
    lead::graphql::types::Lead,
    organization::graphql::types::Organization,
    partnership::graphql::input::given,
    schema::loader::load,
};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::{OrganizationId, TypedId};

/// How a contact came before the viewer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    /// The viewer's organization entered it, or the viewer answers for all of the installation.
    Own,
    /// With a lead that was accepted.
    HandedOn,
    /// With a lead that is offered.
    Titled,
    /// As one of an opportunity.
    Shared,
}

/// A person at a customer. What somebody may not read of it is null.
pub struct Contact {
    row: model::Contact,
    view: View,
}

impl Contact {
    /// As those read it who entered it.
    #[must_use]
    pub fn own(row: model::Contact) -> Self {
        Self { row, view: View::Own }
    }

    /// As those read it whom it was handed to: all of it with both consents, otherwise the title.
    #[must_use]
    pub fn handed_on(row: model::Contact) -> Self {
        Self { row, view: View::HandedOn }
    }

    /// The title alone.
    #[must_use]
    pub fn titled(row: model::Contact) -> Self {
        Self { row, view: View::Titled }
    }

    /// As a side of its opportunity reads it that was found to know of it.
    #[must_use]
    pub fn of_opportunity(row: model::Contact, viewer: OrganizationId) -> Self {
        let view = if row.organization_id == viewer { View::Own } else { View::Shared };
        Self { row, view }
    }

    /// Whether the viewer reads who it is, and not only the title.
    fn is_full(&self) -> bool {
        match self.view {
            View::Own => true,
            View::HandedOn | View::Shared => model::may_be_handed_on(&self.row),
            View::Titled => false,
        }
    }

    fn detail<T>(&self, value: T) -> Option<T> {
        self.is_full().then_some(value)
    }
}

/// A person at a customer. Whoever it was shown to reads the title; the rest is for those who entered it, and for those it
/// was handed to while the person agrees to both: to be handed on, and to be contacted. All of it is null once it was
/// erased.
#[Object]
impl Contact {
    /// The contact's id; it stays when the person's data are erased.
    async fn id(&self) -> ID {
        ID(self.row.id.global())
    }

    /// The position in the company, at most 120 characters.
    async fn title(&self) -> Option<&str> {
        self.row.title.as_deref()
    }

    /// The name, at most 120 characters.
    async fn name(&self) -> Option<&str> {
        self.detail(self.row.name.as_deref()).flatten()
    }

    /// The address, in lower case.
    async fn email(&self) -> Option<&str> {
        self.detail(self.row.email.as_deref()).flatten()
    }

    /// The phone number as ITU-T E.164 writes it: `+4930123456`.
    async fn phone(&self) -> Option<&str> {
        self.detail(self.row.phone.as_deref()).flatten()
    }

    /// Whether the person agreed that the data are handed on to partners.
    async fn may_be_shared(&self) -> bool {
        self.row.may_be_shared
    }

    /// Whether the person agreed to be written to or called by partners.
    async fn may_be_contacted(&self) -> bool {
        self.row.may_be_contacted
    }

    /// Who entered it, and answers for it; null where the viewer may not see its page, and for whom sees it in an
    /// opportunity but may not see the lead that brought it.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        let organization = async {
            // Who named the customer is between that one and the opportunity's owner.
            if self.view == View::Shared
                && let Some(lead) = self.row.lead_id
                && load(ctx, lead).await?.is_none()
            {
                return Ok(None);
            }
            Ok(load(ctx, self.row.organization_id).await?.map(Organization))
        };
        organization.await.transpose()
    }

    /// The lead that it belongs to; null where there is none or the viewer may not see it.
    async fn lead(&self, ctx: &Context<'_>) -> Option<Result<Lead>> {
        load(ctx, self.row.lead_id?).await.map(|seen| seen.map(Lead)).transpose()
    }

    /// The opportunity that it belongs to; null where there is none or the viewer may not see it.
    async fn opportunity(&self, ctx: &Context<'_>) -> Option<Result<Opportunity>> {
        load(ctx, self.row.opportunity_id?).await.map(|row| row.map(Opportunity)).transpose()
    }

    /// When it was entered.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last changed or erased.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// When the person's data were erased; null for one that is whole.
    async fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.row.erased_at
    }
}

/// A person at a customer: with a name or a title, or both.
#[derive(InputObject)]
pub struct ContactInput {
    /// The name, at most 120 characters.
    pub name: Option<String>,
    /// The position in the company, at most 120 characters.
    pub title: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The phone number with the country's code: `+49 30 123456`.
    pub phone: Option<String>,
    /// Whether the person agreed that the data are handed on to partners.
    #[graphql(default)]
    pub may_be_shared: bool,
    /// Whether the person agreed to be written to or called by partners.
    #[graphql(default)]
    pub may_be_contacted: bool,
}

impl ContactInput {
    /// The contact that it says.
    #[must_use]
    pub fn draft(self) -> ContactDraft {
        let Self { name, title, email, phone, may_be_shared, may_be_contacted } = self;
        ContactDraft { name, title, email, phone, may_be_shared, may_be_contacted }
    }
}

/// A change of a contact. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct ContactPatchInput {
    /// The name, at most 120 characters.
    pub name: MaybeUndefined<String>,
    /// The position in the company, at most 120 characters.
    pub title: MaybeUndefined<String>,
    /// The address.
    pub email: MaybeUndefined<String>,
    /// The phone number with the country's code.
    pub phone: MaybeUndefined<String>,
    /// Whether the person agreed that the data are handed on to partners.
    pub may_be_shared: Option<bool>,
    /// Whether the person agreed to be written to or called by partners.
    pub may_be_contacted: Option<bool>,
}

impl ContactPatchInput {
    /// The change that it says.
    #[must_use]
    pub fn patch(self) -> ContactPatch {
        ContactPatch {
            name: given(self.name),
            title: given(self.title),
            email: given(self.email),
            phone: given(self.phone),
            may_be_shared: self.may_be_shared,
            may_be_contacted: self.may_be_contacted,
        }
    }
}
