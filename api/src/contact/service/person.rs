//! A person asks what is kept, or asks to be forgotten.

use crate::{
    contact::{
        event::ContactEvent,
        model::{Contact, Whom, Words},
        policy::{ErasePerson, reach},
        store,
    },
    event,
    op::{ErrorCode, Failure, Fault, Op, Outcome, Refusal},
    organization::model::email,
    page::{Page, Slice},
};
use entity::id::ContactId;

/// A page of what is kept of the person with this address, in the order of entry, as far as one's organization reaches
/// ([`Reach`](crate::contact::policy::Reach)).
///
/// # Errors
/// `UNAUTHENTICATED` for a visitor, `NOT_ALLOWED` for whoever is no administrator, `INVALID_FORMAT`.
pub async fn export(op: &Op, address: &str, page: &Page<ContactId>) -> Outcome<Slice<Contact, ContactId>> {
    op.signed_in()?;
    let reach = reach(&op.actor).ok_or(Fault::Unauthenticated)?;
    op.authorize::<ErasePerson>((), &reach)?;
    let address = checked_address("email", address)?;
    Ok(store::list_of_address(op, reach, &address, page).await?)
}

/// How many contacts [`export`] goes through.
///
/// # Errors
/// As [`export`].
pub async fn count_export(op: &Op, address: &str) -> Outcome<u64> {
    op.signed_in()?;
    let reach = reach(&op.actor).ok_or(Fault::Unauthenticated)?;
    op.authorize::<ErasePerson>((), &reach)?;
    let address = checked_address("email", address)?;
    Ok(store::count_of_address(op, reach, &address).await?)
}

/// Erases a person's data wherever they are kept: the contacts, and the person's name, address and phone number in the
/// texts of what those belong to. Of each contact stays a tombstone: its id, and when it was erased. What changed since
/// cannot be read back, snapshots and the trail included.
///
/// The list of places is `store::place`; whoever keeps texts about leads or opportunities adds theirs there.
///
/// # Errors
/// `NOT_ALLOWED`, `NOT_FOUND` where no contact that is left is the person, `INVALID_FORMAT`.
pub async fn erase(op: &Op, whom: Whom) -> Outcome<Vec<Contact>> {
    op.signed_in()?;
    let reach = reach(&op.actor).ok_or(Fault::Unauthenticated)?;
    let permit = op.authorize::<ErasePerson>((), &reach)?;
    let (whom, path) = match whom {
        Whom::Email(address) => (Whom::Email(checked_address("input.email", &address)?), "input.email"),
        Whom::Contact(id) => (Whom::Contact(id), "input.contact"),
    };
    let tx = op.db().begin().await?;
    let contacts = store::list_whom_in(&tx, reach, &whom).await?;
    if contacts.is_empty() {
        return Err(Refusal::not_found(path).into());
    }
    let (mut tombstones, mut facts) = (Vec::new(), Vec::new());
    for contact in contacts {
        let readers = store::list_readers_in(&tx, &contact).await?;
        store::scrub_in(&tx, &permit, &contact, &Words::of(&contact)).await?;
        let tombstone = store::erase_in(&tx, op, &permit, &contact).await?;
        facts.extend(ContactEvent::Erased { contact: &tombstone, readers: &readers }.facts());
        tombstones.push(tombstone);
    }
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(tombstones)
}

fn checked_address(path: &str, text: &str) -> Result<String, Failure> {
    let found = email(text).ok_or_else(|| Refusal::of(path, ErrorCode::InvalidFormat, "Expected an e-mail address."));
    Ok(found?)
}
