//! What can be done with memberships.

use super::{
    membership_requests::{
        MembershipApplyInput, MembershipApproveInput, MembershipAssignTierInput, MembershipDeclineInput,
        MembershipInviteInput, MembershipMetricRecordInput, MembershipRejectInput, MembershipRenewInput,
        MembershipSuspendInput, MembershipTerminateInput,
    },
    mutation::refused,
    payload::{
        self, MembershipAcceptPayload, MembershipApplyPayload, MembershipApprovePayload, MembershipAssignTierPayload,
        MembershipDeclinePayload, MembershipInvitePayload, MembershipMetricRecordPayload, MembershipReinstatePayload,
        MembershipRejectPayload, MembershipRenewPayload, MembershipSuspendPayload, MembershipTerminatePayload,
        MembershipWithdrawPayload,
    },
    requests::{ExpectedRevisionInput, type_set},
};
use crate::{
    program::service::{membership, metric, request},
    schema::{error::ContextExt, node},
};
use async_graphql::{Context, ID, Object, Result};

/// Root fields of this room about memberships.
#[derive(Default)]
pub struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Applies to a program in the name of the actor's organization. After a rejection or an end the earlier membership
    /// goes on, with its history. Requires: manager of the organization. Codes: NOT_FOUND, NOT_ALLOWED, REQUIRED,
    /// TOO_LONG, INVALID_VALUE, INVALID_STATE, ALREADY_EXISTS, IDEMPOTENCY_KEY_REUSED.
    async fn membership_apply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application.")] input: MembershipApplyInput,
    ) -> Option<Result<MembershipApplyPayload>> {
        Some(apply(ctx, input).await)
    }

    /// Invites an organization into a program. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED, REQUIRED,
    /// TOO_LONG, INVALID_VALUE, INVALID_STATE, ALREADY_EXISTS, IDEMPOTENCY_KEY_REUSED.
    async fn membership_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] input: MembershipInviteInput,
    ) -> Option<Result<MembershipInvitePayload>> {
        Some(invite(ctx, input).await)
    }

    /// Accepts an invitation: the organization is a member from today on. Requires: manager of the organization. Codes:
    /// NOT_FOUND, NOT_ALLOWED, INVALID_STATE.
    async fn membership_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
    ) -> Option<Result<MembershipAcceptPayload>> {
        Some(accept(ctx, &id).await)
    }

    /// Declines an invitation. Requires: manager of the organization. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE,
    /// TOO_LONG.
    async fn membership_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "Why and how.")] input: Option<MembershipDeclineInput>,
    ) -> Option<Result<MembershipDeclinePayload>> {
        Some(decline(ctx, &id, input).await)
    }

    /// Takes back what waits for an answer. Requires: manager of the organization for an application, manager of the
    /// host for an invitation. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE.
    async fn membership_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
    ) -> Option<Result<MembershipWithdrawPayload>> {
        Some(withdraw(ctx, &id).await)
    }

    /// Says yes to an application: the organization is a member from today on. Requires: manager of the host. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, OUT_OF_RANGE.
    async fn membership_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "Why and how.")] input: Option<MembershipApproveInput>,
    ) -> Option<Result<MembershipApprovePayload>> {
        Some(approve(ctx, &id, input).await)
    }

    /// Says no to an application. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH,
    /// INVALID_STATE, REQUIRED, TOO_LONG.
    async fn membership_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "Why and how.")] input: MembershipRejectInput,
    ) -> Option<Result<MembershipRejectPayload>> {
        Some(reject(ctx, &id, input).await)
    }

    /// Sets a membership aside: it does not count until it is reinstated. Requires: manager of the host. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, REQUIRED, TOO_LONG.
    async fn membership_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "Why and how.")] input: MembershipSuspendInput,
    ) -> Option<Result<MembershipSuspendPayload>> {
        Some(suspend(ctx, &id, input).await)
    }

    /// Ends a suspension. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH,
    /// INVALID_STATE.
    async fn membership_reinstate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "Guards against a change in between.")] input: Option<ExpectedRevisionInput>,
    ) -> Option<Result<MembershipReinstatePayload>> {
        Some(reinstate(ctx, &id, input).await)
    }

    /// Ends a membership today. Requires: manager of the host, or of the organization, which then leaves. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, REQUIRED, TOO_LONG.
    async fn membership_terminate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "Why and how.")] input: MembershipTerminateInput,
    ) -> Option<Result<MembershipTerminatePayload>> {
        Some(terminate(ctx, &id, input).await)
    }

    /// Says until when a membership holds, or that it has no end; one that was not renewed in time begins again today
    /// with its last tier. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH,
    /// INVALID_STATE, OUT_OF_RANGE.
    async fn membership_renew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "Until when.")] input: MembershipRenewInput,
    ) -> Option<Result<MembershipRenewPayload>> {
        Some(renew(ctx, &id, input).await)
    }

    /// Gives a membership a tier: a higher or equal one at once, a lower one after the program's grace period, either
    /// from a later day on where one is named. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, INVALID_STATE, INVALID_VALUE, OUT_OF_RANGE.
    async fn membership_assign_tier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "The tier.")] input: MembershipAssignTierInput,
    ) -> Option<Result<MembershipAssignTierPayload>> {
        Some(assign_tier(ctx, &id, input).await)
    }

    /// Records a measured value, by which requirements are judged. Requires: manager of the host. Codes: NOT_FOUND,
    /// NOT_ALLOWED, INVALID_STATE, REQUIRED, TOO_LONG, INVALID_FORMAT, INVALID_VALUE, OUT_OF_RANGE.
    async fn membership_metric_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership.")] id: ID,
        #[graphql(desc = "The value.")] input: MembershipMetricRecordInput,
    ) -> Option<Result<MembershipMetricRecordPayload>> {
        Some(metric_record(ctx, &id, input).await)
    }
}

