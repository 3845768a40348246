//! What organizations say about listings, and whether everybody may read it.

use super::{listing_in, reason};
use crate::db::Tx;
use crate::{
    db::{Claim, claim},
    event,
    marketplace::{
        event::{MarketplaceEvent, ReviewStep},
        model::{BODY_MAX, Listing, ListingStatus, ModerationStatus, Review, ReviewContent, TITLE_MAX},
        policy::{JudgeReview, RemoveReview, ReviewFacts, WriteReview},
        store,
    },
    op::{ErrorCode, Failure, Op, Outcome, Refusal, check, check_revision},
};
use entity::id::{ListingId, ReviewId};

fn checked(mut content: ReviewContent) -> Result<ReviewContent, Refusal> {
    check::within("input.rating", content.rating, &(1..=5))?;
    content.title = check::optional_line("input.title", content.title.as_deref(), TITLE_MAX)?;
    content.body = check::optional_paragraph("input.text", content.body.as_deref(), BODY_MAX)?;
    Ok(content)
}

/// Writes what the actor's organization says about a published listing. It waits for the operator.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED` (its vendor, and who acts for no organization), `INVALID_STATE`, `ALREADY_EXISTS`,
/// `OUT_OF_RANGE`, `TOO_LONG`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn submit_review(
    op: &Op,
    about: ListingId,
    content: ReviewContent,
    idempotency_key: Option<&str>,
) -> Outcome<Review> {
    op.signed_in()?;
    let content = checked(content)?;
    let tx = op.db().begin().await?;
    let listing = listing_in(&tx, op, about, "input.listing").await?;
    let author = op.actor.organization().ok_or_else(|| {
        Refusal::of("", ErrorCode::NotAllowed, "A review is written by an organization; the command line has none.")
    })?;
    let facts = ReviewFacts { author, vendor: listing.vendor_id };
    op.authorize::<WriteReview>(op.new_id(), &facts)?;
    let id = match claim(&tx, op, author, "reviewSubmit", idempotency_key, &(about, &content)).await? {
        Claim::Fresh(id) => id.into(),
        Claim::Repeat(made) => {
            let found = store::find_review_in(&tx, op, made.into()).await?;
            return Ok(found.ok_or_else(|| Refusal::not_found("input.idempotencyKey"))?);
        }
    };
    if listing.status != ListingStatus::Published {
        return Err(Refusal::invalid_state("Only a published listing is reviewed.").into());
    }
    if store::author_review_in(&tx, about, author).await?.is_some() {
        let message = "Your organization has a review of this listing; change that one.";
        return Err(Refusal::of("input.listing", ErrorCode::AlreadyExists, message).into());
    }
    let permit = op.authorize::<WriteReview>(id, &facts)?;
    let made = store::create_review_in(&tx, op, &permit, about, author, content).await?;
    event::record(&tx, op, MarketplaceEvent::Review(ReviewStep::Submitted, None, Some(&made)).facts()).await?;
    tx.commit().await?;
    Ok(made)
}

/// Makes a review say something else. It waits for the operator again and does not count until then.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `OUT_OF_RANGE`, `TOO_LONG`, `REVISION_MISMATCH`.
pub async fn update_review(
    op: &Op,
    id: ReviewId,
    content: ReviewContent,
    expected_revision: Option<i32>,
) -> Outcome<Review> {
    op.signed_in()?;
    let content = checked(content)?;
    let tx = op.db().begin().await?;
    let (listing, before) = review_in(&tx, op, id).await?;
    let facts = ReviewFacts { author: before.organization_id, vendor: listing.vendor_id };
    let permit = op.authorize::<WriteReview>(id, &facts)?;
    check_revision(expected_revision, before.revision)?;
    let after = store::update_review_in(&tx, op, &permit, &before, content).await?;
    settle(tx, op, &listing, ReviewStep::Updated, &before, Some(&after)).await?;
    Ok(after)
}

/// Lets everybody read a review; from then on it counts.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn publish_review(op: &Op, id: ReviewId) -> Outcome<Review> {
    judge(op, id, ModerationStatus::Published, ReviewStep::Published, None).await
}

/// Refuses a review, also one that was published.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn reject_review(op: &Op, id: ReviewId, why: &str) -> Outcome<Review> {
    op.signed_in()?;
    judge(op, id, ModerationStatus::Rejected, ReviewStep::Rejected, Some(reason(why)?)).await
}

async fn judge(
    op: &Op,
    id: ReviewId,
    status: ModerationStatus,
    step: ReviewStep,
    why: Option<String>,
) -> Outcome<Review> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let (listing, before) = review_in(&tx, op, id).await?;
    let permit = op.authorize::<JudgeReview>(id, &())?;
    if before.status == status {
        return Err(Refusal::invalid_state("The review was decided on so already.").into());
    }
    let after = store::set_review_status_in(&tx, op, &permit, &before, status, why).await?;
    settle(tx, op, &listing, step, &before, Some(&after)).await?;
    Ok(after)
}

/// Removes a review for good and gives the listing that it was about.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`.
pub async fn remove_review(op: &Op, id: ReviewId) -> Outcome<Listing> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let (listing, before) = review_in(&tx, op, id).await?;
    let permit = op.authorize::<RemoveReview>(id, &before)?;
    store::remove_review_in(&tx, &permit).await?;
    settle(tx, op, &listing, ReviewStep::Removed, &before, None).await
}

/// The visible review and its listing, both locked, the listing first.
async fn review_in(tx: &Tx, op: &Op, id: ReviewId) -> Result<(Listing, Review), Failure> {
    let missing = || Refusal::not_found("id");
    let about = store::listing_of_review_in(tx, op, id).await?.ok_or_else(missing)?;
    let listing = listing_in(tx, op, about, "id").await?;
    let review = store::find_review_in(tx, op, id).await?.ok_or_else(missing)?;
    Ok((listing, review))
}

/// Counts anew where the review counted or counts, records and commits.
async fn settle(
    tx: Tx,
    op: &Op,
    listing: &Listing,
    step: ReviewStep,
    before: &Review,
    after: Option<&Review>,
) -> Outcome<Listing> {
    let counted = [Some(before), after].into_iter().flatten().any(|row| row.status == ModerationStatus::Published);
    let listing = if counted { store::rate_in(&tx, listing).await? } else { listing.clone() };
    event::record(&tx, op, MarketplaceEvent::Review(step, Some(before), after).facts()).await?;
    tx.commit().await?;
    Ok(listing)
}
