//! Entering an opportunity, changing it, and writing one's own side of it.

use super::opportunity;
use crate::{
    cosell::{
        graphql::{
            input::{
                OpportunityAdvanceInput, OpportunityCreateInput, OpportunityRevisionInput, OpportunitySideUpdateInput,
                OpportunityUpdateInput,
            },
            record::OpportunityPendingChange,
            types::Opportunity,
        },
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};

/// Root fields of this room.
#[derive(Default)]
pub struct OpportunityMutation;

/// What came of `opportunityCreate`.
#[derive(SimpleObject)]
pub struct OpportunityCreatePayload {
    /// The opportunity; ask its `conflicts` whether the same customer is open already; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityUpdate`.
#[derive(SimpleObject)]
pub struct OpportunityUpdatePayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// The edits that wait for the review to end; null where none do.
    pub pending_change: Option<OpportunityPendingChange>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityAdvance`.
#[derive(SimpleObject)]
pub struct OpportunityAdvancePayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunitySideUpdate`.
#[derive(SimpleObject)]
pub struct OpportunitySideUpdatePayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityArchive`.
#[derive(SimpleObject)]
pub struct OpportunityArchivePayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityRestore`.
#[derive(SimpleObject)]
pub struct OpportunityRestorePayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl OpportunityMutation {
    /// Enters an opportunity of the viewer's organization. Whether the same customer is open already through another
    /// partner is said by `conflicts` of the opportunity. Requires: member. Codes: NOT_ALLOWED, NOT_FOUND, REQUIRED,
    /// TOO_LONG, TOO_MANY, OUT_OF_RANGE, INVALID_FORMAT, INVALID_VALUE, TAKEN, IDEMPOTENCY_KEY_REUSED.
    async fn opportunity_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is about.")] input: OpportunityCreateInput,
    ) -> Option<Result<OpportunityCreatePayload>> {
        let done = async {
            let (input, key) = input.split()?;
            let (opportunity, user_errors) = opportunity(service::create(ctx.op()?, input, key.as_deref()).await)?;
            Ok(OpportunityCreatePayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Changes the content. While a review runs the edits are kept as a pending change and applied when it is approved;
    /// when something is to be put right, only website, country, target close date, expected amount, business problem and
    /// external id can be changed; after a rejection nothing can. Requires: member of the owner. Codes: NOT_FOUND,
    /// NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, REQUIRED, TOO_LONG, TOO_MANY, OUT_OF_RANGE, INVALID_FORMAT,
    /// INVALID_VALUE, TAKEN.
    async fn opportunity_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "What to change.")] input: OpportunityUpdateInput,
    ) -> Option<Result<OpportunityUpdatePayload>> {
        let done = async {
            let (id, (patch, expected)) = (node::parse(&id)?, input.split()?);
            let (done, user_errors) = settle(service::update(ctx.op()?, id, patch, expected).await)?;
            let (opportunity, pending) = done.unzip();
            Ok(OpportunityUpdatePayload {
                opportunity: opportunity.map(Opportunity),
                pending_change: pending.flatten().map(OpportunityPendingChange),
                user_errors,
            })
        };
        Some(done.await)
    }

    /// Moves the viewer's side to another stage: the owner's is the opportunity's own, anybody else's that side's account.
    /// Every move is recorded. Requires: member of a side. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH,
    /// INVALID_STATE, REQUIRED, INVALID_VALUE.
    async fn opportunity_advance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "Where it goes.")] input: OpportunityAdvanceInput,
    ) -> Option<Result<OpportunityAdvancePayload>> {
        let done = async {
            let id = node::parse(&id)?;
            let (stage, reason) = (input.stage.into(), input.loss_reason.map(Into::into));
            let outcome = service::advance(ctx.op()?, id, stage, reason, input.expected_revision).await;
            let (opportunity, user_errors) = opportunity(outcome)?;
            Ok(OpportunityAdvancePayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Writes when the viewer's side expects to close, what it does next and who its people are. Requires: member of a
    /// side. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, REQUIRED, TOO_LONG, TOO_MANY, OUT_OF_RANGE,
    /// INVALID_VALUE.
    async fn opportunity_side_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "What to change.")] input: OpportunitySideUpdateInput,
    ) -> Option<Result<OpportunitySideUpdatePayload>> {
        let done = async {
            let (id, (patch, expected)) = (node::parse(&id)?, input.split()?);
            let (opportunity, user_errors) = opportunity(service::update_side(ctx.op()?, id, patch, expected).await)?;
            Ok(OpportunitySideUpdatePayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Puts an opportunity away, with its open invitations. Lists leave it out unless they are asked for it. Requires: manager of
    /// the owner. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE.
    async fn opportunity_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "The revision that is expected.")] input: Option<OpportunityRevisionInput>,
    ) -> Option<Result<OpportunityArchivePayload>> {
        let done = async {
            let id = node::parse(&id)?;
            let input = input.unwrap_or_default();
            let (opportunity, user_errors) =
                opportunity(service::archive(ctx.op()?, id, true, input.expected_revision).await)?;
            Ok(OpportunityArchivePayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Takes an archived opportunity back. Requires: manager of the owner. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH,
    /// INVALID_STATE.
    async fn opportunity_restore(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "The revision that is expected.")] input: Option<OpportunityRevisionInput>,
    ) -> Option<Result<OpportunityRestorePayload>> {
        let done = async {
            let id = node::parse(&id)?;
            let input = input.unwrap_or_default();
            let (opportunity, user_errors) =
                opportunity(service::archive(ctx.op()?, id, false, input.expected_revision).await)?;
            Ok(OpportunityRestorePayload { opportunity, user_errors })
        };
        Some(done.await)
    }
}