async fn apply(ctx: &Context<'_>, input: MembershipApplyInput) -> Result<MembershipApplyPayload> {
    let request = request::Request {
        program: input.program,
        organization: None,
        types: type_set(input.types),
        message: input.message,
    };
    let outcome = request::apply(ctx.op()?, request, input.idempotency_key.as_deref()).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipApplyPayload { membership, user_errors })
}

async fn invite(ctx: &Context<'_>, input: MembershipInviteInput) -> Result<MembershipInvitePayload> {
    let request = request::Request {
        program: input.program,
        organization: Some(input.organization),
        types: type_set(input.types),
        message: input.message,
    };
    let outcome = request::invite(ctx.op()?, request, input.idempotency_key.as_deref()).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipInvitePayload { membership, user_errors })
}

async fn accept(ctx: &Context<'_>, id: &ID) -> Result<MembershipAcceptPayload> {
    let outcome = request::accept(ctx.op()?, node::parse(id)?).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipAcceptPayload { membership, user_errors })
}

async fn decline(
    ctx: &Context<'_>,
    id: &ID,
    input: Option<MembershipDeclineInput>,
) -> Result<MembershipDeclinePayload> {
    let comment = input.and_then(|input| input.comment);
    let outcome = request::decline(ctx.op()?, node::parse(id)?, comment.as_deref()).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipDeclinePayload { membership, user_errors })
}

async fn withdraw(ctx: &Context<'_>, id: &ID) -> Result<MembershipWithdrawPayload> {
    let outcome = request::withdraw(ctx.op()?, node::parse(id)?).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipWithdrawPayload { membership, user_errors })
}

async fn approve(
    ctx: &Context<'_>,
    id: &ID,
    input: Option<MembershipApproveInput>,
) -> Result<MembershipApprovePayload> {
    let id = node::parse(id)?;
    let (tier, expires_on, expected) = match input {
        Some(input) => (input.tier, input.expires_on.map(|date| date.0), input.expected_revision),
        None => (None, None, None),
    };
    let tier = tier.as_ref().map(node::parse).transpose()?;
    let outcome = membership::approve(ctx.op()?, id, tier, expires_on, expected).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipApprovePayload { membership, user_errors })
}

async fn reject(ctx: &Context<'_>, id: &ID, input: MembershipRejectInput) -> Result<MembershipRejectPayload> {
    let outcome = membership::reject(
        ctx.op()?,
        node::parse(id)?,
        input.reason.into(),
        input.comment.as_deref(),
        input.expected_revision,
    )
    .await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipRejectPayload { membership, user_errors })
}

async fn suspend(ctx: &Context<'_>, id: &ID, input: MembershipSuspendInput) -> Result<MembershipSuspendPayload> {
    let outcome = membership::suspend(ctx.op()?, node::parse(id)?, &input.comment, input.expected_revision).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipSuspendPayload { membership, user_errors })
}

async fn reinstate(
    ctx: &Context<'_>,
    id: &ID,
    input: Option<ExpectedRevisionInput>,
) -> Result<MembershipReinstatePayload> {
    let expected = input.and_then(|input| input.expected_revision);
    let outcome = membership::reinstate(ctx.op()?, node::parse(id)?, expected).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipReinstatePayload { membership, user_errors })
}

async fn terminate(ctx: &Context<'_>, id: &ID, input: MembershipTerminateInput) -> Result<MembershipTerminatePayload> {
    let outcome = membership::terminate(ctx.op()?, node::parse(id)?, &input.comment, input.expected_revision).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipTerminatePayload { membership, user_errors })
}

async fn renew(ctx: &Context<'_>, id: &ID, input: MembershipRenewInput) -> Result<MembershipRenewPayload> {
    let outcome =
        membership::renew(ctx.op()?, node::parse(id)?, input.until.map(|date| date.0), input.expected_revision).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipRenewPayload { membership, user_errors })
}

async fn assign_tier(
    ctx: &Context<'_>,
    id: &ID,
    input: MembershipAssignTierInput,
) -> Result<MembershipAssignTierPayload> {
    let (id, tier) = (node::parse(id)?, node::parse(&input.tier)?);
    let effective_on = input.effective_on.map(|date| date.0);
    let outcome =
        membership::assign_tier(ctx.op()?, id, tier, effective_on, input.waive_grace, input.expected_revision).await;
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipAssignTierPayload { membership, user_errors })
}

async fn metric_record(
    ctx: &Context<'_>,
    id: &ID,
    input: MembershipMetricRecordInput,
) -> Result<MembershipMetricRecordPayload> {
    let id = node::parse(id)?;
    let draft = input.draft(ctx.op()?.today());
    let outcome = match draft {
        Ok(draft) => metric::record(ctx.op()?, id, draft).await,
        Err(refusal) => refused(ctx, refusal),
    };
    let (membership, user_errors) = payload::membership(outcome)?;
    Ok(MembershipMetricRecordPayload { membership, user_errors })
}
