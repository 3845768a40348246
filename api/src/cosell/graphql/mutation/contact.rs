//! The people at the customer of an opportunity: each side that sees them enters its own and answers for them.

use crate::{
    contact::graphql::types::{Contact, ContactInput, ContactPatchInput},
    cosell::service,
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use entity::id::TypedId;

/// Root fields of this room.
#[derive(Default)]
pub struct OpportunityContactMutation;

/// A person at the customer of an opportunity.
#[derive(InputObject)]
pub struct ContactAddInput {
    /// The person.
    pub contact: ContactInput,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// What came of `contactAdd`.
#[derive(SimpleObject)]
pub struct ContactAddPayload {
    /// The contact; null where nothing was done.
    pub contact: Option<Contact>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `contactUpdate`.
#[derive(SimpleObject)]
pub struct ContactUpdatePayload {
    /// The contact as it is now; null where nothing was done.
    pub contact: Option<Contact>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `contactRemove`.
#[derive(SimpleObject)]
pub struct ContactRemovePayload {
    /// The id of what was removed; null where nothing was done.
    pub removed_contact_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl OpportunityContactMutation {
    /// Enters a person at the customer of an opportunity; at most 20. Whoever sees the opportunity's contacts sees the
    /// title, and the rest while the person agrees to both: to be handed on, and to be contacted. Requires: member of a
    /// side that sees the field `CONTACTS`. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE for one that is archived, REQUIRED,
    /// TOO_LONG, TOO_MANY, INVALID_FORMAT, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn contact_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "Whom to enter.")] input: ContactAddInput,
    ) -> Option<Result<ContactAddPayload>> {
        let done = async {
            let ContactAddInput { contact, idempotency_key } = input;
            let (op, id) = (ctx.op()?, node::parse(&id)?);
            let outcome = service::add_contact(op, id, contact.draft(), idempotency_key.as_deref()).await;
            let (contact, user_errors) = settle(outcome)?;
            Ok(ContactAddPayload { contact: contact.map(Contact::own), user_errors })
        };
        Some(done.await)
    }

    /// Changes a contact of an opportunity. Requires: member of the organization that entered it, while that one sees the
    /// field `CONTACTS`. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE for one that was erased and where the opportunity is
    /// archived, REQUIRED, TOO_LONG, INVALID_FORMAT.
    async fn contact_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contact.")] id: ID,
        #[graphql(desc = "What to change.")] input: ContactPatchInput,
    ) -> Option<Result<ContactUpdatePayload>> {
        let done = async {
            let outcome = service::update_contact(ctx.op()?, node::parse(&id)?, input.patch()).await;
            let (contact, user_errors) = settle(outcome)?;
            Ok(ContactUpdatePayload { contact: contact.map(Contact::own), user_errors })
        };
        Some(done.await)
    }

    /// Removes a contact of an opportunity, and takes it out of the activities that name it. What others wrote about the
    /// person in texts stays; `contactErase` takes that out, too, and has to come first. Requires: member of the
    /// organization that entered it, while that one sees the field `CONTACTS`. Codes: NOT_FOUND, NOT_ALLOWED.
    async fn contact_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contact.")] id: ID,
    ) -> Option<Result<ContactRemovePayload>> {
        let done = async {
            let (removed, user_errors) = settle(service::remove_contact(ctx.op()?, node::parse(&id)?).await)?;
            Ok(ContactRemovePayload { removed_contact_id: removed.map(|id| ID(id.global())), user_errors })
        };
        Some(done.await)
    }
}
