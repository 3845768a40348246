//! The use cases of contacts. A person's data are exported and erased here, wherever they are.

use super::{
    event::ContactEvent,
    model::{Belongs, Contact, ContactDraft, Whom, Words, checked},
    policy::{ErasePerson, KeepContacts, reach},
    store,
};
use crate::{
    db::Tx,
    event,
    op::{ErrorCode, Failure, Fault, Op, Outcome, Refusal},
    organization::model::email,
    page::{Page, Slice},
};
use entity::id::{ContactId, LeadId, OpportunityId, OrganizationId};

/// Enters a contact of `belongs` in the name of `organization`, in the transaction of what it belongs to; `path` names
/// where the draft is in the input.
///
/// # Errors
/// `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`.
pub async fn insert_in(
    tx: &Tx,
    op: &Op,
    organization: OrganizationId,
    belongs: Belongs,
    path: &str,
    draft: ContactDraft,
) -> Outcome<Contact> {
    let permit = op.authorize::<KeepContacts>(organization, &organization)?;
    Ok(store::insert_in(tx, op, &permit, belongs, checked(path, draft)?).await?)
}

/// Changes a contact. One that was erased stays so.
///
/// # Errors
/// As [`insert_in`]; `INVALID_STATE` for one that was erased.
pub async fn update_in(tx: &Tx, op: &Op, before: &Contact, path: &str, draft: ContactDraft) -> Outcome<Contact> {
    if before.erased_at.is_some() {
        let message = "The person's data were erased. Remove the contact, and enter another.";
        return Err(Refusal::of(path, ErrorCode::InvalidState, message).into());
    }
    let permit = op.authorize::<KeepContacts>(before.organization_id, &before.organization_id)?;
    Ok(store::update_in(tx, op, &permit, before, checked(path, draft)?).await?)
}

/// Removes a contact from what it belongs to; nothing of it stays.
///
/// # Errors
/// `NOT_ALLOWED`.
pub async fn remove_in(tx: &Tx, op: &Op, contact: &Contact) -> Outcome<()> {
    let permit = op.authorize::<KeepContacts>(contact.organization_id, &contact.organization_id)?;
    Ok(store::remove_in(tx, &permit, contact).await?)
}

/// Makes the contact of a lead one of the opportunity that the lead became, too. Part of that use case, which has asked
/// whether it is allowed.
///
/// # Errors
/// Database faults.
pub async fn hand_over_in(tx: &Tx, op: &Op, lead: LeadId, opportunity: OpportunityId) -> Result<(), Fault> {
    store::hand_over_in(tx, op, lead, opportunity).await
}

/// The contacts of these leads, in the order of entry, for whoever was found to see the leads.
///
/// # Errors
/// Database faults.
pub async fn list_of_leads(op: &Op, leads: &[LeadId]) -> Result<Vec<Contact>, Fault> {
    store::list_of_leads(op.db().read(), leads).await
}

/// As [`list_of_leads`], of one lead, in a transaction, locked.
///
/// # Errors
/// Database faults.
pub async fn list_of_lead_in(tx: &Tx, lead: LeadId) -> Result<Vec<Contact>, Fault> {
    store::list_of_lead_in(tx, lead).await
}

/// The contacts of these opportunities, in the order of entry, for whoever was found to see the opportunities.
///
/// # Errors
/// Database faults.
pub async fn list_of_opportunities(op: &Op, opportunities: &[OpportunityId]) -> Result<Vec<Contact>, Fault> {
    store::list_of_opportunities(op.db().read(), opportunities).await
}

/// The contacts with these ids, for whoever was found to see what they are named in.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[ContactId]) -> Result<Vec<Contact>, Fault> {
    store::list_by_ids(op.db().read(), ids).await
}

/// A page of what is kept of the person with this address, in the order of entry: of one's own organization's contacts; of
/// all for the administrators of the operator.
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
