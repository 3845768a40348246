//! What vendors do with their listings.

use crate::{
    marketplace::{
        graphql::{
            change::ListingChange,
            input::{ListingCreateInput, ListingUpdateInput},
            listing::Listing,
        },
        model, service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};

/// Root fields of vendors.
#[derive(Default)]
pub struct ListingMutation;

/// What came of `listingCreate`.
#[derive(SimpleObject)]
pub struct ListingCreatePayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingUpdate`.
#[derive(SimpleObject)]
pub struct ListingUpdatePayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// The change that waits for the operator; null where the listing was changed at once, or nothing was done.
    pub pending_change: Option<ListingChange>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingSubmit`.
#[derive(SimpleObject)]
pub struct ListingSubmitPayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingWithdraw`.
#[derive(SimpleObject)]
pub struct ListingWithdrawPayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingArchive`.
#[derive(SimpleObject)]
pub struct ListingArchivePayload {
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl ListingMutation {
    /// Makes a listing, as a draft. Requires: member of its vendor; manager of the operator for another vendor or one that is
    /// only a name. Codes: NOT_FOUND, NOT_ALLOWED, REQUIRED, TOO_LONG, TOO_MANY, INVALID_FORMAT, INVALID_VALUE, TAKEN,
    /// IDEMPOTENCY_KEY_REUSED.
    async fn listing_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to make.")] input: ListingCreateInput,
    ) -> Option<Result<ListingCreatePayload>> {
        Some(create(ctx, input).await)
    }

    /// Edits a listing. A draft changes at once; of a published or restricted one the edit becomes its pending change, in
    /// place of an earlier one, and the listing stays as it is until the operator approves. Requires: member of its vendor
    /// for a draft, else manager; or manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE,
    /// REVISION_MISMATCH, REQUIRED, TOO_LONG, TOO_MANY, INVALID_VALUE.
    async fn listing_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
        #[graphql(desc = "What to change.")] input: ListingUpdateInput,
    ) -> Option<Result<ListingUpdatePayload>> {
        Some(update(ctx, &id, input).await)
    }

    /// Asks the operator to publish a draft, which needs a summary and a category. Requires: manager of its vendor or of the
    /// operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, REVISION_MISMATCH, REQUIRED.
    async fn listing_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
        #[graphql(desc = "Do it only if the revision is this.")] expected_revision: Option<i32>,
    ) -> Option<Result<ListingSubmitPayload>> {
        Some(submit(ctx, &id, expected_revision).await)
    }

    /// Takes a submitted listing back, as a draft. Requires: manager of its vendor or of the operator. Codes: NOT_FOUND,
    /// NOT_ALLOWED, INVALID_STATE.
    async fn listing_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
    ) -> Option<Result<ListingWithdrawPayload>> {
        Some(withdraw(ctx, &id).await)
    }

    /// Gives a listing up for good. Requires: manager of its vendor or of the operator. Codes: NOT_FOUND, NOT_ALLOWED,
    /// INVALID_STATE.
    async fn listing_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing.")] id: ID,
    ) -> Option<Result<ListingArchivePayload>> {
        Some(archive(ctx, &id).await)
    }
}

async fn create(ctx: &Context<'_>, input: ListingCreateInput) -> Result<ListingCreatePayload> {
    let new = model::NewListing {
        vendor: input.vendor,
        vendor_name: input.vendor_name,
        slug: input.slug,
        kind: input.kind.into(),
        content: input.content.read(Some(input.name), None)?,
    };
    let outcome = service::create_listing(ctx.op()?, new, input.idempotency_key.as_deref()).await;
    let (listing, user_errors) = settle(outcome)?;
    Ok(ListingCreatePayload { listing: listing.map(Listing), user_errors })
}

async fn update(ctx: &Context<'_>, id: &ID, input: ListingUpdateInput) -> Result<ListingUpdatePayload> {
    let patch = input.content.read(input.name, input.kind)?;
    let outcome = service::edit_listing(ctx.op()?, node::parse(id)?, patch, input.expected_revision).await;
    let (edited, user_errors) = settle(outcome)?;
    let (listing, change) = edited.map_or((None, None), |edited| (Some(edited.listing), edited.change));
    Ok(ListingUpdatePayload { listing: listing.map(Listing), pending_change: change.map(ListingChange), user_errors })
}

async fn submit(ctx: &Context<'_>, id: &ID, expected_revision: Option<i32>) -> Result<ListingSubmitPayload> {
    let outcome = service::submit_listing(ctx.op()?, node::parse(id)?, expected_revision).await;
    let (listing, user_errors) = settle(outcome)?;
    Ok(ListingSubmitPayload { listing: listing.map(Listing), user_errors })
}

async fn withdraw(ctx: &Context<'_>, id: &ID) -> Result<ListingWithdrawPayload> {
    let (listing, user_errors) = settle(service::withdraw_listing(ctx.op()?, node::parse(id)?).await)?;
    Ok(ListingWithdrawPayload { listing: listing.map(Listing), user_errors })
}

async fn archive(ctx: &Context<'_>, id: &ID) -> Result<ListingArchivePayload> {
    let (listing, user_errors) = settle(service::archive_listing(ctx.op()?, node::parse(id)?).await)?;
    Ok(ListingArchivePayload { listing: listing.map(Listing), user_errors })
}
