//! What can be done with introductions. The key of a service needs the scope `OPPORTUNITIES_WRITE` for all of it.

use super::{
    input::{
        IntroductionAcceptInput, IntroductionCancelInput, IntroductionConvertToLeadInput,
        IntroductionConvertToOpportunityInput, IntroductionDeclineInput, IntroductionRecordOutcomeInput,
        IntroductionRequestInput,
    },
    types::Introduction,
};
use crate::{
    cosell::graphql::types::Opportunity,
    introduction::{model, service},
    lead::graphql::types::Lead,
    op::Outcome,
    schema::{
        error::{ContextExt, UserError, settle},
        loader::load,
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};

/// Root fields of this room.
#[derive(Default)]
pub struct IntroductionMutation;

/// What came of `introductionRequest`.
#[derive(SimpleObject)]
pub struct IntroductionRequestPayload {
    /// The request; null where nothing was done.
    pub introduction: Option<Introduction>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `introductionAccept`.
#[derive(SimpleObject)]
pub struct IntroductionAcceptPayload {
    /// The request as it is now; null where nothing was done.
    pub introduction: Option<Introduction>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `introductionDecline`.
#[derive(SimpleObject)]
pub struct IntroductionDeclinePayload {
    /// The request as it is now; null where nothing was done.
    pub introduction: Option<Introduction>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `introductionCancel`.
#[derive(SimpleObject)]
pub struct IntroductionCancelPayload {
    /// The request as it is now; null where nothing was done.
    pub introduction: Option<Introduction>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `introductionRecordOutcome`.
#[derive(SimpleObject)]
pub struct IntroductionRecordOutcomePayload {
    /// The request as it is now; null where nothing was done.
    pub introduction: Option<Introduction>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `introductionConvertToOpportunity`.
#[derive(SimpleObject)]
pub struct IntroductionConvertToOpportunityPayload {
    /// The request as it is now; null where nothing was done.
    pub introduction: Option<Introduction>,
    /// The opportunity; null where nothing was done, and on a retry where the viewer sees it no more.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `introductionConvertToLead`.
#[derive(SimpleObject)]
pub struct IntroductionConvertToLeadPayload {
    /// The request as it is now; null where nothing was done.
    pub introduction: Option<Introduction>,
    /// The lead; null where nothing was done.
    pub lead: Option<Lead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

fn introduction(outcome: Outcome<model::Introduction>) -> Result<(Option<Introduction>, Vec<UserError>)> {
    let (row, user_errors) = settle(outcome)?;
    Ok((row.map(Introduction), user_errors))
}

#[Object]
impl IntroductionMutation {
    /// Asks the partner of an overlap to introduce the viewer's organization to the company. The partner has 14 days to
    /// answer; its partner managers are told. At most one request of each side about an overlap is open, and at most 500 of
    /// an organization wait for an answer. Requires: member. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, ALREADY_EXISTS,
    /// REQUIRED, TOO_LONG, TOO_MANY, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn introduction_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked, about which overlap.")] input: IntroductionRequestInput,
    ) -> Option<Result<IntroductionRequestPayload>> {
        let done = async {
            let (request, key) = input.split()?;
            let outcome = service::request(ctx.op()?, request, key.as_deref()).await;
            let (introduction, user_errors) = introduction(outcome)?;
            Ok(IntroductionRequestPayload { introduction, user_errors })
        };
        Some(done.await)
    }

    /// Accepts a request: the viewer's organization is going to introduce. It is no promise, and nothing of an account is
    /// shown by it. Requires: member of the receiver. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, EXPIRED,
    /// INVALID_STATE, TOO_LONG, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn introduction_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] id: ID,
        #[graphql(desc = "What to say, and what to check.")] input: Option<IntroductionAcceptInput>,
    ) -> Option<Result<IntroductionAcceptPayload>> {
        let done = async {
            let IntroductionAcceptInput { comment, expected_revision, idempotency_key } = input.unwrap_or_default();
            let (op, id, key) = (ctx.op()?, node::parse(&id)?, idempotency_key.as_deref());
            let outcome = service::accept(op, id, comment.as_deref(), expected_revision, key).await;
            let (introduction, user_errors) = introduction(outcome)?;
            Ok(IntroductionAcceptPayload { introduction, user_errors })
        };
        Some(done.await)
    }

    /// Declines a request. Requires: member of the receiver. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, EXPIRED,
    /// INVALID_STATE, REQUIRED, TOO_LONG.
    async fn introduction_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] id: ID,
        #[graphql(desc = "Why.")] input: IntroductionDeclineInput,
    ) -> Option<Result<IntroductionDeclinePayload>> {
        let done = async {
            let IntroductionDeclineInput { reason, comment, expected_revision } = input;
            let (op, id) = (ctx.op()?, node::parse(&id)?);
            let outcome = service::decline(op, id, reason.into(), comment.as_deref(), expected_revision).await;
            let (introduction, user_errors) = introduction(outcome)?;
            Ok(IntroductionDeclinePayload { introduction, user_errors })
        };
        Some(done.await)
    }

    /// Takes a request back that nobody has answered. Requires: member of the asker. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, EXPIRED, INVALID_STATE.
    async fn introduction_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] id: ID,
        #[graphql(desc = "What to check.")] input: Option<IntroductionCancelInput>,
    ) -> Option<Result<IntroductionCancelPayload>> {
        let done = async {
            let IntroductionCancelInput { expected_revision } = input.unwrap_or_default();
            let outcome = service::cancel(ctx.op()?, node::parse(&id)?, expected_revision).await;
            let (introduction, user_errors) = introduction(outcome)?;
            Ok(IntroductionCancelPayload { introduction, user_errors })
        };
        Some(done.await)
    }

    /// Says what came of a request that was accepted; what either side says last counts. From the first outcome on another
    /// request about the company may be sent. Requires: member of either side. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, INVALID_STATE, REQUIRED, TOO_LONG, OUT_OF_RANGE.
    async fn introduction_record_outcome(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] id: ID,
        #[graphql(desc = "What came of it.")] input: IntroductionRecordOutcomeInput,
    ) -> Option<Result<IntroductionRecordOutcomePayload>> {
        let done = async {
            let (said, revision) = input.split();
            let outcome = service::record_outcome(ctx.op()?, node::parse(&id)?, said, revision).await;
            let (introduction, user_errors) = introduction(outcome)?;
            Ok(IntroductionRecordOutcomePayload { introduction, user_errors })
        };
        Some(done.await)
    }

    /// Makes an accepted request an opportunity of the asker, in one step: what its own list says of the company is its
    /// beginning. The receiver learns that it came to that; to take part it is invited. Requires: member of the asker.
    /// Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, TOO_LONG, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn introduction_convert_to_opportunity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] id: ID,
        #[graphql(desc = "What the list does not say.")] input: Option<IntroductionConvertToOpportunityInput>,
    ) -> Option<Result<IntroductionConvertToOpportunityPayload>> {
        let done = async {
            let input = input.unwrap_or_default();
            let (op, id, key) = (ctx.op()?, node::parse(&id)?, input.idempotency_key.as_deref());
            let outcome =
                service::convert_to_opportunity(op, id, input.title.as_deref(), input.expected_revision, key).await;
            let (both, user_errors) = settle(outcome)?;
            let (row, made) = both.unzip();
            let opportunity = match made {
                Some(made) => load(ctx, made).await?.map(Opportunity),
                None => None,
            };
            let introduction = row.map(Introduction);
            Ok(IntroductionConvertToOpportunityPayload { introduction, opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Makes an accepted request a lead of the receiver that goes to the asker at once, in one step: what the receiver's own
    /// list says of the company is its beginning. Requires: member of the receiver. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, INVALID_STATE, INVALID_FORMAT, REQUIRED, TOO_LONG, TOO_MANY, OUT_OF_RANGE,
    /// IDEMPOTENCY_KEY_REUSED.
    async fn introduction_convert_to_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request's id.")] id: ID,
        #[graphql(desc = "What the list does not say.")] input: Option<IntroductionConvertToLeadInput>,
    ) -> Option<Result<IntroductionConvertToLeadPayload>> {
        let done = async {
            let (lead, revision, key) = input.unwrap_or_default().split();
            let (op, id) = (ctx.op()?, node::parse(&id)?);
            let outcome = service::convert_to_lead(op, id, lead, revision, key.as_deref()).await;
            let (both, user_errors) = settle(outcome)?;
            let (row, made) = both.unzip();
            let lead = match made {
                Some(made) => load(ctx, made).await?.map(Lead),
                None => None,
            };
            Ok(IntroductionConvertToLeadPayload { introduction: row.map(Introduction), lead, user_errors })
        };
        Some(done.await)
    }
}
