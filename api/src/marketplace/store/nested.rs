//! Lists of listings below a list: of vendors, and of what listings integrate with. Each is read for all parents at once.

#![expect(clippy::disallowed_methods, reason = "holds SQL of the marketplace")]

use super::scope::{visible_condition, written};
use crate::{
    db::{self, Direction},
    marketplace::model::{Listing, ListingStatus},
    op::{Fault, Op},
    page::{Page, Slice},
};
use entity::{
    id::{ListingId, OrganizationId},
    integration, listing,
};
use sea_orm::{
    ColumnTrait, EntityTrait, Iden, Order, QueryFilter, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Alias, Expr, ExprTrait, Func, IntoColumnRef, JoinType, Query, SelectStatement, WindowStatement},
};
use std::collections::HashMap;

/// The ids of the first `fetch` rows of each parent. As `db::first_of_each`, for an order of several keys that may be
/// those of a joined table.
pub(super) fn first_of_each<E: EntityTrait>(
    rows: Select<E>,
    id: E::Column,
    parent: impl IntoColumnRef,
    keys: &[Expr],
    fetch: u64,
) -> SelectStatement {
    let mut window = WindowStatement::partition_by(parent);
    for key in keys {
        sea_orm::sea_query::OrderedStatement::order_by_expr(&mut window, key.clone(), Order::Asc);
    }
    let mut ranked = rows.into_query();
    ranked.clear_selects().column(id.as_column_ref()).expr_window_as(
        Func::cust("ROW_NUMBER"),
        window,
        Alias::new("position"),
    );
    Query::select()
        .column(Alias::new(id.unquoted()))
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(Alias::new("position")).lte(fetch))
        .to_owned()
}

/// "The parent is one of these."
pub(super) fn parents<I: Copy + Into<Value>>(parent: impl IntoColumnRef, of: &[I]) -> Expr {
    Expr::col(parent).is_in(of.iter().copied())
}

const VENDOR: (listing::Entity, listing::Column) = (listing::Entity, listing::Column::VendorId);
const SOURCE: (integration::Entity, integration::Column) = (integration::Entity, integration::Column::ListingId);

fn by_name() -> [Expr; 2] {
    [Expr::col((listing::Entity, listing::Column::SortName)), Expr::col((listing::Entity, listing::Column::Id))]
}

fn published(op: &Op) -> Select<listing::Entity> {
    listing::Entity::find()
        .filter(visible_condition(&op.actor))
        .filter(listing::Column::Status.into_expr().eq(written(ListingStatus::Published)))
}

/// The first published listings of each of these vendors, by name.
///
/// # Errors
/// Database faults.
pub async fn first_of_vendors(op: &Op, vendors: &[OrganizationId], fetch: u64) -> Result<Vec<Listing>, Fault> {
    let rows = published(op).filter(parents(VENDOR, vendors));
    let chosen = first_of_each(rows, listing::Column::Id, VENDOR, &by_name(), fetch);
    let rows = listing::Entity::find().filter(listing::Column::Id.in_subquery(chosen));
    Ok(db::order_by(rows, &by_name(), Direction::Ascending).all(op.db().read()).await?)
}

/// How many published listings each of these vendors has; nothing for those without one.
///
/// # Errors
/// Database faults.
pub async fn count_of_vendors(op: &Op, vendors: &[OrganizationId]) -> Result<Vec<(OrganizationId, i64)>, Fault> {
    Ok(published(op)
        .select_only()
        .column(listing::Column::VendorId)
        .column_as(Expr::col((listing::Entity, listing::Column::Id)).count(), "total")
        .filter(parents(VENDOR, vendors))
        .group_by(listing::Column::VendorId)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

/// A page of one vendor's published listings, by name.
///
/// # Errors
/// Database faults.
pub async fn page_of_vendor(
    op: &Op,
    vendor: OrganizationId,
    page: &Page<(String, ListingId)>,
) -> Result<Slice<Listing, (String, ListingId)>, Fault> {
    let mut rows = published(op).filter(listing::Column::VendorId.eq(vendor));
    if let Some((key, id)) = &page.after {
        rows = rows.filter(db::after(&by_name(), vec![key.into(), Value::from(*id)], Direction::Ascending));
    }
    let rows = db::order_by(rows, &by_name(), Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| (row.sort_name.clone(), row.id)))
}

/// The integrations whose other end is a listing that the actor sees and that is published, joined to that listing.
fn resolved(op: &Op) -> Select<integration::Entity> {
    let mut rows = integration::Entity::find();
    QuerySelect::query(&mut rows).join(
        JoinType::InnerJoin,
        listing::Entity,
        Expr::col((listing::Entity, listing::Column::Id)).equals((integration::Entity, integration::Column::TargetId)),
    );
    rows.filter(visible_condition(&op.actor))
        .filter(listing::Column::Status.into_expr().eq(written(ListingStatus::Published)))
}

/// The first listings that each of these listings says it integrates with, by name, each with the one that says so.
///
/// # Errors
/// Database faults.
pub async fn first_targets(op: &Op, of: &[ListingId], fetch: u64) -> Result<Vec<(ListingId, Listing)>, Fault> {
    let rows = resolved(op).filter(parents(SOURCE, of));
    let chosen = first_of_each(rows, integration::Column::Id, SOURCE, &by_name(), fetch);
    let links: Vec<(ListingId, ListingId)> = integration::Entity::find()
        .select_only()
        .column(integration::Column::ListingId)
        .column(integration::Column::TargetId)
        .filter(integration::Column::Id.in_subquery(chosen))
        .into_tuple()
        .all(op.db().read())
        .await?;
    let known: HashMap<ListingId, Listing> = listing::Entity::find()
        .filter(listing::Column::Id.is_in(links.iter().map(|(_, target)| *target)))
        .all(op.db().read())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut found: Vec<_> =
        links.into_iter().filter_map(|(source, target)| known.get(&target).map(|row| (source, row.clone()))).collect();
    found.sort_by(|(_, left), (_, right)| (&left.sort_name, left.id).cmp(&(&right.sort_name, right.id)));
    Ok(found)
}

/// How many listings each of these says it integrates with.
///
/// # Errors
/// Database faults.
pub async fn count_targets(op: &Op, of: &[ListingId]) -> Result<Vec<(ListingId, i64)>, Fault> {
    Ok(resolved(op)
        .select_only()
        .column(integration::Column::ListingId)
        .column_as(Expr::col((integration::Entity, integration::Column::Id)).count(), "total")
        .filter(parents(SOURCE, of))
        .group_by(integration::Column::ListingId)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

/// A page of the listings that one listing says it integrates with, by name.
///
/// # Errors
/// Database faults.
pub async fn page_targets(
    op: &Op,
    of: ListingId,
    page: &Page<(String, ListingId)>,
) -> Result<Slice<Listing, (String, ListingId)>, Fault> {
    let stated = integration::Entity::find()
        .select_only()
        .column(integration::Column::TargetId)
        .filter(integration::Column::ListingId.eq(of))
        .filter(integration::Column::TargetId.is_not_null())
        .into_query();
    let mut rows = published(op).filter(listing::Column::Id.in_subquery(stated));
    if let Some((key, id)) = &page.after {
        rows = rows.filter(db::after(&by_name(), vec![key.into(), Value::from(*id)], Direction::Ascending));
    }
    let rows = db::order_by(rows, &by_name(), Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| (row.sort_name.clone(), row.id)))
}
