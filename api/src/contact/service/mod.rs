//! The use cases of contacts. A person's data are exported and erased here, wherever they are.

mod person;

pub use person::{count_export, erase, export};

use super::{
    model::{Belongs, Contact, ContactDraft, checked},
    policy::KeepContacts,
    store,
};
use crate::{
    db::Tx,
    op::{ErrorCode, Fault, Op, Outcome, Refusal},
};
use entity::id::{ContactId, LeadId, OpportunityId, OrganizationId};

/// Enters the contact `id` of `belongs` in the name of `organization`, in the transaction of what it belongs to; `path` names
/// where the draft is in the input.
///
/// # Errors
/// `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`.
pub async fn insert_in(
    tx: &Tx,
    op: &Op,
    id: ContactId,
    organization: OrganizationId,
    belongs: Belongs,
    path: &str,
    draft: ContactDraft,
) -> Outcome<Contact> {
    let permit = op.authorize::<KeepContacts>(organization, &organization)?;
    Ok(store::insert_in(tx, op, &permit, id, belongs, checked(path, draft)?).await?)
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

/// Makes the contact of a lead one of the opportunity that the lead became, too; a tombstone stays with the lead alone.
/// Part of that use case, which has asked whether it is allowed.
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

/// The opportunity of the contact with this id, where the organization entered it; nothing is locked.
///
/// # Errors
/// Database faults.
pub async fn find_opportunity_in(tx: &Tx, own: OrganizationId, id: ContactId) -> Result<Option<OpportunityId>, Fault> {
    store::find_opportunity_in(tx, own, id).await
}

/// The contact with this id, where the organization entered it, locked: behind what it belongs to.
///
/// # Errors
/// Database faults.
pub async fn find_own_in(tx: &Tx, own: OrganizationId, id: ContactId) -> Result<Option<Contact>, Fault> {
    store::find_own_in(tx, own, id).await
}

/// As [`list_of_opportunities`], of one opportunity, in a transaction.
///
/// # Errors
/// Database faults.
pub async fn list_of_opportunity_in(tx: &Tx, opportunity: OpportunityId) -> Result<Vec<Contact>, Fault> {
    store::list_of_opportunities(&**tx, &[opportunity]).await
}

/// The contacts with these ids, for whoever was found to see what they are named in.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[ContactId]) -> Result<Vec<Contact>, Fault> {
    store::list_by_ids(op.db().read(), ids).await
}
