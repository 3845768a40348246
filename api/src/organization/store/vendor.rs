//! The words of listings that come from their vendor's name: a listing is found by the name that its vendor has now.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use crate::{op::Fault, search};
use entity::{
    id::{ListingId, OrganizationId},
    listing, organization,
    value::SearchSubject,
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;

/// Listings that are read together: their texts are in memory.
const AT_ONCE: u64 = 200;

/// Makes the listings of these vendors be found by the names that the vendors have now.
///
/// # Errors
/// Database faults.
pub async fn reword_listings_in(tx: &DatabaseTransaction, vendors: &[OrganizationId]) -> Result<(), Fault> {
    let names: BTreeMap<OrganizationId, String> = organization::Entity::find()
        .select_only()
        .columns([organization::Column::Id, organization::Column::Name])
        .filter(organization::Column::Id.is_in(vendors.iter().copied()))
        .into_tuple()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let mut after: Option<ListingId> = None;
    loop {
        let mut rows = listing::Entity::find().filter(listing::Column::VendorId.is_in(vendors.iter().copied()));
        if let Some(after) = after {
            rows = rows.filter(listing::Column::Id.gt(after));
        }
        let rows = rows.order_by_asc(listing::Column::Id).limit(AT_ONCE).all(tx).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let words = rows.iter().map(|row| {
            let vendor = row.vendor_id.and_then(|id| names.get(&id));
            (row.id.into(), search::listing_words(row, vendor.map(String::as_str)))
        });
        search::index_all_in(tx, SearchSubject::Listing, words.collect()).await?;
    }
}
