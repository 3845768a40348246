//! Reviews of listings, and the ratings that they add up to.

#![expect(clippy::disallowed_methods, reason = "holds SQL of the marketplace")]

use super::scope::{visible_condition as visible_listing, visible_slug};
use crate::{
    db,
    marketplace::{
        model::{Listing, ModerationStatus, Review, ReviewContent, ReviewFilter, rating_keys},
        policy::{JudgeReview, RemoveReview, WriteReview},
    },
    op::{Actor, Failure, Fault, Op, Outcome, Permit, taken},
    page::{Page, Slice},
};
use entity::{
    id::{ListingId, OrganizationId, ReviewId},
    listing, review,
    value::Role,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

/// The reviews that the actor sees: published ones of visible listings, those of the own organization, all for the
/// operator.
fn visible(op: &Op) -> Select<review::Entity> {
    if op.actor.operates(Role::Viewer) {
        return review::Entity::find();
    }
    let listings = listing::Entity::find().select_only().column(listing::Column::Id).filter(visible_listing(&op.actor));
    review::Entity::find()
        .filter(own_or_published(&op.actor))
        .filter(review::Column::ListingId.in_subquery(listings.into_query()))
}

fn own_or_published(actor: &Actor) -> Condition {
    let published = Condition::any().add(review::Column::Status.eq(ModerationStatus::Published));
    match actor.organization() {
        _ if actor.operates(Role::Viewer) => Condition::all(),
        Some(own) => published.add(review::Column::OrganizationId.eq(own)),
        None => published,
    }
}

/// The visible ones of the reviews with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn reviews_by_ids(op: &Op, ids: &[ReviewId]) -> Result<Vec<Review>, Fault> {
    Ok(visible(op).filter(review::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// A page of the reviews that the actor sees, newest first.
///
/// # Errors
/// Database faults.
pub async fn list_reviews(
    op: &Op,
    filter: &ReviewFilter,
    page: &Page<ReviewId>,
) -> Result<Slice<Review, ReviewId>, Fault> {
    paged(op, filtered(op, filter), page).await
}

/// How many there are in all.
///
/// # Errors
/// Database faults.
pub async fn count_reviews(op: &Op, filter: &ReviewFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

fn filtered(op: &Op, filter: &ReviewFilter) -> Select<review::Entity> {
    let mut rows = visible(op);
    if !filter.statuses.is_empty() {
        rows = rows.filter(review::Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(slug) = &filter.listing {
        rows = rows.filter(review::Column::ListingId.in_subquery(visible_slug(&op.actor, slug)));
    }
    rows
}

async fn paged(
    op: &Op,
    mut rows: Select<review::Entity>,
    page: &Page<ReviewId>,
) -> Result<Slice<Review, ReviewId>, Fault> {
    if let Some(after) = page.after {
        rows = rows.filter(review::Column::Id.lt(after));
    }
    let rows = rows.order_by_desc(review::Column::Id).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// The newest reviews of each of these visible listings.
///
/// # Errors
/// Database faults.
pub async fn first_reviews(op: &Op, of: &[ListingId], fetch: u64) -> Result<Vec<Review>, Fault> {
    let rows = of_listings(op, of);
    let first = db::first_of_each(rows, review::Column::ListingId, review::Column::Id, Order::Desc, fetch);
    Ok(first.all(op.db().read()).await?)
}

/// A page of the reviews of one visible listing, newest first.
///
/// # Errors
/// Database faults.
pub async fn page_reviews(op: &Op, of: ListingId, page: &Page<ReviewId>) -> Result<Slice<Review, ReviewId>, Fault> {
    paged(op, of_listings(op, &[of]), page).await
}

/// How many reviews of each of these visible listings the actor sees.
///
/// # Errors
/// Database faults.
pub async fn count_of_listings(op: &Op, of: &[ListingId]) -> Result<Vec<(ListingId, i64)>, Fault> {
    Ok(of_listings(op, of)
        .select_only()
        .column(review::Column::ListingId)
        .column_as(Expr::col((review::Entity, review::Column::Id)).count(), "total")
        .group_by(review::Column::ListingId)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

fn of_listings(op: &Op, of: &[ListingId]) -> Select<review::Entity> {
    review::Entity::find()
        .filter(own_or_published(&op.actor))
        .filter(review::Column::ListingId.is_in(of.iter().copied()))
}

/// The listing that a visible review is about: its row is to be locked before the review's.
///
/// # Errors
/// Database faults.
pub async fn listing_of_review_in(tx: &DatabaseTransaction, op: &Op, id: ReviewId) -> Result<Option<ListingId>, Fault> {
    Ok(visible(op).filter(review::Column::Id.eq(id)).one(tx).await?.map(|row| row.listing_id))
}

/// The visible review with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_review_in(tx: &DatabaseTransaction, op: &Op, id: ReviewId) -> Result<Option<Review>, Fault> {
    Ok(visible(op).filter(review::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The review that an organization wrote of a listing.
///
/// # Errors
/// Database faults.
pub async fn author_review_in(
    tx: &DatabaseTransaction,
    listing: ListingId,
    author: OrganizationId,
) -> Result<Option<Review>, Fault> {
    Ok(review::Entity::find()
        .filter(review::Column::ListingId.eq(listing))
        .filter(review::Column::OrganizationId.eq(author))
        .one(tx)
        .await?)
}

/// Writes a review that waits for the operator.
///
/// # Errors
/// `TAKEN` where the organization has one of the listing already; database faults.
pub async fn create_review_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<WriteReview>,
    listing: ListingId,
    author: OrganizationId,
    content: ReviewContent,
) -> Outcome<Review> {
    let row = review::ActiveModel {
        id: Set(permit.resource()),
        listing_id: Set(listing),
        organization_id: Set(author),
        rating: Set(content.rating),
        title: Set(content.title),
        body: Set(content.body),
        status: Set(ModerationStatus::Pending),
        reason: Set(None),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    row.insert(tx).await.map_err(|error| taken(error, "input.listing"))
}

/// Makes a review say something else; it waits for the operator again.
///
/// # Errors
/// Database faults.
pub async fn update_review_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<WriteReview>,
    before: &Review,
    content: ReviewContent,
) -> Result<Review, Failure> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another review");
    let mut row = before.clone().into_active_model();
    row.rating = Set(content.rating);
    row.title = Set(content.title);
    row.body = Set(content.body);
    row.status = Set(ModerationStatus::Pending);
    row.reason = Set(None);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Publishes or rejects a review.
///
/// # Errors
/// Database faults.
pub async fn set_review_status_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<JudgeReview>,
    before: &Review,
    status: ModerationStatus,
    reason: Option<String>,
) -> Result<Review, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another review");
    let mut row = before.clone().into_active_model();
    row.status = Set(status);
    row.reason = Set(reason);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Removes a review for good.
///
/// # Errors
/// Database faults.
pub async fn remove_review_in(tx: &DatabaseTransaction, permit: &Permit<RemoveReview>) -> Result<(), Fault> {
    review::Entity::delete_by_id(permit.resource()).exec(tx).await?;
    Ok(())
}

/// Makes the rating of a listing, whose row is locked, what its published reviews add up to. It asks for no permit: the
/// numbers follow from the reviews.
///
/// # Errors
/// Database faults.
pub async fn rate_in(tx: &DatabaseTransaction, before: &Listing) -> Result<Listing, Fault> {
    let found: Option<(Option<i64>, i64)> = review::Entity::find()
        .select_only()
        .column_as(Expr::col(review::Column::Rating).sum(), "total")
        .column_as(Expr::col(review::Column::Id).count(), "number")
        .filter(review::Column::ListingId.eq(before.id))
        .filter(review::Column::Status.eq(ModerationStatus::Published))
        .into_tuple()
        .one(tx)
        .await?;
    let (sum, count) = found.map_or((0, 0), |(sum, count)| (sum.unwrap_or_default(), count));
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    let (ascending, descending) = rating_keys(sum, count);
    let mut row = before.clone().into_active_model();
    row.rating_sum = Set(sum);
    row.rating_count = Set(count);
    row.rating_ascending = Set(ascending);
    row.rating_descending = Set(descending);
    Ok(row.update(tx).await?)
}
