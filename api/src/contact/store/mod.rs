//! The SQL of contacts.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of contacts")]

mod place;

use place::lock_places_in;
pub use place::{list_readers_in, scrub_in};

use super::{
    model::{Belongs, Contact, ContactDraft, Whom},
    policy::{ErasePerson, KeepContacts, Reach},
};
use crate::{
    op::{Fault, Op, Permit},
    page::{Page, Slice},
};
use entity::{
    contact,
    id::{ContactId, LeadId, OpportunityId, OrganizationId},
    opportunity,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, sea_query::Expr,
};

/// Contacts that one erasure goes through at most; a person with more is erased by asking again.
const AT_ONCE: u64 = 500;

/// Writes a contact.
///
/// # Errors
/// Database faults.
pub async fn insert_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<KeepContacts>,
    id: ContactId,
    belongs: Belongs,
    draft: ContactDraft,
) -> Result<Contact, Fault> {
    let (lead, opportunity) = match belongs {
        Belongs::Lead(id) => (Some(id), None),
        Belongs::Opportunity(id) => (None, Some(id)),
    };
    let row = contact::ActiveModel {
        id: Set(id),
        organization_id: Set(permit.resource()),
        lead_id: Set(lead),
        opportunity_id: Set(opportunity),
        name: Set(draft.name),
        title: Set(draft.title),
        email: Set(draft.email),
        phone: Set(draft.phone),
        may_be_shared: Set(draft.may_be_shared),
        may_be_contacted: Set(draft.may_be_contacted),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        erased_at: Set(None),
    };
    Ok(row.insert(tx).await?)
}

/// Changes a contact.
///
/// # Errors
/// Database faults.
pub async fn update_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<KeepContacts>,
    before: &Contact,
    draft: ContactDraft,
) -> Result<Contact, Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    let mut row = before.clone().into_active_model();
    row.name = Set(draft.name);
    row.title = Set(draft.title);
    row.email = Set(draft.email);
    row.phone = Set(draft.phone);
    row.may_be_shared = Set(draft.may_be_shared);
    row.may_be_contacted = Set(draft.may_be_contacted);
    row.updated_at = Set(op.now());
    Ok(row.update(tx).await?)
}

/// Removes a contact, and takes it out of the activities that name it.
///
/// # Errors
/// Database faults.
pub async fn remove_in(
    tx: &DatabaseTransaction,
    permit: &Permit<KeepContacts>,
    contact: &Contact,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), contact.organization_id, "the permit is for another organization");
    entity::activity_participant::Entity::delete_many()
        .filter(entity::activity_participant::Column::ContactId.eq(contact.id))
        .exec(tx)
        .await?;
    contact::Entity::delete_by_id(contact.id).exec(tx).await?;
    Ok(())
}

/// Makes the contacts of a lead that are whole those of an opportunity, too. The use case has asked whether it is allowed.
///
/// # Errors
/// Database faults.
pub async fn hand_over_in(
    tx: &DatabaseTransaction,
    op: &Op,
    lead: LeadId,
    opportunity: OpportunityId,
) -> Result<(), Fault> {
    contact::Entity::update_many()
        .col_expr(contact::Column::OpportunityId, Expr::value(opportunity))
        .col_expr(contact::Column::UpdatedAt, Expr::value(op.now()))
        .filter(contact::Column::LeadId.eq(lead))
        .filter(contact::Column::ErasedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

fn in_order(rows: Select<contact::Entity>) -> Select<contact::Entity> {
    rows.order_by_asc(contact::Column::Id)
}

/// The contacts of these leads, in the order of entry.
///
/// # Errors
/// Database faults.
pub async fn list_of_leads(connection: &impl ConnectionTrait, leads: &[LeadId]) -> Result<Vec<Contact>, Fault> {
    let rows = contact::Entity::find().filter(contact::Column::LeadId.is_in(leads.iter().copied()));
    Ok(in_order(rows).all(connection).await?)
}

/// The contacts of a lead, in the order of entry, locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn list_of_lead_in(tx: &DatabaseTransaction, lead: LeadId) -> Result<Vec<Contact>, Fault> {
    let rows = contact::Entity::find().filter(contact::Column::LeadId.eq(lead));
    Ok(in_order(rows).lock_exclusive().all(tx).await?)
}

/// The contacts of these opportunities, in the order of entry.
///
/// # Errors
/// Database faults.
pub async fn list_of_opportunities(
    connection: &impl ConnectionTrait,
    opportunities: &[OpportunityId],
) -> Result<Vec<Contact>, Fault> {
    let rows = contact::Entity::find().filter(contact::Column::OpportunityId.is_in(opportunities.iter().copied()));
    Ok(in_order(rows).all(connection).await?)
}

/// The contact with this id, where the organization entered it, locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_own_in(
    tx: &DatabaseTransaction,
    own: OrganizationId,
    id: ContactId,
) -> Result<Option<Contact>, Fault> {
    let found = contact::Entity::find_by_id(id).filter(contact::Column::OrganizationId.eq(own));
    Ok(found.lock_exclusive().one(tx).await?)
}

