//! The list of places where a person's words may stand besides the contact itself: texts about what the contact belongs
//! to. Whoever adds a column with texts about leads or opportunities adds it here; a test that searches the whole database
//! for an erased person's words finds what was forgotten.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that takes words out of texts")]

use crate::{
    contact::{
        event::Reader,
        model::{Contact, Words},
        policy::ErasePerson,
    },
    op::{Fault, Permit},
};
use entity::{
    activity,
    alert::AlertKind,
    audit_entry,
    id::{ActivityId, LeadId, OrganizationId, TypedId},
    lead, lead_interaction, lead_step,
};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter, QuerySelect, Select, Value,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Takes the words out of all texts about the lead and the opportunity that the contact belongs to, and out of the
/// activities that its own organization wrote. Texts of others about other things are not searched: what somebody calls
/// a contact must not be a way to change what strangers wrote.
///
/// # Errors
/// Database faults.
pub async fn scrub_in(
    tx: &DatabaseTransaction,
    _permit: &Permit<ErasePerson>,
    contact: &Contact,
    words: &Words,
) -> Result<(), Fault> {
    if words.is_empty() {
        return Ok(());
    }
    // What the trail calls the things whose texts were searched.
    let mut subjects = vec![contact.id.global()];
    if let Some(id) = contact.lead_id {
        subjects.push(id.global());
        of_lead(tx, id, words).await?;
    }
    let activities = activity::Entity::find().filter(match contact.opportunity_id {
        Some(id) => {
            activity::Column::OrganizationId.eq(contact.organization_id).or(activity::Column::OpportunityId.eq(id))
        }
        None => activity::Column::OrganizationId.eq(contact.organization_id),
    });
    subjects.extend(scrub(tx, activities, &[activity::Column::Text], words, |row| ActivityId::global(row.id)).await?);
    let trail = audit_entry::Entity::find().filter(audit_entry::Column::Subject.is_in(subjects));
    scrub(tx, trail, &[audit_entry::Column::Before, audit_entry::Column::After], words, |_| ()).await?;
    Ok(())
}

async fn of_lead(tx: &DatabaseTransaction, id: LeadId, words: &Words) -> Result<(), Fault> {
    use lead_interaction::Column::{BusinessProblem, CustomerAction, LeadId, Source, UseCase};
    let interactions = lead_interaction::Entity::find().filter(LeadId.eq(id));
    let texts = [Source, UseCase, CustomerAction, BusinessProblem];
    scrub(tx, interactions, &texts, words, |_| ()).await?;
    let steps = lead_step::Entity::find().filter(lead_step::Column::LeadId.eq(id));
    scrub(tx, steps, &[lead_step::Column::Comment], words, |_| ()).await?;
    Ok(())
}

/// Takes the words out of these columns, which hold text or JSON, of these rows; gives what `name` makes of those that
/// changed. The rows are locked, so that nothing that is written meanwhile is lost.
async fn scrub<E, N>(
    tx: &DatabaseTransaction,
    rows: Select<E>,
    columns: &[E::Column],
    words: &Words,
    name: impl Fn(&E::Model) -> N,
) -> Result<Vec<N>, Fault>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    let mut named = Vec::new();
    for row in rows.lock_exclusive().all(tx).await? {
        let clean: Vec<_> =
            columns.iter().filter_map(|column| Some((*column, cleaned(&row.get(*column), words)?))).collect();
        if clean.is_empty() {
            continue;
        }
        named.push(name(&row));
        let mut row = row.into_active_model();
        for (column, value) in clean {
            row.try_set(column, value)?;
        }
        row.update(tx).await?;
    }
    Ok(named)
}

fn cleaned(value: &Value, words: &Words) -> Option<Value> {
    match value {
        Value::String(Some(text)) => words.out_of(text).map(|clean| Value::String(Some(clean))),
        Value::Json(Some(json)) => words.out_of_json(json).map(|clean| Value::Json(Some(Box::new(clean)))),
        _ => None,
    }
}

/// Who had the contact before them: its own organization, and those with whom the lead is or was last.
///
/// # Errors
/// Database faults.
pub async fn list_readers_in(tx: &DatabaseTransaction, contact: &Contact) -> Result<Vec<Reader>, Fault> {
    let mut readers = BTreeSet::new();
    let reader = |organization: OrganizationId, kind: AlertKind, subject: Uuid| Reader {
        organization,
        kind,
        subject,
        restricted: false,
    };
    if let Some(lead) = find_lead(tx, contact).await? {
        let asked = lead.receiver_id.filter(|_| {
            use lead::LeadStatus::{Accepted, Canceled, Converted, Declined, Expired, New, Sent};
            match lead.status {
                Sent | Accepted | Converted => true,
                New | Declined | Expired | Canceled => false,
            }
        });
        for organization in std::iter::once(lead.organization_id).chain(asked) {
            readers.insert(reader(organization, AlertKind::Lead, lead.id.into()));
        }
    }
    Ok(readers.into_iter().collect())
}

async fn find_lead(tx: &DatabaseTransaction, contact: &Contact) -> Result<Option<lead::Model>, Fault> {
    let Some(id) = contact.lead_id else { return Ok(None) };
    Ok(lead::Entity::find_by_id(id).one(tx).await?)
}
