//! The SQL of the names that stand for organizations and listings in files.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of slugs")]

use super::listing::list_listings;
use crate::{
    marketplace::scope::visible_condition as visible_listing,
    op::{Fault, Op},
    organization::scope::visible_condition as visible_organization,
};
use entity::{
    id::{ListingId, OpportunityId, OrganizationId},
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

/// A listing that an opportunity is about, by slugs; none where the actor may not see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingSlugs {
    /// The listing's.
    pub listing: Option<String>,
    /// That of the other end, where an integration of the two is sold.
    pub integrates_with: Option<Option<String>>,
}

/// The listings of each of these opportunities, in the order in which the owner gave them. Who may know of them was decided
/// before; which of them may be named is decided here.
///
/// # Errors
/// Database faults.
pub async fn list_listing_slugs(
    connection: &impl ConnectionTrait,
    op: &Op,
    ids: &[OpportunityId],
) -> Result<HashMap<OpportunityId, Vec<ListingSlugs>>, Fault> {
    let rows = list_listings(connection, ids).await?;
    let named: BTreeSet<ListingId> =
        rows.iter().flat_map(|row| [Some(row.listing_id), row.integrates_with_id]).flatten().collect();
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let slugs: Vec<(ListingId, String)> = listing::Entity::find()
        .select_only()
        .columns([listing::Column::Id, listing::Column::Slug])
        .filter(visible_listing(&op.actor))
        .filter(listing::Column::Id.is_in(named))
        .into_tuple()
        .all(connection)
        .await?;
    let slugs: HashMap<ListingId, String> = slugs.into_iter().collect();
    let slug = |id: &ListingId| slugs.get(id).cloned();
    let mut found: HashMap<OpportunityId, Vec<ListingSlugs>> = HashMap::new();
    for row in &rows {
        found.entry(row.opportunity_id).or_default().push(ListingSlugs {
            listing: slug(&row.listing_id),
            integrates_with: row.integrates_with_id.as_ref().map(slug),
        });
    }
    Ok(found)
}