/// The opportunity of the contact with this id, where the organization entered it. Nothing is locked: whoever changes a
/// contact locks what it belongs to first.
///
/// # Errors
/// Database faults.
pub async fn find_opportunity_in(
    tx: &DatabaseTransaction,
    own: OrganizationId,
    id: ContactId,
) -> Result<Option<OpportunityId>, Fault> {
    let found = contact::Entity::find_by_id(id).filter(contact::Column::OrganizationId.eq(own)).one(tx).await?;
    Ok(found.and_then(|contact| contact.opportunity_id))
}

/// The contacts with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(connection: &impl ConnectionTrait, ids: &[ContactId]) -> Result<Vec<Contact>, Fault> {
    Ok(contact::Entity::find().filter(contact::Column::Id.is_in(ids.iter().copied())).all(connection).await?)
}

fn within(reach: Reach) -> Select<contact::Entity> {
    match reach {
        Reach::Own(own) => contact::Entity::find()
            .filter(Condition::any().add(contact::Column::OrganizationId.eq(own)).add(brought_to(own))),
        Reach::Installation => contact::Entity::find(),
    }
}

/// The contacts that a lead brought into an opportunity of this organization and that it reads, as
/// `model::may_be_handed_on` has it.
fn brought_to(own: OrganizationId) -> Condition {
    let deals = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .filter(opportunity::Column::OwnerOrganizationId.eq(own));
    Condition::all()
        .add(contact::Column::LeadId.is_not_null())
        .add(contact::Column::OpportunityId.in_subquery(deals.into_query()))
        .add(contact::Column::MayBeShared.eq(true))
        .add(contact::Column::MayBeContacted.eq(true))
}

/// A page of the contacts with this address, in the order of entry.
///
/// # Errors
/// Database faults.
pub async fn list_of_address(
    op: &Op,
    reach: Reach,
    address: &str,
    page: &Page<ContactId>,
) -> Result<Slice<Contact, ContactId>, Fault> {
    let mut rows = within(reach).filter(contact::Column::Email.eq(address));
    if let Some(after) = page.after {
        rows = rows.filter(contact::Column::Id.gt(after));
    }
    let rows = in_order(rows).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many contacts have this address.
///
/// # Errors
/// Database faults.
pub async fn count_of_address(op: &Op, reach: Reach, address: &str) -> Result<u64, Fault> {
    Ok(within(reach).filter(contact::Column::Email.eq(address)).count(op.db().read()).await?)
}

/// The contacts that are the person and not erased yet, locked until the transaction ends. Two contacts of one
/// organization with the same address are the same person.
///
/// # Errors
/// Database faults.
pub async fn list_whom_in(tx: &DatabaseTransaction, reach: Reach, whom: &Whom) -> Result<Vec<Contact>, Fault> {
    let rows = || in_order(whom_within(reach, whom)).limit(AT_ONCE);
    // What they belong to is locked first, as whoever works on that does it.
    lock_places_in(tx, &rows().all(tx).await?).await?;
    Ok(rows().lock_exclusive().all(tx).await?)
}

fn whom_within(reach: Reach, whom: &Whom) -> Select<contact::Entity> {
    let left = within(reach).filter(contact::Column::ErasedAt.is_null());
    match whom {
        Whom::Email(address) => left.filter(contact::Column::Email.eq(address)),
        Whom::Contact(id) => left.filter(contact::Column::Id.eq(*id)),
    }
}

/// Makes a contact a tombstone.
///
/// # Errors
/// Database faults.
pub async fn erase_in(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<ErasePerson>,
    contact: &Contact,
) -> Result<Contact, Fault> {
    let mut row = contact.clone().into_active_model();
    row.name = Set(None);
    row.title = Set(None);
    row.email = Set(None);
    row.phone = Set(None);
    row.may_be_shared = Set(false);
    row.may_be_contacted = Set(false);
    row.updated_at = Set(op.now());
    row.erased_at = Set(Some(op.now()));
    Ok(row.update(tx).await?)
}
