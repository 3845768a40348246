//! The SQL of organizations: scoped reads, permitted writes.

#![expect(clippy::disallowed_methods, reason = "the only file of this room with SQL")]

use super::{
    model::{CoverageLine, Organization, OrganizationPatch, OrganizationStatus, Role},
    policy::UpdateOrganization,
};
use crate::{
    op::{Actor, Fault, Op, Permit},
    text,
};
use entity::{coverage, id::OrganizationId, organization};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

/// The organizations that the actor may see: listed and active ones, the actor's own, and all for the operator.
fn visible(op: &Op) -> Select<organization::Entity> {
    organization::Entity::find().filter(visible_condition(&op.actor))
}

/// The same as a condition on the organizations table, for joins.
#[must_use]
pub fn visible_condition(actor: &Actor) -> Condition {
    if actor.operates(Role::Viewer) {
        return Condition::all();
    }
    let public = Condition::all()
        .add(organization::Column::Listed.eq(true))
        .add(organization::Column::Status.eq(OrganizationStatus::Active));
    match actor.organization() {
        None => public,
        Some(own) => Condition::any().add(public).add(organization::Column::Id.eq(own)),
    }
}

/// The organization with this slug.
///
/// # Errors
/// Database faults.
pub async fn find_by_slug(op: &Op, slug: &str) -> Result<Option<Organization>, Fault> {
    Ok(visible(op).filter(organization::Column::Slug.eq(slug)).one(op.db().read()).await?)
}

/// The organizations with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[OrganizationId]) -> Result<Vec<Organization>, Fault> {
    Ok(visible(op).filter(organization::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible organization with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: OrganizationId) -> Result<Option<Organization>, Fault> {
    Ok(visible(op).filter(organization::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// What these organizations cover, ordered by kind and value.
///
/// # Errors
/// Database faults.
pub async fn list_coverage(op: &Op, ids: &[OrganizationId]) -> Result<Vec<CoverageLine>, Fault> {
    Ok(coverage::Entity::find()
        .filter(coverage::Column::OrganizationId.is_in(ids.iter().copied()))
        .order_by_asc(coverage::Column::Kind)
        .order_by_asc(coverage::Column::Value)
        .all(op.db().read())
        .await?)
}

/// Changes an organization and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn update_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<UpdateOrganization>,
    before: &Organization,
    patch: OrganizationPatch,
) -> Result<Organization, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another organization");
    let mut row = before.clone().into_active_model();
    if let Some(name) = patch.name {
        row.sort_name = Set(text::sort_key(&name));
        row.name = Set(name);
    }
    if let Some(country) = patch.country_code {
        row.country_code = Set(country);
    }
    if let Some(listed) = patch.listed {
        row.listed = Set(listed);
    }
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}
