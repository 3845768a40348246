//! The SQL of the names that stand for organizations and listings in files.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of slugs")]

use crate::{
    marketplace::scope::visible_condition as visible_listing,
    op::{Fault, Op},
    organization::scope::visible_condition as visible_organization,
};
use entity::{
    id::{ListingId, OrganizationId},
    listing, organization,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::{BTreeSet, HashMap};

/// The slugs of those of these organizations that the actor may see.
///
/// # Errors
/// Database faults.
pub async fn list_owner_slugs(
    connection: &impl ConnectionTrait,
    op: &Op,
    ids: BTreeSet<OrganizationId>,
) -> Result<HashMap<OrganizationId, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(OrganizationId, String)> = organization::Entity::find()
        .select_only()
        .columns([organization::Column::Id, organization::Column::Slug])
        .filter(visible_organization(&op.actor))
        .filter(organization::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().collect())
}

/// The slugs of those of these listings that the actor may see.
///
/// # Errors
/// Database faults.
pub async fn list_listing_slugs(
    connection: &impl ConnectionTrait,
    op: &Op,
    ids: BTreeSet<ListingId>,
) -> Result<HashMap<ListingId, String>, Fault> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(ListingId, String)> = listing::Entity::find()
        .select_only()
        .columns([listing::Column::Id, listing::Column::Slug])
        .filter(visible_listing(&op.actor))
        .filter(listing::Column::Id.is_in(ids))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(found.into_iter().collect())
}
