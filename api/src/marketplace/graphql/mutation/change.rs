//! What becomes of reviewed changes of listings.

use super::ListingReasonInput;
use crate::{
    marketplace::{
        graphql::{change::ListingChange, listing::Listing},
        service::{self, Edited},
    },
    op::Outcome,
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};

/// Root fields of reviewed changes.
#[derive(Default)]
pub struct ListingChangeMutation;

/// What came of `listingChangeApprove`.
#[derive(SimpleObject)]
pub struct ListingChangeApprovePayload {
    /// The change as it is now; null where nothing was done.
    pub change: Option<ListingChange>,
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingChangeReject`.
#[derive(SimpleObject)]
pub struct ListingChangeRejectPayload {
    /// The change as it is now; null where nothing was done.
    pub change: Option<ListingChange>,
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `listingChangeWithdraw`.
#[derive(SimpleObject)]
pub struct ListingChangeWithdrawPayload {
    /// The change as it is now; null where nothing was done.
    pub change: Option<ListingChange>,
    /// The listing as it is now; null where nothing was done.
    pub listing: Option<Listing>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl ListingChangeMutation {
    /// Takes a pending change over: the listing then says what was proposed. Requires: manager of the operator. Codes:
    /// NOT_FOUND, NOT_ALLOWED, INVALID_STATE.
    async fn listing_change_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] id: ID,
    ) -> Option<Result<ListingChangeApprovePayload>> {
        Some(approve(ctx, &id).await)
    }

    /// Refuses a pending change. Requires: manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, REQUIRED,
    /// TOO_LONG.
    async fn listing_change_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] id: ID,
        #[graphql(desc = "Why.")] input: ListingReasonInput,
    ) -> Option<Result<ListingChangeRejectPayload>> {
        Some(reject(ctx, &id, &input.reason).await)
    }

    /// Takes a pending change back. Requires: manager of the listing's vendor or of the operator. Codes: NOT_FOUND,
    /// NOT_ALLOWED, INVALID_STATE.
    async fn listing_change_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] id: ID,
    ) -> Option<Result<ListingChangeWithdrawPayload>> {
        Some(withdraw(ctx, &id).await)
    }
}

async fn approve(ctx: &Context<'_>, id: &ID) -> Result<ListingChangeApprovePayload> {
    let (change, listing, user_errors) = parts(service::approve_change(ctx.op()?, node::parse(id)?).await)?;
    Ok(ListingChangeApprovePayload { change, listing, user_errors })
}

async fn reject(ctx: &Context<'_>, id: &ID, reason: &str) -> Result<ListingChangeRejectPayload> {
    let (change, listing, user_errors) = parts(service::reject_change(ctx.op()?, node::parse(id)?, reason).await)?;
    Ok(ListingChangeRejectPayload { change, listing, user_errors })
}

async fn withdraw(ctx: &Context<'_>, id: &ID) -> Result<ListingChangeWithdrawPayload> {
    let (change, listing, user_errors) = parts(service::withdraw_change(ctx.op()?, node::parse(id)?).await)?;
    Ok(ListingChangeWithdrawPayload { change, listing, user_errors })
}

type Parts = (Option<ListingChange>, Option<Listing>, Vec<UserError>);

fn parts(outcome: Outcome<Edited>) -> Result<Parts> {
    let (edited, user_errors) = settle(outcome)?;
    let (listing, change) = edited.map_or((None, None), |edited| (Some(edited.listing), edited.change));
    Ok((change.map(ListingChange), listing.map(Listing), user_errors))
}
