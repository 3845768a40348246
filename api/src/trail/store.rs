//! The SQL of reading the trails. Whether an actor reads an organization's trail at all is decided by the organization's
//! policy; which of its entries, here.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of reading the audit trail")]

use crate::{
    cosell::scope::visible_condition,
    db,
    event::AuditEntry,
    op::{Actor, Fault, Op},
    organization::policy::{administers, oversees},
    page::{Page, Slice},
};
use entity::{
    audit_entry,
    id::{AuditEntryId, OrganizationId},
    opportunity,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

/// The entries that the actor may read: the administrators of the organization whose trail it is all of it, but of a
/// confidential opportunity only those who may see that; the managers of the operator what is not private.
fn visible(op: &Op) -> Select<audit_entry::Entity> {
    let actor = &op.actor;
    let mut readable = Condition::any().add(Expr::val(false));
    if oversees(actor) {
        readable = readable.add(audit_entry::Column::Private.eq(false));
    }
    if let Some(own) = actor.organization().filter(|own| administers(actor, *own)) {
        let own = audit_entry::Column::OrganizationId.eq(own);
        readable = readable.add(Condition::all().add(own).add(open_to(actor)));
    }
    audit_entry::Entity::find().filter(readable)
}

/// Entries about no opportunity, about one that is not confidential, and about a confidential one that the actor sees.
fn open_to(actor: &Actor) -> Condition {
    let of_entry = Expr::col((opportunity::Entity, opportunity::Column::Id))
        .equals((audit_entry::Entity, audit_entry::Column::OpportunityId));
    let seen = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .filter(of_entry)
        .filter(Condition::any().add(opportunity::Column::Confidential.eq(false)).add(visible_condition(actor)))
        .into_query();
    Condition::any().add(audit_entry::Column::OpportunityId.is_null()).add(Expr::exists(seen))
}

fn trails(op: &Op, organizations: &[OrganizationId], subject: Option<&str>) -> Select<audit_entry::Entity> {
    let rows = visible(op).filter(audit_entry::Column::OrganizationId.is_in(organizations.iter().copied()));
    match subject {
        Some(subject) => rows.filter(audit_entry::Column::Subject.eq(subject)),
        None => rows,
    }
}

/// The visible part of the trail of an organization, newest first; of one object where `subject` is given.
///
/// # Errors
/// Database faults.
pub async fn list(
    op: &Op,
    organization: OrganizationId,
    subject: Option<&str>,
    page: &Page<Uuid>,
) -> Result<Slice<AuditEntry, Uuid>, Fault> {
    let mut rows = trails(op, &[organization], subject);
    if let Some(after) = page.after {
        rows = rows.filter(audit_entry::Column::Id.lt(AuditEntryId::from(after)));
    }
    let rows = rows.order_by_desc(audit_entry::Column::Id).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| Uuid::from(row.id)))
}

/// The newest `fetch` visible entries of the trail of each organization; of one object where `subject` is given.
///
/// # Errors
/// Database faults.
pub async fn list_of_each(
    op: &Op,
    organizations: &[OrganizationId],
    subject: Option<&str>,
    fetch: u64,
) -> Result<Vec<AuditEntry>, Fault> {
    let rows = trails(op, organizations, subject);
    let rows =
        db::first_of_each(rows, audit_entry::Column::OrganizationId, audit_entry::Column::Id, Order::Desc, fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// How many visible entries the trail of each organization has; of one object where `subject` is given.
///
/// # Errors
/// Database faults.
pub async fn count_of_each(
    op: &Op,
    organizations: &[OrganizationId],
    subject: Option<&str>,
) -> Result<Vec<(OrganizationId, u64)>, Fault> {
    let counted: Vec<(OrganizationId, i64)> = trails(op, organizations, subject)
        .select_only()
        .column(audit_entry::Column::OrganizationId)
        .column_as(audit_entry::Column::Id.count(), "total")
        .group_by(audit_entry::Column::OrganizationId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counted.into_iter().map(|(id, total)| (id, u64::try_from(total).unwrap_or_default())).collect())
}

/// The visible entries with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[AuditEntryId]) -> Result<Vec<AuditEntry>, Fault> {
    Ok(visible(op).filter(audit_entry::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}
