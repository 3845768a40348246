//! The use cases of activities, one function a mutation.

use super::{
    event::{ActivityEvent, Addressee},
    model::{
        Activity, ActivityPatch, Attendance, Audience, Entry, NewActivity, PARTICIPANTS_MAX, ParticipantDraft, Subject,
        check_internal, checked_text, checked_time,
    },
    policy::{ChangeActivity, LogActivity},
    store,
};
use crate::{
    db::{Claim, Tx, claim},
    event,
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check, check_revision},
    organization,
};
use entity::id::{ActivityId, OrganizationId};

/// Writes down what was done about an opportunity or in a partnership.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE` for a partnership that has ended, `REQUIRED`, `TOO_LONG`, `TOO_MANY`,
/// `OUT_OF_RANGE`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn log(op: &Op, subject: Subject, new: NewActivity, idempotency_key: Option<&str>) -> Outcome<Activity> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let audience = audience(&tx, op, subject, "id").await?;
    let permit = op.authorize::<LogActivity>(own, &(own, audience.clone()))?;
    let id = match claim(&tx, op, own, "activityLog", idempotency_key, &(subject, &new)).await? {
        Claim::Repeat(id) => return Ok(locked(&tx, op, id.into()).await?.activity),
        Claim::Fresh(id) => ActivityId::from(id),
    };
    if let Subject::Partnership(partnership) = subject
        && !store::still_holds_in(&tx, partnership, op.today()).await?
    {
        return Err(Refusal::invalid_state("The partnership has ended.").into());
    }
    check_internal(new.kind, new.internal)?;
    let text = checked_text(&new.text)?;
    let occurred_at = checked_time(new.occurred_at.unwrap_or_else(|| op.now()), op.now())?;
    let participants = found(&tx, op, own, &audience, &new.participants).await?;
    let written = store::NewRow { id, subject, kind: new.kind, occurred_at, text, internal: new.internal };
    let activity = store::insert_in(&tx, op, &permit, written).await?;
    store::insert_participants_in(&tx, &permit, id, &participants).await?;
    let entry = Entry { activity, audience };
    let addressees = addressees(&tx, &entry).await?;
    let logged = ActivityEvent::Logged { entry: &entry, addressees: &addressees };
    event::record(&tx, op, logged.facts()).await?;
    tx.commit().await?;
    Ok(entry.activity)
}

/// Changes when something was done, what is said of it, and who took part.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `OUT_OF_RANGE`, `INVALID_VALUE`.
pub async fn update(
    op: &Op,
    id: ActivityId,
    patch: ActivityPatch,
    expected_revision: Option<i32>,
) -> Outcome<Activity> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let entry = locked(&tx, op, id).await?;
    let permit = op.authorize::<ChangeActivity>(id, &entry)?;
    let before = &entry.activity;
    check_revision(expected_revision, before.revision)?;
    let text = patch.text.as_deref().map(checked_text).transpose()?.unwrap_or_else(|| before.text.clone());
    let occurred_at = match patch.occurred_at {
        Some(occurred_at) => checked_time(occurred_at, op.now())?,
        None => before.occurred_at,
    };
    if let Some(participants) = &patch.participants {
        let participants = found(&tx, op, before.organization_id, &entry.audience, participants).await?;
        store::replace_participants_in(&tx, &permit, &participants).await?;
    }
    let changed = before.text != text;
    let after = store::update_in(&tx, op, &permit, before, occurred_at, text).await?;
    let after = Entry { activity: after, audience: entry.audience.clone() };
    let addressees = addressees(&tx, &after).await?;
    let updated = ActivityEvent::Updated { before, after: &after, text: changed, addressees: &addressees };
    event::record(&tx, op, updated.facts()).await?;
    tx.commit().await?;
    Ok(after.activity)
}

/// Takes an entry out of the log. The trail keeps that it was there, and nothing of its text.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`.
pub async fn remove(op: &Op, id: ActivityId, expected_revision: Option<i32>) -> Outcome<ActivityId> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let entry = locked(&tx, op, id).await?;
    let permit = op.authorize::<ChangeActivity>(id, &entry)?;
    check_revision(expected_revision, entry.activity.revision)?;
    store::remove_in(&tx, &permit).await?;
    event::record(&tx, op, ActivityEvent::Removed(&entry).facts()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Who takes part in what an entry is about, as far as the actor may know of it.
async fn audience(tx: &Tx, op: &Op, subject: Subject, path: &str) -> Outcome<Audience> {
    Ok(store::find_audience_in(tx, op, subject).await?.ok_or_else(|| Refusal::not_found(path))?)
}

/// The visible entry that a use case is about, locked until the transaction ends.
async fn locked(tx: &Tx, op: &Op, id: ActivityId) -> Outcome<Entry> {
    let missing = || Refusal::not_found("id");
    // What it is about is locked first, as by whoever forgets a person in all that was written about that.
    let subject = store::find_subject_in(tx, op, id).await?.ok_or_else(missing)?;
    let audience = audience(tx, op, subject, "id").await?;
    let activity = store::find_in(tx, op, id).await?.ok_or_else(missing)?;
    Ok(Entry { activity, audience })
}

async fn addressees(tx: &Tx, entry: &Entry) -> Result<Vec<Addressee>, Fault> {
    let found = store::list_addressees(&**tx, std::slice::from_ref(&entry.activity)).await?;
    Ok(found.into_iter().map(|(_, addressee)| addressee).collect())
}

/// Those who took part, found: sides whom the author may know, members of the author's organization, and contacts of the
/// opportunity that the author's side knows of.
async fn found(
    tx: &Tx,
    op: &Op,
    own: OrganizationId,
    audience: &Audience,
    drafts: &[ParticipantDraft],
) -> Outcome<Vec<Attendance>> {
    check::at_most("input.participants", drafts.len(), PARTICIPANTS_MAX)?;
    let mut found = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let path = format!("input.participants.{index}");
        let attendance = match draft {
            ParticipantDraft::Organization(slug) => {
                let found = organization::service::find_by_slug_in(tx, op, slug).await?.map(|found| found.id);
                let id = found.filter(|id| audience.knows(own, *id) && audience.sides.contains(id));
                id.map(Attendance::Organization)
            }
            ParticipantDraft::Member(member) => {
                let person = organization::service::find_person_in(tx, own, *member).await?;
                person.map(|person| Attendance::Person(own, person))
            }
            ParticipantDraft::Contact(contact) => match audience.subject {
                Subject::Opportunity(id) => {
                    store::knows_contact_in(tx, own, *contact, id).await?.then_some(Attendance::Contact(*contact))
                }
                Subject::Partnership(_) => {
                    let message = "Contacts at customers take part in what is done about an opportunity.";
                    return Err(Refusal::of(&path, ErrorCode::InvalidValue, message).into());
                }
            },
        };
        let attendance = attendance.ok_or_else(|| Refusal::not_found(&path))?;
        if found.contains(&attendance) {
            return Err(Refusal::of(&path, ErrorCode::InvalidValue, "It is named twice.").into());
        }
        found.push(attendance);
    }
    Ok(found)
}
