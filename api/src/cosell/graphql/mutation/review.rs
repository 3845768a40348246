//! Submitting an opportunity to a program, and reviewing it as the program's host.

use super::opportunity;
use crate::{
    cosell::{
        graphql::{
            input::{OpportunityObjectionInput, OpportunityReviewInput, OpportunitySubmitInput},
            types::Opportunity,
        },
        model::ReviewStep,
        service::{self, Decision},
    },
    schema::{
        error::{ContextExt, UserError},
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};

/// Root fields of this room.
#[derive(Default)]
pub struct OpportunityReviewMutation;

/// What came of `opportunitySubmit`.
#[derive(SimpleObject)]
pub struct OpportunitySubmitPayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityReviewStart`.
#[derive(SimpleObject)]
pub struct OpportunityReviewStartPayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityApprove`.
#[derive(SimpleObject)]
pub struct OpportunityApprovePayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityReject`.
#[derive(SimpleObject)]
pub struct OpportunityRejectPayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityRequestAction`.
#[derive(SimpleObject)]
pub struct OpportunityRequestActionPayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// The host's word on an opportunity, and what became of it.
async fn decide(
    ctx: &Context<'_>,
    id: &ID,
    decision: Decision,
    expected_revision: Option<i32>,
) -> Result<(Option<Opportunity>, Vec<UserError>)> {
    let id = node::parse(id)?;
    opportunity(service::decide(ctx.op()?, id, decision, expected_revision).await)
}

fn said(step: ReviewStep, input: Option<OpportunityReviewInput>) -> (Decision, Option<i32>) {
    let OpportunityReviewInput { reason, comment, expected_revision } = input.unwrap_or_default();
    (Decision { step, reason, comment }, expected_revision)
}

fn objected(step: ReviewStep, input: OpportunityObjectionInput) -> (Decision, Option<i32>) {
    let OpportunityObjectionInput { reason, comment, expected_revision } = input;
    (Decision { step, reason: Some(reason), comment }, expected_revision)
}

#[Object]
impl OpportunityReviewMutation {
    /// Submits an opportunity to a program of which the owner is a member, or submits it again after the host asked for
    /// something. The host takes part from then on and sees all of it. Needed are a stage from `QUALIFIED` on, a business
    /// problem of at least 20 characters, a target close date and a listing. Whether the same customer is open with the host
    /// already is said by `conflicts` of the opportunity. Requires: manager of the owner. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, INVALID_STATE, INVALID_VALUE, REQUIRED, OUT_OF_RANGE, TOO_MANY.
    async fn opportunity_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "To which program.")] input: Option<OpportunitySubmitInput>,
    ) -> Option<Result<OpportunitySubmitPayload>> {
        let done = async {
            let id = node::parse(&id)?;
            let input = input.unwrap_or_default();
            let (opportunity, user_errors) =
                opportunity(service::submit(ctx.op()?, id, input.program.as_deref(), input.expected_revision).await)?;
            Ok(OpportunitySubmitPayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Says that the host has begun to look at it. Requires: manager of the program's host. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, TOO_LONG.
    async fn opportunity_review_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "What to say to it.")] input: Option<OpportunityReviewInput>,
    ) -> Option<Result<OpportunityReviewStartPayload>> {
        let done = async {
            let (decision, revision) = said(ReviewStep::Start, input);
            let (opportunity, user_errors) = decide(ctx, &id, decision, revision).await?;
            Ok(OpportunityReviewStartPayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Approves it; edits that were kept meanwhile are applied. Requires: manager of the program's host. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, TOO_LONG.
    async fn opportunity_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "What to say to it.")] input: Option<OpportunityReviewInput>,
    ) -> Option<Result<OpportunityApprovePayload>> {
        let done = async {
            let (decision, revision) = said(ReviewStep::Approve, input);
            let (opportunity, user_errors) = decide(ctx, &id, decision, revision).await?;
            Ok(OpportunityApprovePayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Rejects it for good; edits that were kept meanwhile are given up. Requires: manager of the program's host. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, TOO_LONG,
    /// REQUIRED.
    async fn opportunity_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "Why.")] input: OpportunityObjectionInput,
    ) -> Option<Result<OpportunityRejectPayload>> {
        let done = async {
            let (decision, revision) = objected(ReviewStep::Reject, input);
            let (opportunity, user_errors) = decide(ctx, &id, decision, revision).await?;
            Ok(OpportunityRejectPayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Asks the owner to put something right and to submit it again. Requires: manager of the program's host. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, TOO_LONG, REQUIRED.
    async fn opportunity_request_action(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "What.")] input: OpportunityObjectionInput,
    ) -> Option<Result<OpportunityRequestActionPayload>> {
        let done = async {
            let (decision, revision) = objected(ReviewStep::RequestAction, input);
            let (opportunity, user_errors) = decide(ctx, &id, decision, revision).await?;
            Ok(OpportunityRequestActionPayload { opportunity, user_errors })
        };
        Some(done.await)
    }
}
