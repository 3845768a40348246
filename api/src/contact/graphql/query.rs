//! What can be asked about contacts.

use super::types::Contact;
use crate::{
    contact::service,
    op::{Failure, Fault, Refusal},
    page::Page,
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
    },
};
use async_graphql::{Context, Object, Result};
use entity::id::ContactId;

/// Root fields of this room.
#[derive(Default)]
pub struct ContactQuery;

/// A query has no place for refusals: what is not allowed is null, and what is malformed is at the top.
fn answered<T>(outcome: Result<T, Failure>) -> Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(refusals)) => match refusals.into_iter().next() {
            Some(Refusal { field, message, .. }) if !field.is_empty() => Err(Fault::bad_input(message).into()),
            _ => Ok(None),
        },
    }
}

#[Object]
impl ContactQuery {
    /// What is kept of the person with this address, in the order of entry: what the viewer's organization entered, and
    /// what came into an opportunity of its own with a lead and is read in full; for administrators of the operator, what
    /// anybody entered. Erased contacts have no address and are not found. Null for whoever may not ask. Requires:
    /// administrator.
    async fn contacts_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person's address.")] email: String,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<Contact>>> {
        export(ctx, email, first, after).await.transpose()
    }
}

async fn export(
    ctx: &Context<'_>,
    email: String,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Option<List<Contact>>> {
    const NAME: &str = "contactsExport.ID.ASC";
    let page = Page::<ContactId>::parse(NAME, first, after.as_deref())?;
    let Some(slice) = answered(service::export(ctx.op()?, &email, &page).await)? else { return Ok(None) };
    let total = Total::counted(move |op| {
        let email = email.clone();
        async move { service::count_export(&op, &email).await.map_err(Failure::into_fault) }
    });
    list(slice, NAME, total, Contact::own).map(Some)
}
