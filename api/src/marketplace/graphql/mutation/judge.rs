//! What the operator decides about listings.

use super::ListingReasonInput;
use crate::{
    marketplace::{
        graphql::{enums::ListingBadge, input::words, listing::Listing},
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// Root fields of the operator.
#[derive(Default)]
pub struct JudgeMutation;

/// The badges of a listing.
#[derive(InputObject)]
pub struct ListingBadgesSetInput {
    /// All of them; an empty list takes every badge away.
    pub badges: Vec<ListingBadge>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What came of `listingApprove`.
#[derive(SimpleObject)]
pub struct ListingApprovePayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingReject`.
#[derive(SimpleObject)]
pub struct ListingRejectPayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingRestrict`.
#[derive(SimpleObject)]
pub struct ListingRestrictPayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingRestore`.
#[derive(SimpleObject)]
pub struct ListingRestorePayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingBadgesSet`.
#[derive(SimpleObject)]
pub struct ListingBadgesSetPayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl JudgeMutation {
    /// Publishes a submitted listing. Requires: manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE,
    /// REVISION_MISMATCH.
    async fn listing_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
        #[graphql(desc = "Do it only if the revision is this.")] expected_revision: Option<i32>,
    ) -> Option<Result<ListingApprovePayload>> {
        Some(approve(ctx, &id, expected_revision).await)
    }

    /// Sends a submitted listing back to its vendor, as a draft. Requires: manager of the operator. Codes: NOT_FOUND,
    /// NOT_ALLOWED, INVALID_STATE, REQUIRED, TOO_LONG.
    async fn listing_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
        #[graphql(desc = "Why.")] input: ListingReasonInput,
    ) -> Option<Result<ListingRejectPayload>> {
        Some(reject(ctx, &id, &input.reason).await)
    }

    /// Takes a published listing out of the marketplace; its vendor and its audience still see it. Requires: manager of the
    /// operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, REQUIRED, TOO_LONG.
    async fn listing_restrict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
        #[graphql(desc = "Why.")] input: ListingReasonInput,
    ) -> Option<Result<ListingRestrictPayload>> {
        Some(restrict(ctx, &id, &input.reason).await)
    }

    /// Puts a restricted listing back. Requires: manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE.
    async fn listing_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
    ) -> Option<Result<ListingRestorePayload>> {
        Some(restore(ctx, &id).await)
    }

    /// Gives a listing exactly these badges. Requires: manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH.
    async fn listing_badges_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
        #[graphql(desc = "The badges.")] input: ListingBadgesSetInput,
    ) -> Option<Result<ListingBadgesSetPayload>> {
        Some(set_badges(ctx, &id, input).await)
    }
}

async fn approve(ctx: &Context<'_>, id: &ID, expected_revision: Option<i32>) -> Result<ListingApprovePayload> {
    let outcome = service::approve_listing(ctx.op()?, node::parse(id)?, expected_revision).await;
    let (listing, user_errors) = settle(outcome)?;
    Ok(ListingApprovePayload { listing: listing.map(Listing), user_errors })
}

async fn reject(ctx: &Context<'_>, id: &ID, reason: &str) -> Result<ListingRejectPayload> {
    let (listing, user_errors) = settle(service::reject_listing(ctx.op()?, node::parse(id)?, reason).await)?;
    Ok(ListingRejectPayload { listing: listing.map(Listing), user_errors })
}

async fn restrict(ctx: &Context<'_>, id: &ID, reason: &str) -> Result<ListingRestrictPayload> {
    let (listing, user_errors) = settle(service::restrict_listing(ctx.op()?, node::parse(id)?, reason).await)?;
    Ok(ListingRestrictPayload { listing: listing.map(Listing), user_errors })
}

async fn restore(ctx: &Context<'_>, id: &ID) -> Result<ListingRestorePayload> {
    let (listing, user_errors) = settle(service::restore_listing(ctx.op()?, node::parse(id)?).await)?;
    Ok(ListingRestorePayload { listing: listing.map(Listing), user_errors })
}

async fn set_badges(ctx: &Context<'_>, id: &ID, input: ListingBadgesSetInput) -> Result<ListingBadgesSetPayload> {
    let badges: Vec<_> = words(Some(input.badges));
    let outcome = service::set_badges(ctx.op()?, node::parse(id)?, &badges, input.expected_revision).await;
    let (listing, user_errors) = settle(outcome)?;
    Ok(ListingBadgesSetPayload { listing: listing.map(Listing), user_errors })
}
