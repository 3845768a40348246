//! A person is forgotten. No key can do it: it is an administrator's right. Contacts are entered, changed and removed where
//! what they belong to is.

use super::types::Contact;
use crate::{
    contact::{model::Whom, service},
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, Object, OneofObject, Result, SimpleObject};

/// Root fields of this room.
#[derive(Default)]
pub struct ContactMutation;

/// Who is to be forgotten: exactly one of the two.
#[derive(OneofObject)]
pub enum ContactEraseInput {
    /// Everybody with this address.
    Email(String),
    /// The person behind this contact, for one without an address.
    Contact(ID),
}

/// What came of `contactErase`.
#[derive(SimpleObject)]
pub struct ContactErasePayload {
    /// What is left of each contact; null where nothing was done.
    pub contacts: Option<Vec<Contact>>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl ContactMutation {
    /// Erases a person's data for good, wherever they are kept: the contacts that the viewer's organization entered, those
    /// that came into an opportunity of its own with a lead and that it reads in full, and the person's name, address and
    /// phone number in the texts about their leads and opportunities: interactions, activities, snapshots, pending changes,
    /// invitations, requests to be introduced and the audit trail. A contact of a lead and of the opportunity that the lead
    /// became is one, and gone from both. What is left of each contact is its id and the date. An administrator of the
    /// operator reaches what anybody entered. At most 500 contacts at once. Requires: administrator. Codes: NOT_FOUND,
    /// NOT_ALLOWED, INVALID_FORMAT.
    async fn contact_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is to be forgotten.")] input: ContactEraseInput,
    ) -> Option<Result<ContactErasePayload>> {
        let done = async {
            let whom = match input {
                ContactEraseInput::Email(address) => Whom::Email(address),
                ContactEraseInput::Contact(id) => Whom::Contact(node::parse(&id)?),
            };
            let (contacts, user_errors) = settle(service::erase(ctx.op()?, whom).await)?;
            let contacts = contacts.map(|contacts| contacts.into_iter().map(Contact::own).collect());
            Ok(ContactErasePayload { contacts, user_errors })
        };
        Some(done.await)
    }
}
