//! The people at the customer of an opportunity. Each side that sees them enters its own and answers for them.

use super::{insert_in, remove_in, update_in};
use crate::{
    contact::{
        event::{ContactEvent, Kept, Reader},
        model::{Belongs, CONTACTS_MAX, Contact, ContactDraft, ContactPatch},
        policy::KeepContacts,
        store,
    },
    cosell::{
        self,
        model::{OpportunityField, Sides, has},
    },
    db::{Claim, Tx, claim},
    event,
    op::{Denied, ErrorCode, Op, Outcome, Refusal},
    partnership::service::own_organization,
};
use entity::{
    alert::AlertKind,
    id::{ContactId, OpportunityId, OrganizationId},
};

/// Enters a contact of an opportunity.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED` also where the contacts are not shared with the actor's side, `TOO_MANY` beyond
/// [`CONTACTS_MAX`], `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn add(op: &Op, id: OpportunityId, draft: ContactDraft, idempotency_key: Option<&str>) -> Outcome<Contact> {
    let own = own_organization(op)?;
    let tx = op.db().begin().await?;
    let sides = writable(&tx, op, own, id).await?;
    // Of the input only a hash is kept: a person's words stay in one table.
    let new = match claim(&tx, op, own, "contactAdd", idempotency_key, &(id, &draft)).await? {
        Claim::Repeat(made) => {
            let found = store::find_own_in(&tx, own, made.into()).await?;
            return Ok(found.ok_or_else(|| Refusal::not_found("id"))?);
        }
        Claim::Fresh(new) => ContactId::from(new),
    };
    let present = store::list_of_opportunities(&**tx, &[id]).await?;
    if present.iter().filter(|contact| contact.erased_at.is_none()).count() >= CONTACTS_MAX {
        let message = format!("An opportunity has at most {CONTACTS_MAX} contacts.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let contact = insert_in(&tx, op, new, own, Belongs::Opportunity(id), "input", draft).await?;
    record(&tx, op, &sides, &contact, Kept::Entered).await?;
    tx.commit().await?;
    Ok(contact)
}

/// Changes a contact of an opportunity that the actor's organization entered.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE` for one that was erased, `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`.
pub async fn update(op: &Op, id: ContactId, patch: ContactPatch) -> Outcome<Contact> {
    let own = own_organization(op)?;
    let tx = op.db().begin().await?;
    let (before, sides) = kept(&tx, op, own, id).await?;
    let draft = patch.over(ContactDraft::from(&before));
    let after = update_in(&tx, op, &before, "input", draft).await?;
    record(&tx, op, &sides, &after, Kept::Changed).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a contact of an opportunity that the actor's organization entered; nothing of it stays.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`.
pub async fn remove(op: &Op, id: ContactId) -> Outcome<ContactId> {
    let own = own_organization(op)?;
    let tx = op.db().begin().await?;
    let (contact, sides) = kept(&tx, op, own, id).await?;
    remove_in(&tx, op, &contact).await?;
    record(&tx, op, &sides, &contact, Kept::Removed).await?;
    tx.commit().await?;
    Ok(id)
}

/// A contact that the organization entered, with those who take part in its opportunity, which the actor still sees.
async fn kept(tx: &Tx, op: &Op, own: OrganizationId, id: ContactId) -> Outcome<(Contact, Sides)> {
    let missing = || Refusal::not_found("id");
    let contact = store::find_own_in(tx, own, id).await?.ok_or_else(missing)?;
    let opportunity = contact.opportunity_id.ok_or_else(missing)?;
    let sides = writable(tx, op, own, opportunity).await?;
    Ok((contact, sides))
}

/// The opportunity, locked, where the actor's side sees its contacts and the actor may enter some.
async fn writable(tx: &Tx, op: &Op, own: OrganizationId, id: OpportunityId) -> Outcome<Sides> {
    let sides = cosell::service::find_sides_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    op.authorize::<KeepContacts>(own, &own)?;
    if !has(sides.fields_of(own), OpportunityField::Contacts) {
        return Err(Denied::Rule.into());
    }
    Ok(sides)
}

async fn record(tx: &Tx, op: &Op, sides: &Sides, contact: &Contact, kept: Kept) -> Outcome<()> {
    let deal = &sides.opportunity;
    let reads = |organization: OrganizationId| {
        has(sides.fields_of(organization), OpportunityField::Contacts)
            && sides.knows(organization, contact.organization_id)
    };
    let readers: Vec<_> = sides
        .participants
        .iter()
        .filter(|side| reads(side.organization_id))
        .map(|side| Reader {
            organization: side.organization_id,
            kind: AlertKind::Opportunity,
            subject: deal.id.into(),
            restricted: deal.confidential,
            stage: Some(deal.stage),
        })
        .collect();
    let facts = ContactEvent::Kept { contact, readers: &readers, kept }.facts();
    Ok(event::record(tx, op, facts).await?)
}
