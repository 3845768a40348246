//! What a listing is connected with: categories and audience.

#![expect(clippy::disallowed_methods, reason = "holds SQL of the marketplace")]

use crate::{
    marketplace::model::Category,
    op::{Fault, Op, Outcome, Refusal},
    organization::scope::visible_condition as visible_organization,
    text,
};
use entity::{
    category,
    id::{CategoryId, ListingId, OrganizationId},
    listing_audience, listing_category, organization,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use std::collections::{HashMap, HashSet};

/// The categories of these listings, each listing's by slug.
///
/// # Errors
/// Database faults.
pub async fn categories_of(op: &Op, listings: &[ListingId]) -> Result<Vec<(ListingId, Category)>, Fault> {
    let pairs = listing_category::Entity::find()
        .filter(listing_category::Column::ListingId.is_in(listings.iter().copied()))
        .all(op.db().read())
        .await?;
    let ids: HashSet<CategoryId> = pairs.iter().map(|pair| pair.category_id).collect();
    let known: HashMap<CategoryId, Category> = category::Entity::find()
        .filter(category::Column::Id.is_in(ids))
        .all(op.db().read())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let mut found: Vec<_> = pairs
        .into_iter()
        .filter_map(|pair| known.get(&pair.category_id).map(|row| (pair.listing_id, row.clone())))
        .collect();
    found.sort_by(|(left, one), (right, other)| (left, &one.slug).cmp(&(right, &other.slug)));
    Ok(found)
}

/// The slugs of a listing's categories, sorted: for the audit trail.
///
/// # Errors
/// Database faults.
pub async fn category_slugs_of_in(tx: &DatabaseTransaction, listing: ListingId) -> Result<Vec<String>, Fault> {
    let ids = listing_category::Entity::find()
        .select_only()
        .column(listing_category::Column::CategoryId)
        .filter(listing_category::Column::ListingId.eq(listing));
    Ok(category::Entity::find()
        .select_only()
        .column(category::Column::Slug)
        .filter(category::Column::Id.in_subquery(ids.into_query()))
        .order_by_asc(category::Column::Slug)
        .into_tuple()
        .all(tx)
        .await?)
}

/// The organizations that these listings name as their audience. Whether somebody may know is for the caller to decide.
///
/// # Errors
/// Database faults.
pub async fn audience_of(op: &Op, listings: &[ListingId]) -> Result<Vec<(ListingId, OrganizationId)>, Fault> {
    let rows = listing_audience::Entity::find()
        .filter(listing_audience::Column::ListingId.is_in(listings.iter().copied()))
        .order_by_asc(listing_audience::Column::OrganizationId)
        .all(op.db().read())
        .await?;
    Ok(rows.into_iter().map(|row| (row.listing_id, row.organization_id)).collect())
}

/// The ids of the categories with these slugs, in their order.
///
/// # Errors
/// `NOT_FOUND` names the slug.
pub(super) async fn category_ids_in(tx: &DatabaseTransaction, slugs: &[String]) -> Outcome<Vec<CategoryId>> {
    let known: HashMap<String, CategoryId> = category::Entity::find()
        .filter(category::Column::Slug.is_in(slugs.iter().filter(|slug| text::is_slug(slug)).map(String::as_str)))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.slug, row.id))
        .collect();
    in_order(slugs, &known, "input.categories")
}

/// The ids of the visible organizations with these slugs, in their order.
///
/// # Errors
/// `NOT_FOUND` names the slug.
pub(super) async fn audience_ids_in(
    tx: &DatabaseTransaction,
    op: &Op,
    slugs: &[String],
) -> Outcome<Vec<OrganizationId>> {
    let known: HashMap<String, OrganizationId> = organization::Entity::find()
        .filter(organization::Column::Slug.is_in(slugs.iter().filter(|slug| text::is_slug(slug)).map(String::as_str)))
        .filter(visible_organization(&op.actor))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| (row.slug, row.id))
        .collect();
    in_order(slugs, &known, "input.audience")
}

fn in_order<I: Copy>(slugs: &[String], known: &HashMap<String, I>, path: &str) -> Outcome<Vec<I>> {
    let found = slugs.iter().enumerate().map(|(place, slug)| {
        known.get(slug).copied().ok_or_else(|| Refusal::not_found(&format!("{path}.{place}")).into())
    });
    found.collect()
}

/// Puts the listing into exactly these categories.
pub(super) async fn set_categories_in(tx: &DatabaseTransaction, listing: ListingId, slugs: &[String]) -> Outcome<()> {
    let ids = category_ids_in(tx, slugs).await?;
    let rows: Vec<_> = ids
        .into_iter()
        .map(|id| listing_category::ActiveModel { listing_id: Set(listing), category_id: Set(id) })
        .collect();
    listing_category::Entity::delete_many().filter(listing_category::Column::ListingId.eq(listing)).exec(tx).await?;
    if !rows.is_empty() {
        listing_category::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Makes exactly these organizations the listing's audience.
pub(super) async fn set_audience_in(
    tx: &DatabaseTransaction,
    op: &Op,
    listing: ListingId,
    slugs: &[String],
) -> Outcome<()> {
    let ids = audience_ids_in(tx, op, slugs).await?;
    let rows: Vec<_> = ids
        .into_iter()
        .map(|id| listing_audience::ActiveModel { listing_id: Set(listing), organization_id: Set(id) })
        .collect();
    listing_audience::Entity::delete_many().filter(listing_audience::Column::ListingId.eq(listing)).exec(tx).await?;
    if !rows.is_empty() {
        listing_audience::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
