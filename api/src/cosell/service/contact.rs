//! The people at the customer of an opportunity. Each side that sees them enters its own and answers for them.

use super::{find, not_archived};
use crate::{
    contact::{
        self,
        event::{ContactEvent, Kept, Reader},
        model::{Belongs, CONTACTS_MAX, Contact, ContactDraft, ContactPatch, is_known_to},
        policy::KeepContacts,
    },
    cosell::model::{OpportunityField, Sides, has},
    db::{Claim, Tx, claim},
    event,
    op::{Denied, ErrorCode, Op, Outcome, Refusal},
};
use entity::id::{ContactId, OpportunityId, OrganizationId};

/// Enters a contact of an opportunity.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED` also where the contacts are not shared with the actor's side, `INVALID_STATE` for one that is
/// archived, `TOO_MANY` beyond [`CONTACTS_MAX`], `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn add_contact(
    op: &Op,
    id: OpportunityId,
    draft: ContactDraft,
    idempotency_key: Option<&str>,
) -> Outcome<Contact> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = writable(&tx, op, own, id).await?;
    // Of the input only a hash is kept: a person's words stay in one table.
    let new = match claim(&tx, op, own, "contactAdd", idempotency_key, &(id, &draft)).await? {
        Claim::Repeat(made) => {
            let found = contact::service::find_own_in(&tx, own, made.into()).await?;
            return Ok(found.ok_or_else(|| Refusal::not_found("id"))?);
        }
        Claim::Fresh(new) => ContactId::from(new),
    };
    not_archived(&sides.opportunity)?;
    let present = contact::service::list_of_opportunity_in(&tx, id).await?;
    if present.iter().filter(|contact| contact.erased_at.is_none()).count() >= CONTACTS_MAX {
        let message = format!("An opportunity has at most {CONTACTS_MAX} contacts.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let belongs = Belongs::Opportunity(id);
    let contact = contact::service::insert_in(&tx, op, new, own, belongs, "input.contact", draft).await?;
    record(&tx, op, &sides, &contact, Kept::Entered).await?;
    tx.commit().await?;
    Ok(contact)
}

/// Changes a contact of an opportunity that the actor's organization entered.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE` for one that was erased and for an opportunity that is archived, `REQUIRED`,
/// `TOO_LONG`, `INVALID_FORMAT`.
pub async fn update_contact(op: &Op, id: ContactId, patch: ContactPatch) -> Outcome<Contact> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let (before, sides) = kept(&tx, op, own, id).await?;
    not_archived(&sides.opportunity)?;
    let draft = patch.over(ContactDraft::from(&before));
    let after = contact::service::update_in(&tx, op, &before, "input", draft).await?;
    record(&tx, op, &sides, &after, Kept::Changed).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a contact of an opportunity that the actor's organization entered, also of one that is archived; of the contact
/// nothing stays.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`.
pub async fn remove_contact(op: &Op, id: ContactId) -> Outcome<ContactId> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let (contact, sides) = kept(&tx, op, own, id).await?;
    contact::service::remove_in(&tx, op, &contact).await?;
    record(&tx, op, &sides, &contact, Kept::Removed).await?;
    tx.commit().await?;
    Ok(id)
}

/// A contact that the organization entered, with those who take part in its opportunity, which the actor still sees.
async fn kept(tx: &Tx, op: &Op, own: OrganizationId, id: ContactId) -> Outcome<(Contact, Sides)> {
    let missing = || Refusal::not_found("id");
    // The opportunity is locked before its contact, as by whoever logs what was done with the contact.
    let opportunity = contact::service::find_opportunity_in(tx, own, id).await?.ok_or_else(missing)?;
    let sides = writable(tx, op, own, opportunity).await?;
    let contact = contact::service::find_own_in(tx, own, id).await?.ok_or_else(missing)?;
    Ok((contact, sides))
}

/// The opportunity, locked, where the actor's side sees its contacts and the actor may enter some.
async fn writable(tx: &Tx, op: &Op, own: OrganizationId, id: OpportunityId) -> Outcome<Sides> {
    let sides = find(tx, op, id).await?;
    op.authorize::<KeepContacts>(own, &own)?;
    if !has(sides.fields_of(own), OpportunityField::Contacts) {
        return Err(Denied::Rule.into());
    }
    Ok(sides)
}

async fn record(tx: &Tx, op: &Op, sides: &Sides, contact: &Contact, kept: Kept) -> Outcome<()> {
    let deal = &sides.opportunity;
    let readers: Vec<_> = sides
        .participants
        .iter()
        .filter(|side| is_known_to(contact, deal, side))
        .map(|side| Reader::of_side(contact, deal, side))
        .collect();
    let facts = ContactEvent::Kept { contact, readers: &readers, kept }.facts();
    Ok(event::record(tx, op, facts).await?)
}
