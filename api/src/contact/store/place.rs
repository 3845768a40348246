//! The list of places where a person's words may stand besides the contact itself: texts about what the contact belongs
//! to. Whoever adds a column with texts about leads or opportunities adds it here; a test that searches the whole database
//! for an erased person's words finds what was forgotten.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that takes words out of texts")]

use crate::{
    contact::{
        event::Reader,
        model::{Contact, Words, is_known_to},
        policy::ErasePerson,
    },
    op::{Fault, Permit},
};
use entity::{
    activity, audit_entry,
    id::{ActivityId, InvitationId, LeadId, OpportunityId, PendingChangeId, SnapshotId, TypedId},
    introduction, invitation, lead, lead_interaction, lead_step, opportunity, opportunity_change,
    opportunity_next_step,
    opportunity_participant::{self, ParticipantStatus},
    opportunity_snapshot, opportunity_team,
};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, Value, sea_query::ExprTrait,
};
use std::collections::BTreeSet;

/// Locks what these contacts belong to until the transaction ends: leads, then opportunities, each in the order of their ids.
/// Contacts are locked behind them, here as everywhere.
///
/// # Errors
/// Database faults.
pub(super) async fn lock_places_in(tx: &DatabaseTransaction, contacts: &[Contact]) -> Result<(), Fault> {
    let leads: BTreeSet<_> = contacts.iter().filter_map(|contact| contact.lead_id).collect();
    if !leads.is_empty() {
        let leads = lead::Entity::find().filter(lead::Column::Id.is_in(leads)).order_by_asc(lead::Column::Id);
        leads.lock_exclusive().all(tx).await?;
    }
    let deals: BTreeSet<_> = contacts.iter().filter_map(|contact| contact.opportunity_id).collect();
    if !deals.is_empty() {
        let deals = opportunity::Entity::find().filter(opportunity::Column::Id.is_in(deals));
        deals.order_by_asc(opportunity::Column::Id).lock_exclusive().all(tx).await?;
    }
    Ok(())
}

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
    if let Some(id) = contact.opportunity_id {
        subjects.push(id.global());
        subjects.extend(of_opportunity(tx, id, words).await?);
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
    of_requests(tx, introduction::Entity::find().filter(introduction::Column::LeadId.eq(id)), words).await
}

/// The requests to be introduced that a lead or an opportunity was made of.
async fn of_requests(
    tx: &DatabaseTransaction,
    requests: Select<introduction::Entity>,
    words: &Words,
) -> Result<(), Fault> {
    use introduction::Column::{Comment, ContactTitle, Message, OutcomeNote};
    scrub(tx, requests, &[Message, ContactTitle, Comment, OutcomeNote], words, |_| ()).await?;
    Ok(())
}

/// Gives what the trail calls the things below the opportunity, whose texts may be told there too.
async fn of_opportunity(tx: &DatabaseTransaction, id: OpportunityId, words: &Words) -> Result<Vec<String>, Fault> {
    use opportunity::Column::{
        BusinessProblem, Competitors, ContactTitle, ReviewComment, ReviewReason, Title, UseCase,
    };
    let itself = opportunity::Entity::find_by_id(id);
    let texts = [Title, BusinessProblem, UseCase, ContactTitle, Competitors, ReviewReason, ReviewComment];
    scrub(tx, itself, &texts, words, |_| ()).await?;
    let sides = opportunity_participant::Entity::find().filter(opportunity_participant::Column::OpportunityId.eq(id));
    scrub(tx, sides, &[opportunity_participant::Column::NextSteps], words, |_| ()).await?;
    let steps = opportunity_next_step::Entity::find().filter(opportunity_next_step::Column::OpportunityId.eq(id));
    scrub(tx, steps, &[opportunity_next_step::Column::Text], words, |_| ()).await?;
    let team = opportunity_team::Entity::find().filter(opportunity_team::Column::OpportunityId.eq(id));
    scrub(tx, team, &[opportunity_team::Column::Responsibility], words, |_| ()).await?;

    of_requests(tx, introduction::Entity::find().filter(introduction::Column::OpportunityId.eq(id)), words).await?;

    let changes = opportunity_change::Entity::find().filter(opportunity_change::Column::OpportunityId.eq(id));
    let changes =
        scrub(tx, changes, &[opportunity_change::Column::Patch], words, |row| PendingChangeId::global(row.id));
    let mut named = changes.await?;
    let snapshots = opportunity_snapshot::Entity::find().filter(opportunity_snapshot::Column::OpportunityId.eq(id));
    let snapshots =
        scrub(tx, snapshots, &[opportunity_snapshot::Column::Payload], words, |row| SnapshotId::global(row.id));
    named.extend(snapshots.await?);
    let texts = [invitation::Column::Message, invitation::Column::Offer, invitation::Column::Comment];
    let invitations = invitation::Entity::find().filter(invitation::Column::OpportunityId.eq(id));
    named.extend(scrub(tx, invitations, &texts, words, |row| InvitationId::global(row.id)).await?);
    Ok(named)
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

/// Who had the contact before them: its own organization, those with whom the lead is or was last, and the sides of the
/// opportunity that know of it.
///
/// # Errors
/// Database faults.
pub async fn list_readers_in(tx: &DatabaseTransaction, contact: &Contact) -> Result<Vec<Reader>, Fault> {
    let mut readers = BTreeSet::new();
    if let Some(lead) = find_lead(tx, contact).await? {
        let asked = lead.receiver_id.filter(|_| {
            use lead::LeadStatus::{Accepted, Canceled, Converted, Declined, Expired, New, Sent};
            match lead.status {
                Sent | Accepted | Converted => true,
                New | Declined | Expired | Canceled => false,
            }
        });
        for organization in std::iter::once(lead.organization_id).chain(asked) {
            readers.insert(Reader::of_lead(contact, lead.id, organization));
        }
    }
    if let Some(id) = contact.opportunity_id
        && let Some(deal) = opportunity::Entity::find_by_id(id).one(tx).await?
    {
        let sides =
            opportunity_participant::Entity::find().filter(opportunity_participant::Column::OpportunityId.eq(id));
        for side in sides.all(tx).await? {
            let stands = side.status == ParticipantStatus::Active;
            // Whoever entered it answers for it, though it takes part no more.
            if side.organization_id == contact.organization_id || stands && is_known_to(contact, &deal, &side) {
                readers.insert(Reader::of_side(contact, &deal, &side));
            }
        }
    }
    Ok(readers.into_iter().collect())
}

async fn find_lead(tx: &DatabaseTransaction, contact: &Contact) -> Result<Option<lead::Model>, Fault> {
    let Some(id) = contact.lead_id else { return Ok(None) };
    Ok(lead::Entity::find_by_id(id).one(tx).await?)
}
