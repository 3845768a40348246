//! The list of listings: filters, orders, total.

#![expect(clippy::disallowed_methods, reason = "holds SQL of the marketplace")]

use super::scope::{in_categories, visible_condition, visible_slug, visible_vendor, written};
use crate::db::Direction;
use crate::{
    db,
    marketplace::model::{Listing, ListingFilter, ListingOrder, ListingOrderField, ListingStatus},
    op::{Fault, Op},
    page::Page,
    search,
};
use entity::{flags::to_mask, id::ListingId, integration, listing, value::SearchSubject};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Expr, ExprTrait},
};

/// The rows that a page of visible listings fetches.
pub(super) async fn list_listings<K: Clone + Into<Value>>(
    op: &Op,
    filter: &ListingFilter,
    order: ListingOrder,
    page: &Page<(K, ListingId)>,
) -> Result<Vec<Listing>, Fault> {
    let keys = [Expr::col((listing::Entity, key_column(order))), Expr::col((listing::Entity, listing::Column::Id))];
    let mut query = filtered(op, filter);
    if let Some((key, id)) = &page.after {
        let position = vec![key.clone().into(), Value::from(*id)];
        query = query.filter(db::after(&keys, position, order.direction));
    }
    Ok(db::order_by(query, &keys, order.direction).limit(page.fetch()).all(op.db().read()).await?)
}

/// How many there are in all.
pub(super) async fn count_listings(op: &Op, filter: &ListingFilter) -> Result<u64, Fault> {
    let total = filtered(op, filter)
        .select_only()
        .column_as(Expr::col((listing::Entity, listing::Column::Id)).count(), "total")
        .into_tuple::<i64>()
        .one(op.db().read())
        .await?;
    Ok(total.map_or(0, i64::unsigned_abs))
}

/// The position of a row in the order of names.
#[must_use]
pub fn text_position(row: &Listing, _: ListingOrder) -> String {
    row.sort_name.clone()
}

/// The position of a row in the other orders.
#[must_use]
pub fn number_position(row: &Listing, order: ListingOrder) -> i64 {
    match (order.field, order.direction) {
        (ListingOrderField::PublishedAt, Direction::Ascending) => row.published_ascending,
        (ListingOrderField::PublishedAt, Direction::Descending) => row.published_descending,
        (_, Direction::Ascending) => row.rating_ascending.into(),
        (_, Direction::Descending) => row.rating_descending.into(),
    }
}

fn key_column(order: ListingOrder) -> listing::Column {
    match (order.field, order.direction) {
        (ListingOrderField::Name, _) => listing::Column::SortName,
        (ListingOrderField::Rating, Direction::Ascending) => listing::Column::RatingAscending,
        (ListingOrderField::Rating, Direction::Descending) => listing::Column::RatingDescending,
        (ListingOrderField::PublishedAt, Direction::Ascending) => listing::Column::PublishedAscending,
        (ListingOrderField::PublishedAt, Direction::Descending) => listing::Column::PublishedDescending,
    }
}

fn filtered(op: &Op, filter: &ListingFilter) -> Select<listing::Entity> {
    let id = Expr::col((listing::Entity, listing::Column::Id));
    let mut query = listing::Entity::find().filter(visible_condition(&op.actor));
    query = if filter.statuses.is_empty() {
        query.filter(listing::Column::Status.into_expr().eq(written(ListingStatus::Published)))
    } else {
        query.filter(listing::Column::Status.is_in(filter.statuses.iter().copied()))
    };
    if let Some(found) = filter.query.as_deref().and_then(|words| search::matches(SearchSubject::Listing, &id, words)) {
        query = query.filter(found);
    }
    if !filter.categories.is_empty() {
        query = query.filter(listing::Column::Id.in_subquery(in_categories(&filter.categories)));
    }
    if !filter.kinds.is_empty() {
        query = query.filter(listing::Column::Kind.is_in(filter.kinds.iter().copied()));
    }
    if let Some(slug) = &filter.vendor {
        query = query.filter(listing::Column::VendorId.in_subquery(visible_vendor(&op.actor, slug)));
    }
    if let Some(slug) = &filter.integrates_with {
        let stated = integration::Entity::find()
            .select_only()
            .column(integration::Column::ListingId)
            .filter(integration::Column::TargetId.in_subquery(visible_slug(&op.actor, slug)))
            .into_query();
        query = query.filter(listing::Column::Id.in_subquery(stated));
    }
    let any_bit = |column: listing::Column, mask: i32| Expr::col((listing::Entity, column)).bit_and(mask).ne(0);
    if !filter.pricing_models.is_empty() {
        let mask = to_mask(filter.pricing_models.iter().copied());
        query = query.filter(any_bit(listing::Column::PricingModels, mask));
    }
    if !filter.badges.is_empty() {
        query = query.filter(any_bit(listing::Column::Badges, to_mask(filter.badges.iter().copied())));
    }
    if let Some(open_source) = filter.open_source {
        query = query.filter(listing::Column::OpenSource.eq(open_source));
    }
    if let Some(least) = filter.min_rating {
        // The stored average is in millionths and rounded down; 0 is no rating at all.
        let least = (least.clamp(0.0, 10.0) * 1_000_000.0).floor() as i32;
        query = query.filter(listing::Column::RatingDescending.gte(Ord::max(least, 1)));
    }
    query
}
