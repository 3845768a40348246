//! The SQL of recording.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of recording")]

use super::{Fact, Readers, feed, version};
use crate::{
    db::Tx,
    op::{Actor, Fault, Op},
};
use entity::{
    audit_entry,
    id::{OrganizationId, TypedId},
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

/// A written entry of the trail.
pub type AuditEntry = audit_entry::Model;

/// Writes facts into the audit trail, raises the data versions of what they make stale, and appends the alerts to the
/// feeds: the last step of a use case before its commit, once in a transaction, since it takes locks in one fixed order.
///
/// # Errors
/// Database faults; the transaction must then not be committed.
pub async fn record(tx: &Tx, op: &Op, facts: Vec<Fact>) -> Result<(), Fault> {
    let doer = doer(&op.actor);
    let told = |fact: &Fact| if fact.discretion.doers.include(doer.organization) { doer } else { By::UNDISCLOSED };
    let stale: Vec<_> = facts.iter().flat_map(|fact| fact.stale.iter().copied()).collect();
    let alert = |fact: &Fact| Some(feed::Entry { to: fact.organization, by: told(fact), draft: fact.alert.clone()? });
    let alerts: Vec<_> = facts.iter().filter_map(alert).collect();
    let rows: Vec<_> = facts
        .into_iter()
        .map(|fact| {
            let by = told(&fact);
            let (private, opportunity) = match fact.discretion.readers {
                Readers::Overseen => (false, None),
                Readers::Own => (true, None),
                Readers::OfOpportunity(id) => (true, Some(id)),
            };
            audit_entry::ActiveModel {
                id: Set(op.new_id()),
                occurred_at: Set(op.now()),
                actor_kind: Set(by.kind.to_owned()),
                actor_id: Set(by.id),
                actor_organization_id: Set(by.organization),
                organization_id: Set(fact.organization),
                subject: Set(fact.subject),
                action: Set(fact.action.to_owned()),
                before: Set(fact.before),
                after: Set(fact.after),
                private: Set(private),
                opportunity_id: Set(opportunity),
            }
        })
        .collect();
    // A statement has a bounded number of parameters, and an entry has twelve.
    for chunk in rows.chunks(500) {
        audit_entry::Entity::insert_many(chunk.to_vec()).exec_without_returning(&**tx).await?;
    }
    version::raise(tx, stale).await?;
    feed::append(tx, op, alerts).await
}

/// Who did something, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By {
    /// `person`, `key`, `operator` or `system`; `undisclosed` where the organization may not know who it was.
    pub kind: &'static str,
    /// The person or key.
    pub id: Option<Uuid>,
    /// The organization that the actor acted for.
    pub organization: Option<OrganizationId>,
}

impl By {
    /// Somebody of whom the organization may not know.
    const UNDISCLOSED: Self = Self { kind: "undisclosed", id: None, organization: None };
}

/// Who acts, as it is stored with what was done.
#[must_use]
pub fn doer(actor: &Actor) -> By {
    let (kind, id) = match actor {
        Actor::Visitor | Actor::System => ("system", None),
        Actor::Operator => ("operator", None),
        Actor::Person(person) => ("person", Some(Uuid::from(person.person))),
        Actor::Key(key) => ("key", Some(Uuid::from(key.key))),
    };
    By { kind, id, organization: actor.organization() }
}

/// The global id of what was changed, for [`Fact::subject`].
#[must_use]
pub fn subject<I: TypedId>(id: I) -> String {
    id.global()
}
