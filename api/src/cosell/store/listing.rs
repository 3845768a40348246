//! The SQL of the listings that opportunities are about.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of related listings")]

use crate::{
    cosell::model::RelatedListing,
    marketplace::{model::ListingKind, scope::visible_condition},
    op::{Action, Fault, Op, Permit},
};
use entity::{
    id::{ListingId, OpportunityId},
    integration, listing, opportunity_listing as related,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder,
};

/// The listings of these opportunities, in the order in which the owner gave them. Who may know was decided before.
///
/// # Errors
/// Database faults.
pub async fn list_listings(
    connection: &impl ConnectionTrait,
    ids: &[OpportunityId],
) -> Result<Vec<RelatedListing>, Fault> {
    Ok(related::Entity::find()
        .filter(related::Column::OpportunityId.is_in(ids.iter().copied()))
        .order_by_asc(related::Column::OpportunityId)
        .order_by_asc(related::Column::Position)
        .all(connection)
        .await?)
}

/// The visible listing with this slug: its id and kind.
///
/// # Errors
/// Database faults.
pub async fn find_listing_in(
    tx: &DatabaseTransaction,
    op: &Op,
    slug: &str,
) -> Result<Option<(ListingId, ListingKind)>, Fault> {
    let found = listing::Entity::find()
        .filter(visible_condition(&op.actor))
        .filter(listing::Column::Slug.eq(slug))
        .one(tx)
        .await?;
    Ok(found.map(|row| (row.id, row.kind)))
}

/// Whether two listings are said to work together, by either of them.
///
/// # Errors
/// Database faults.
pub async fn are_integrated_in(tx: &DatabaseTransaction, one: ListingId, other: ListingId) -> Result<bool, Fault> {
    let either = |from: ListingId, to: ListingId| {
        Condition::all().add(integration::Column::ListingId.eq(from)).add(integration::Column::TargetId.eq(to))
    };
    let either = Condition::any().add(either(one, other)).add(either(other, one));
    Ok(integration::Entity::find().filter(either).count(tx).await? > 0)
}

/// Puts these listings in the place of those of an opportunity.
///
/// # Errors
/// Database faults.
pub async fn replace_listings_in<A: Action>(
    tx: &DatabaseTransaction,
    _permit: &Permit<A>,
    opportunity: OpportunityId,
    listings: &[(ListingId, Option<ListingId>)],
) -> Result<(), Fault> {
    related::Entity::delete_many().filter(related::Column::OpportunityId.eq(opportunity)).exec(tx).await?;
    if listings.is_empty() {
        return Ok(());
    }
    let rows = (0..).zip(listings).map(|(position, (listing, integrates_with))| related::ActiveModel {
        opportunity_id: Set(opportunity),
        position: Set(position),
        listing_id: Set(*listing),
        integrates_with_id: Set(*integrates_with),
    });
    related::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}
