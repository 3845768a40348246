//! The SQL of recording, and of the audit trail.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of the audit trail")]

use super::{Fact, feed, version};
use crate::{
    db::{self, Tx},
    op::{Actor, Fault, Op},
    page::{Page, Slice},
};
use entity::{
    audit_entry,
    id::{AuditEntryId, OrganizationId, TypedId},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select};
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
            }
        })
        .collect();
    // A statement has a bounded number of parameters, and an entry has ten.
    for chunk in rows.chunks(500) {
        audit_entry::Entity::insert_many(chunk.to_vec()).exec_without_returning(&**tx).await?;
    }
    version::raise(tx, stale).await?;
    feed::append(tx, op, alerts).await
}

/// Who did something, as it is stored.
#[derive(Clone, Copy)]
pub(super) struct By {
    pub(super) kind: &'static str,
    pub(super) id: Option<Uuid>,
    pub(super) organization: Option<OrganizationId>,
}

impl By {
    /// Somebody of whom the organization may not know.
    const UNDISCLOSED: Self = Self { kind: "undisclosed", id: None, organization: None };
}

fn doer(actor: &Actor) -> By {
    let (kind, id) = match actor {
        Actor::Visitor | Actor::System => ("system", None),
        Actor::Operator => ("operator", None),
        Actor::Person(person) => ("person", Some(Uuid::from(person.person))),
        Actor::Key(key) => ("key", Some(Uuid::from(key.key))),
    };
    By { kind, id, organization: actor.organization() }
}

/// The trail of an organization, newest first; of one object where `subject` is given. Whether the actor may read it is
/// decided by the organization's policy.
///
/// # Errors
/// Database faults.
pub async fn list_audit(
    op: &Op,
    organization: OrganizationId,
    subject: Option<&str>,
    page: &Page<Uuid>,
) -> Result<Slice<AuditEntry, Uuid>, Fault> {
    let mut query = audit_entry::Entity::find().filter(audit_entry::Column::OrganizationId.eq(organization));
    if let Some(subject) = subject {
        query = query.filter(audit_entry::Column::Subject.eq(subject));
    }
    if let Some(after) = page.after {
        query = query.filter(audit_entry::Column::Id.lt(AuditEntryId::from(after)));
    }
    let rows = query.order_by_desc(audit_entry::Column::Id).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| Uuid::from(row.id)))
}

/// The newest `fetch` entries of the trail of each organization; of one object where `subject` is given. Whether the
/// actor may read them is decided by the organization's policy.
///
/// # Errors
/// Database faults.
pub async fn list_audit_of_each(
    op: &Op,
    organizations: &[OrganizationId],
    subject: Option<&str>,
    fetch: u64,
) -> Result<Vec<AuditEntry>, Fault> {
    let rows = trails(organizations, subject);
    let rows =
        db::first_of_each(rows, audit_entry::Column::OrganizationId, audit_entry::Column::Id, Order::Desc, fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// How many entries the trail of each organization has; of one object where `subject` is given.
///
/// # Errors
/// Database faults.
pub async fn count_audit_of_each(
    op: &Op,
    organizations: &[OrganizationId],
    subject: Option<&str>,
) -> Result<Vec<(OrganizationId, u64)>, Fault> {
    let counted: Vec<(OrganizationId, i64)> = trails(organizations, subject)
        .select_only()
        .column(audit_entry::Column::OrganizationId)
        .column_as(audit_entry::Column::Id.count(), "total")
        .group_by(audit_entry::Column::OrganizationId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counted.into_iter().map(|(id, total)| (id, u64::try_from(total).unwrap_or_default())).collect())
}

/// The entries with these ids, in no order. Whether the actor may read them is decided by the organization's policy.
///
/// # Errors
/// Database faults.
pub async fn find_audit(op: &Op, ids: &[AuditEntryId]) -> Result<Vec<AuditEntry>, Fault> {
    let found = audit_entry::Entity::find().filter(audit_entry::Column::Id.is_in(ids.iter().copied()));
    Ok(found.all(op.db().read()).await?)
}

fn trails(organizations: &[OrganizationId], subject: Option<&str>) -> Select<audit_entry::Entity> {
    let rows =
        audit_entry::Entity::find().filter(audit_entry::Column::OrganizationId.is_in(organizations.iter().copied()));
    match subject {
        Some(subject) => rows.filter(audit_entry::Column::Subject.eq(subject)),
        None => rows,
    }
}

/// The global id of what was changed, for [`Fact::subject`].
#[must_use]
pub fn subject<I: TypedId>(id: I) -> String {
    id.global()
}
