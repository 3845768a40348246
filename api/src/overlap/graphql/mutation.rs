//! What can be done with runs and overlaps. The key of a service needs the scope `PARTNERSHIPS_WRITE` for all of it.

use super::{dispute::OverlapDispute, enums::OverlapVerdict, run::MappingRun};
use crate::{
    op::Outcome,
    overlap::{model, service},
    schema::{
        error::{ContextExt, UserError, settle},
        loader::load,
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use entity::id::MappingRunId;

/// Root fields of this room.
#[derive(Default)]
pub struct OverlapMutation;

/// What came of `mappingRunCancel`.
#[derive(SimpleObject)]
pub struct MappingRunCancelPayload {
    /// The run as it is now: canceled, or still running until whoever works on it has stopped, within a second. Null where
    /// nothing was done.
    pub mapping_run: Option<MappingRun>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `overlapDisputeRaise`.
#[derive(SimpleObject)]
pub struct OverlapDisputeRaisePayload {
    /// The dispute; null where nothing was done.
    pub overlap_dispute: Option<OverlapDispute>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `overlapDisputeAnswer`.
#[derive(SimpleObject)]
pub struct OverlapDisputeAnswerPayload {
    /// The dispute as it is now; null where nothing was done.
    pub overlap_dispute: Option<OverlapDispute>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `overlapDisputeWithdraw`.
#[derive(SimpleObject)]
pub struct OverlapDisputeWithdrawPayload {
    /// The dispute as it is now; null where nothing was done.
    pub overlap_dispute: Option<OverlapDispute>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What is said of two accounts.
#[derive(InputObject)]
pub struct OverlapDisputeRaiseInput {
    /// The id of the account of the viewer's organization.
    pub own: ID,
    /// The id of the partner's account, which the viewer sees in an overlap or in `greenfield`.
    pub partner: ID,
    /// What is said of them.
    pub verdict: OverlapVerdict,
    /// Why, at most 500 characters. The partner reads it.
    pub note: Option<String>,
}

/// The answer to a dispute.
#[derive(InputObject)]
pub struct OverlapDisputeAnswerInput {
    /// Whether it is right. What is rejected is taken back at once.
    pub agree: bool,
    /// In words, at most 500 characters. Whoever raised it reads it.
    pub answer: Option<String>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to check before a dispute is taken back.
#[derive(InputObject, Default)]
pub struct OverlapDisputeWithdrawInput {
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

async fn dispute(
    ctx: &Context<'_>,
    outcome: Outcome<model::OverlapDispute>,
) -> Result<(Option<OverlapDispute>, Vec<UserError>)> {
    let (row, user_errors) = settle(outcome)?;
    let seen = match row {
        Some(row) => load(ctx, row.id).await?,
        None => None,
    };
    Ok((seen.map(OverlapDispute), user_errors))
}

#[Object]
impl OverlapMutation {
    /// Stops a comparison that waits or is made. What readers see stays as it was; the two lists are not compared again
    /// until one of them changes. Requires: manager of either side. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE.
    async fn mapping_run_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The run's id.")] id: ID,
    ) -> Option<Result<MappingRunCancelPayload>> {
        let done = async {
            let id = node::parse::<MappingRunId>(&id)?;
            let (row, user_errors) = settle(service::cancel_run(ctx.op()?, id).await)?;
            let seen = match row {
                Some(row) => load(ctx, row.id).await?,
                None => None,
            };
            Ok(MappingRunCancelPayload { mapping_run: seen.map(MappingRun), user_errors })
        };
        Some(done.await)
    }

    /// Says of two accounts that they are, or are not, the same company. It holds for both sides at once, and through all
    /// comparisons, until the partner rejects it or it is taken back. Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED,
    /// INVALID_STATE, ALREADY_EXISTS, TOO_LONG.
    async fn overlap_dispute_raise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said, of which accounts.")] input: OverlapDisputeRaiseInput,
    ) -> Option<Result<OverlapDisputeRaisePayload>> {
        let done = async {
            let raising = service::Raising {
                own: node::parse(&input.own)?,
                partner: node::parse(&input.partner)?,
                verdict: input.verdict.into(),
                note: input.note,
            };
            let (overlap_dispute, user_errors) = dispute(ctx, service::raise(ctx.op()?, raising).await).await?;
            Ok(OverlapDisputeRaisePayload { overlap_dispute, user_errors })
        };
        Some(done.await)
    }

    /// Agrees to a dispute that the partner raised, or rejects it, which takes it back at once. Requires: manager of the
    /// side that did not raise it. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, TOO_LONG.
    async fn overlap_dispute_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dispute's id.")] id: ID,
        #[graphql(desc = "The answer.")] input: OverlapDisputeAnswerInput,
    ) -> Option<Result<OverlapDisputeAnswerPayload>> {
        let done = async {
            let OverlapDisputeAnswerInput { agree, answer, expected_revision } = input;
            let id = node::parse(&id)?;
            let outcome = service::answer(ctx.op()?, id, agree, answer, expected_revision).await;
            let (overlap_dispute, user_errors) = dispute(ctx, outcome).await?;
            Ok(OverlapDisputeAnswerPayload { overlap_dispute, user_errors })
        };
        Some(done.await)
    }

    /// Takes a dispute back, which ends its effect at once. Requires: manager of the side that raised it. Codes: NOT_FOUND,
    /// NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE.
    async fn overlap_dispute_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The dispute's id.")] id: ID,
        #[graphql(desc = "What to check before.")] input: Option<OverlapDisputeWithdrawInput>,
    ) -> Option<Result<OverlapDisputeWithdrawPayload>> {
        let done = async {
            let id = node::parse(&id)?;
            let expected = input.unwrap_or_default().expected_revision;
            let outcome = service::withdraw(ctx.op()?, id, expected).await;
            let (overlap_dispute, user_errors) = dispute(ctx, outcome).await?;
            Ok(OverlapDisputeWithdrawPayload { overlap_dispute, user_errors })
        };
        Some(done.await)
    }
}
