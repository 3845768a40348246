//! What a lead says: written down, and changed.

use super::{locked, own_step, present_step, route};
use crate::{
    contact::{
        self,
        model::{Belongs, ContactDraft, ContactPatch},
    },
    db::{Claim, Tx, claim},
    event,
    lead::{
        event::LeadEvent,
        model::{
            Content, Description, Lead, LeadPatch, LeadStatus, NewLead, Seen, change, checked, checked_interactions,
            patched_company, status_of,
        },
        policy::{CreateLead, SendLead, WorkLead},
        store::{self, Change},
    },
    op::{Action, Denied, Op, Outcome, Permit, check_revision},
};
use entity::id::{ContactId, LeadId, OrganizationId, TypedId};

/// Writes a lead down, and sends it where that is said.
///
/// # Errors
/// `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `OUT_OF_RANGE`, `INVALID_FORMAT`, `IDEMPOTENCY_KEY_REUSED`, and
/// those of [`super::send`].
pub async fn create(op: &Op, new: NewLead, idempotency_key: Option<&str>) -> Outcome<Seen> {
    let own = op.own_organization()?;
    let permit = op.authorize::<CreateLead>(own, &own)?;
    let prepared = prepare(op, own, &new).await?;
    let tx = op.db().begin().await?;
    let id = match claim(&tx, op, own, "leadCreate", idempotency_key, &new).await? {
        Claim::Repeat(id) => return locked(&tx, op, id.into()).await,
        Claim::Fresh(id) => LeadId::from(id),
    };
    let (lead, facts) = enter_in(&tx, op, &permit, id, prepared, new.contact).await?;
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(Seen { lead, step: None })
}

/// A lead that is within its bounds, and the way that it goes.
pub struct Prepared {
    content: Content,
    /// What came of looking its receivers up; counts only for what is new.
    route: Option<Outcome<route::Route>>,
}

/// Checks a lead and looks up to whom it goes. To be done before the transaction, which has a connection of its own.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `OUT_OF_RANGE`, `INVALID_FORMAT`.
pub async fn prepare(op: &Op, own: OrganizationId, new: &NewLead) -> Outcome<Prepared> {
    let content = checked(new, op.today())?;
    let route = match new.sending()? {
        Some(sending) => Some(route::checked(op, own, &sending).await),
        None => None,
    };
    Ok(Prepared { content, route })
}

/// Writes a lead down, and sends it where that was said, inside of somebody else's transaction, who records the facts that
/// come with it.
///
/// # Errors
/// Those of [`super::send`], and of the contact.
pub async fn enter_in(
    tx: &Tx,
    op: &Op,
    permit: &Permit<CreateLead>,
    id: LeadId,
    prepared: Prepared,
    person: Option<ContactDraft>,
) -> Outcome<(Lead, Vec<event::Fact>)> {
    let own = permit.resource();
    let route = prepared.route.transpose()?;
    let lead = store::insert_in(tx, op, permit, id, &prepared.content).await?;
    if let Some(draft) = person {
        contact::service::insert_in(tx, op, op.new_id(), own, Belongs::Lead(id), "input.contact", draft).await?;
    }
    let mut facts = LeadEvent::Created(&lead).facts();
    let Some(route) = route else { return Ok((lead, facts)) };
    let seen = Seen { lead, step: None };
    let sending = op.authorize::<SendLead>(id, &seen)?;
    let (sent, step) = route::dispatch(tx, op, &sending, &seen.lead, route).await?;
    facts.extend(LeadEvent::Sent { after: &sent, step: &step }.facts());
    Ok((sent, facts))
}

/// Changes what a lead says, while it has not come to its end: the sender all of it; a receiver that accepted how the
/// company is judged.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `OUT_OF_RANGE`,
/// `INVALID_FORMAT`.
pub async fn update(op: &Op, id: LeadId, patch: LeadPatch, expected_revision: Option<i32>) -> Outcome<Seen> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let seen = locked(&tx, op, id).await?;
    let (after, contact) = if seen.step.is_none() {
        let permit = op.authorize::<SendLead>(id, &seen)?;
        apply(&tx, op, &permit, &seen.lead, patch, expected_revision).await?
    } else {
        let permit = op.authorize::<WorkLead>(id, &seen)?;
        if !patch.only_judges() || status_of(&seen, op.now()) != LeadStatus::Accepted {
            return Err(Denied::Rule.into());
        }
        apply(&tx, op, &permit, &seen.lead, patch, expected_revision).await?
    };
    let reader = match (&seen.step, after.status) {
        (Some(_), _) => Some(own_step(&seen)?.organization_id),
        (None, LeadStatus::Sent | LeadStatus::Accepted) => {
            present_step(&tx, &after).await?.map(|step| step.organization_id)
        }
        (None, _) => None,
    };
    let updated = LeadEvent::Updated { before: &seen.lead, after: &after, contact, reader };
    event::record(&tx, op, updated.facts()).await?;
    tx.commit().await?;
    Ok(Seen { lead: after, step: seen.step })
}

async fn apply<A: Action<Resource = LeadId>>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    before: &Lead,
    patch: LeadPatch,
    expected_revision: Option<i32>,
) -> Outcome<(Lead, Option<ContactId>)> {
    check_revision(expected_revision, before.revision)?;
    change(before, op.now())?;
    let description = Description {
        company: patched_company(before, patch.company)?,
        readiness: patch.readiness.unwrap_or(before.readiness),
        qualification: patch.qualification.unwrap_or(before.qualification),
    };
    // The contact before what was written, as by whoever forgets a person: two in turn would wait for each other.
    let contact = match patch.contact {
        Some(contact) => set_contact(tx, op, before, contact).await?,
        None => None,
    };
    if let Some(interactions) = &patch.interactions {
        let interactions = checked_interactions(interactions, op.today())?;
        store::replace_interactions_in(tx, permit, &interactions).await?;
    }
    let after = store::update_in(tx, op, permit, before, Change::Describe(description)).await?;
    Ok((after, contact))
}

/// Enters, changes or removes the contact of a lead, and says which one that was. One that was erased is left in peace:
/// another takes its place.
async fn set_contact(tx: &Tx, op: &Op, lead: &Lead, patch: Option<ContactPatch>) -> Outcome<Option<ContactId>> {
    let path = "input.contact";
    let all = contact::service::list_of_lead_in(tx, lead.id).await?;
    let present = all.into_iter().find(|contact| contact.erased_at.is_none());
    Ok(match (patch, present) {
        (None, None) => None,
        (None, Some(present)) => {
            contact::service::remove_in(tx, op, &present).await?;
            Some(present.id)
        }
        (Some(patch), Some(present)) => {
            let draft = patch.over(ContactDraft::from(&present));
            Some(contact::service::update_in(tx, op, &present, path, draft).await?.id)
        }
        (Some(patch), None) => {
            let (draft, belongs) = (patch.over(ContactDraft::default()), Belongs::Lead(lead.id));
            Some(contact::service::insert_in(tx, op, op.new_id(), lead.organization_id, belongs, path, draft).await?.id)
        }
    })
}

/// What an idempotency key of an action on a lead stands for.
pub(super) fn body(id: LeadId) -> String {
    id.global()
}
