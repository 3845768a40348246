//! Writes of activities and of who took part in them.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that writes activities")]

use crate::{
    activity::{
        model::{Activity, ActivityKind, Attendance, Subject},
        policy::{ChangeActivity, LogActivity},
    },
    op::{Actor, Fault, Op, Permit},
};
use chrono::{DateTime, Utc};
use entity::{activity, activity_participant as participant, id::ActivityId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};
use uuid::Uuid;

/// An entry to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow {
    /// Its id.
    pub id: ActivityId,
    /// What it is about.
    pub subject: Subject,
    /// What was done.
    pub kind: ActivityKind,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// In words.
    pub text: String,
    /// Whether only one's own side reads it.
    pub internal: bool,
}

/// Writes an entry in the name of the permit's organization.
///
/// # Errors
/// Database faults.
pub async fn insert_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<LogActivity>,
    new: NewRow,
) -> Result<Activity, Fault> {
    let (opportunity, partnership) = match new.subject {
        Subject::Opportunity(id) => (Some(id), None),
        Subject::Partnership(id) => (None, Some(id)),
    };
    let (actor_kind, actor_id) = match &op.actor {
        Actor::Person(person) => ("person", Some(Uuid::from(person.person))),
        Actor::Key(key) => ("key", Some(Uuid::from(key.key))),
        Actor::Visitor | Actor::Operator | Actor::System => ("system", None),
    };
    let row = activity::ActiveModel {
        id: Set(new.id),
        opportunity_id: Set(opportunity),
        partnership_id: Set(partnership),
        organization_id: Set(permit.resource()),
        actor_kind: Set(actor_kind.to_owned()),
        actor_id: Set(actor_id),
        kind: Set(new.kind),
        occurred_at: Set(new.occurred_at),
        text: Set(new.text),
        internal: Set(new.internal),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    Ok(row.insert(tx).await?)
}

/// Writes who took part in a new entry.
///
/// # Errors
/// Database faults.
pub async fn insert_participants_in(
    tx: &DatabaseTransaction,
    _permit: &Permit<LogActivity>,
    id: ActivityId,
    participants: &[Attendance],
) -> Result<(), Fault> {
    write_participants(tx, id, participants).await
}

/// Puts others in the place of those who took part.
///
/// # Errors
/// Database faults.
pub async fn replace_participants_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ChangeActivity>,
    participants: &[Attendance],
) -> Result<(), Fault> {
    let id = permit.resource();
    participant::Entity::delete_many().filter(participant::Column::ActivityId.eq(id)).exec(tx).await?;
    write_participants(tx, id, participants).await
}

async fn write_participants(
    tx: &DatabaseTransaction,
    id: ActivityId,
    participants: &[Attendance],
) -> Result<(), Fault> {
    if participants.is_empty() {
        return Ok(());
    }
    let rows = (0..).zip(participants).map(|(position, attendance)| {
        let (organization, person, contact) = match *attendance {
            Attendance::Organization(organization) => (Some(organization), None, None),
            Attendance::Person(organization, person) => (Some(organization), Some(person), None),
            Attendance::Contact(contact) => (None, None, Some(contact)),
        };
        participant::ActiveModel {
            activity_id: Set(id),
            position: Set(position),
            organization_id: Set(organization),
            person_id: Set(person),
            contact_id: Set(contact),
        }
    });
    participant::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Changes an entry and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn update_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangeActivity>,
    before: &Activity,
    occurred_at: DateTime<Utc>,
    text: String,
) -> Result<Activity, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another activity");
    let mut row = before.clone().into_active_model();
    row.occurred_at = Set(occurred_at);
    row.text = Set(text);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Removes an entry and who took part in it.
///
/// # Errors
/// Database faults.
pub async fn remove_in(tx: &DatabaseTransaction, permit: &Permit<ChangeActivity>) -> Result<(), Fault> {
    activity::Entity::delete_by_id(permit.resource()).exec(tx).await?;
    Ok(())
}
