//! What organizations say about listings.

use super::ListingReasonInput;
use crate::{
    marketplace::{
        graphql::{listing::Listing, review::Review},
        model::ReviewContent,
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// Root fields of reviews.
#[derive(Default)]
pub struct ReviewMutation;

/// A new review.
#[derive(InputObject)]
pub struct ReviewSubmitInput {
    /// The published listing that it is about.
    pub listing: ID,
    /// 1, the worst, to 5, the best.
    pub rating: i32,
    /// A headline, at most 120 characters.
    pub title: Option<String>,
    /// The text, at most 4,000 characters.
    pub text: Option<String>,
    /// Makes a retry within 24 hours give the review of the first call; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// What a review is to say instead: all of it.
#[derive(InputObject)]
pub struct ReviewUpdateInput {
    /// 1, the worst, to 5, the best.
    pub rating: i32,
    /// A headline, at most 120 characters.
    pub title: Option<String>,
    /// The text, at most 4,000 characters.
    pub text: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What came of `reviewSubmit`.
#[derive(SimpleObject)]
pub struct ReviewSubmitPayload {
    /// The review as it is now; null where nothing was done.
    pub review: Option<Review>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `reviewUpdate`.
#[derive(SimpleObject)]
pub struct ReviewUpdatePayload {
    /// The review as it is now; null where nothing was done.
    pub review: Option<Review>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `reviewPublish`.
#[derive(SimpleObject)]
pub struct ReviewPublishPayload {
    /// The review as it is now; null where nothing was done.
    pub review: Option<Review>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `reviewReject`.
#[derive(SimpleObject)]
pub struct ReviewRejectPayload {
    /// The review as it is now; null where nothing was done.
    pub review: Option<Review>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `reviewRemove`.
#[derive(SimpleObject)]
pub struct ReviewRemovePayload {
    /// The listing that it was about; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl ReviewMutation {
    /// Writes what the viewer's organization says about a listing; it waits for the operator. Requires: member of an
    /// organization that is not the listing's vendor. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, ALREADY_EXISTS,
    /// OUT_OF_RANGE, TOO_LONG, IDEMPOTENCY_KEY_REUSED.
    async fn review_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say.")] input: ReviewSubmitInput,
    ) -> Option<Result<ReviewSubmitPayload>> {
        Some(submit(ctx, input).await)
    }

    /// Makes a review say something else; it waits for the operator again and does not count until then. Requires: member of
    /// its author. Codes: NOT_FOUND, NOT_ALLOWED, OUT_OF_RANGE, TOO_LONG, REVISION_MISMATCH.
    async fn review_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] id: ID,
        #[graphql(desc = "What to say.")] input: ReviewUpdateInput,
    ) -> Option<Result<ReviewUpdatePayload>> {
        Some(update(ctx, &id, input).await)
    }

    /// Lets everybody read a review; from then on it counts. Requires: manager of the operator. Codes: NOT_FOUND,
    /// NOT_ALLOWED, INVALID_STATE.
    async fn review_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] id: ID,
    ) -> Option<Result<ReviewPublishPayload>> {
        Some(publish(ctx, &id).await)
    }

    /// Refuses a review, also one that was published. Requires: manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED,
    /// INVALID_STATE, REQUIRED, TOO_LONG.
    async fn review_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] id: ID,
        #[graphql(desc = "Why.")] input: ListingReasonInput,
    ) -> Option<Result<ReviewRejectPayload>> {
        Some(reject(ctx, &id, &input.reason).await)
    }

    /// Removes a review for good. Requires: member of its author, or manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED.
    async fn review_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] id: ID,
    ) -> Option<Result<ReviewRemovePayload>> {
        Some(remove(ctx, &id).await)
    }
}

async fn submit(ctx: &Context<'_>, input: ReviewSubmitInput) -> Result<ReviewSubmitPayload> {
    let about = node::parse(&input.listing)?;
    let content = ReviewContent { rating: input.rating, title: input.title, body: input.text };
    let outcome = service::submit_review(ctx.op()?, about, content, input.idempotency_key.as_deref()).await;
    let (review, user_errors) = settle(outcome)?;
    Ok(ReviewSubmitPayload { review: review.map(Review), user_errors })
}

async fn update(ctx: &Context<'_>, id: &ID, input: ReviewUpdateInput) -> Result<ReviewUpdatePayload> {
    let content = ReviewContent { rating: input.rating, title: input.title, body: input.text };
    let outcome = service::update_review(ctx.op()?, node::parse(id)?, content, input.expected_revision).await;
    let (review, user_errors) = settle(outcome)?;
    Ok(ReviewUpdatePayload { review: review.map(Review), user_errors })
}

async fn publish(ctx: &Context<'_>, id: &ID) -> Result<ReviewPublishPayload> {
    let (review, user_errors) = settle(service::publish_review(ctx.op()?, node::parse(id)?).await)?;
    Ok(ReviewPublishPayload { review: review.map(Review), user_errors })
}

async fn reject(ctx: &Context<'_>, id: &ID, reason: &str) -> Result<ReviewRejectPayload> {
    let (review, user_errors) = settle(service::reject_review(ctx.op()?, node::parse(id)?, reason).await)?;
    Ok(ReviewRejectPayload { review: review.map(Review), user_errors })
}

async fn remove(ctx: &Context<'_>, id: &ID) -> Result<ReviewRemovePayload> {
    let (listing, user_errors) = settle(service::remove_review(ctx.op()?, node::parse(id)?).await)?;
    Ok(ReviewRemovePayload { listing: listing.map(Listing), user_errors })
}
