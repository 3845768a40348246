//! Reviewed changes of listings. Their vendor and the operator see them.

#![expect(clippy::disallowed_methods, reason = "holds SQL of the marketplace")]

use crate::{
    marketplace::{
        model::{ChangeStatus, ListingChange, ListingPatch},
        policy::EditListing,
    },
    op::{Action, Actor, Fault, Op, Permit},
    page::{Page, Slice},
};
use entity::{
    id::{ListingChangeId, ListingId},
    listing, listing_change,
    value::Role,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

/// Which changes are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// What became of them; an empty list counts as none.
    pub statuses: Vec<ChangeStatus>,
}

fn visible(op: &Op) -> Select<listing_change::Entity> {
    listing_change::Entity::find().filter(visible_condition(&op.actor))
}

fn visible_condition(actor: &Actor) -> Condition {
    if actor.operates(Role::Viewer) {
        return Condition::all();
    }
    let Some(own) = actor.organization() else { return Condition::all().add(ExprTrait::eq(Expr::val(1), 0)) };
    let listings =
        listing::Entity::find().select_only().column(listing::Column::Id).filter(listing::Column::VendorId.eq(own));
    Condition::all().add(listing_change::Column::ListingId.in_subquery(listings.into_query()))
}

/// The open changes of these listings, as far as the actor sees them.
///
/// # Errors
/// Database faults.
pub async fn open_changes(op: &Op, listings: &[ListingId]) -> Result<Vec<ListingChange>, Fault> {
    Ok(visible(op)
        .filter(listing_change::Column::ListingId.is_in(listings.iter().copied()))
        .filter(listing_change::Column::Status.eq(ChangeStatus::Pending))
        .all(op.db().read())
        .await?)
}

/// The visible ones of the changes with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn changes_by_ids(op: &Op, ids: &[ListingChangeId]) -> Result<Vec<ListingChange>, Fault> {
    Ok(visible(op).filter(listing_change::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// A page of the changes that the actor sees, newest first.
///
/// # Errors
/// Database faults.
pub async fn list_changes(
    op: &Op,
    filter: &ChangeFilter,
    page: &Page<ListingChangeId>,
) -> Result<Slice<ListingChange, ListingChangeId>, Fault> {
    let mut rows = filtered(op, filter);
    if let Some(after) = page.after {
        rows = rows.filter(listing_change::Column::Id.lt(after));
    }
    let rows = rows.order_by_desc(listing_change::Column::Id).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many there are in all.
///
/// # Errors
/// Database faults.
pub async fn count_changes(op: &Op, filter: &ChangeFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

fn filtered(op: &Op, filter: &ChangeFilter) -> Select<listing_change::Entity> {
    if filter.statuses.is_empty() {
        return visible(op);
    }
    visible(op).filter(listing_change::Column::Status.is_in(filter.statuses.iter().copied()))
}

/// The visible change with this id. Its listing's row is what is locked: [`super::find_in`].
///
/// # Errors
/// Database faults.
pub async fn find_change_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: ListingChangeId,
) -> Result<Option<ListingChange>, Fault> {
    Ok(visible(op).filter(listing_change::Column::Id.eq(id)).one(tx).await?)
}

/// The open change of a listing whose row is locked.
///
/// # Errors
/// Database faults.
pub async fn open_change_of_in(tx: &DatabaseTransaction, listing: ListingId) -> Result<Option<ListingChange>, Fault> {
    Ok(listing_change::Entity::find()
        .filter(listing_change::Column::ListingId.eq(listing))
        .filter(listing_change::Column::Status.eq(ChangeStatus::Pending))
        .one(tx)
        .await?)
}

/// Proposes a change of a listing that has none open.
///
/// # Errors
/// Database faults.
pub async fn open_change_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<EditListing>,
    patch: &ListingPatch,
) -> Result<ListingChange, Fault> {
    let row = listing_change::ActiveModel {
        id: Set(op.new_id()),
        listing_id: Set(permit.resource()),
        status: Set(ChangeStatus::Pending),
        proposal: Set(serde_json::to_value(patch).map_err(Fault::internal)?),
        submitted_at: Set(op.now()),
        decided_at: Set(None),
        reason: Set(None),
    };
    Ok(row.insert(tx).await?)
}

/// Ends an open change.
///
/// # Errors
/// Database faults.
pub async fn close_change_in<A: Action<Resource = ListingId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &ListingChange,
    status: ChangeStatus,
    reason: Option<String>,
) -> Result<ListingChange, Fault> {
    debug_assert_eq!(permit.resource(), before.listing_id, "the permit is for another listing");
    let mut row = before.clone().into_active_model();
    row.status = Set(status);
    row.decided_at = Set(Some(op.now()));
    row.reason = Set(reason);
    Ok(row.update(tx).await?)
}
