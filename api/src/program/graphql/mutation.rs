//! What can be done with programs and their tiers.

use super::{
    payload::{
        self, ProgramCreatePayload, ProgramPublishPayload, ProgramRetirePayload, ProgramUpdatePayload,
        TierBenefitsSetPayload, TierCreatePayload, TierRemovePayload, TierRequirementsSetPayload, TierUpdatePayload,
    },
    requests::{
        ExpectedRevisionInput, ProgramCreateInput, ProgramUpdateInput, TierBenefitsSetInput, TierCreateInput,
        TierRequirementsSetInput, TierUpdateInput,
    },
};
use crate::{
    op::Failure,
    program::service::{program, tier},
    schema::{error::ContextExt, node},
};
use async_graphql::{Context, ID, Object, Result};

/// Root fields of this room about programs and tiers.
#[derive(Default)]
pub struct ProgramMutation;

#[Object]
impl ProgramMutation {
    /// Creates a program of the actor's organization, as a draft. Requires: manager. Codes: NOT_ALLOWED, TAKEN, REQUIRED,
    /// TOO_LONG, OUT_OF_RANGE, INVALID_FORMAT, INVALID_VALUE, IDEMPOTENCY_KEY_REUSED.
    async fn program_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The program.")] input: ProgramCreateInput,
    ) -> Option<Result<ProgramCreatePayload>> {
        Some(program_create(ctx, input).await)
    }

    /// Changes a program. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, REQUIRED,
    /// TOO_LONG, OUT_OF_RANGE, INVALID_VALUE.
    async fn program_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The program.")] id: ID,
        #[graphql(desc = "What to change.")] input: ProgramUpdateInput,
    ) -> Option<Result<ProgramUpdatePayload>> {
        Some(program_update(ctx, &id, input).await)
    }

    /// Publishes a draft, or a retired program again: everybody sees it, and it takes members. Requires: manager of the
    /// host. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE.
    async fn program_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The program.")] id: ID,
        #[graphql(desc = "Guards against a change in between.")] input: Option<ExpectedRevisionInput>,
    ) -> Option<Result<ProgramPublishPayload>> {
        Some(program_publish(ctx, &id, input.unwrap_or_default()).await)
    }

    /// Retires a published program: the host and its members still read it, and it takes nobody. Requires: manager of the
    /// host. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE.
    async fn program_retire(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The program.")] id: ID,
        #[graphql(desc = "Guards against a change in between.")] input: Option<ExpectedRevisionInput>,
    ) -> Option<Result<ProgramRetirePayload>> {
        Some(program_retire(ctx, &id, input.unwrap_or_default()).await)
    }

    /// Adds a tier to a program, 50 at most. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED, TAKEN, TOO_MANY,
    /// REQUIRED, TOO_LONG, OUT_OF_RANGE.
    async fn tier_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The program.")] id: ID,
        #[graphql(desc = "The tier.")] input: TierCreateInput,
    ) -> Option<Result<TierCreatePayload>> {
        Some(tier_create(ctx, &id, input).await)
    }

    /// Changes a tier. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, TAKEN, REQUIRED,
    /// TOO_LONG, OUT_OF_RANGE.
    async fn tier_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier.")] id: ID,
        #[graphql(desc = "What to change.")] input: TierUpdateInput,
    ) -> Option<Result<TierUpdatePayload>> {
        Some(tier_update(ctx, &id, input).await)
    }

    /// Removes a tier that no membership holds or ever held. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, INVALID_STATE.
    async fn tier_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier.")] id: ID,
        #[graphql(desc = "Guards against a change in between.")] input: Option<ExpectedRevisionInput>,
    ) -> Option<Result<TierRemovePayload>> {
        Some(tier_remove(ctx, &id, input.unwrap_or_default()).await)
    }

    /// Writes anew what a tier gives. Requires: manager of the host. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH,
    /// TOO_MANY, REQUIRED, TOO_LONG, OUT_OF_RANGE, INVALID_FORMAT, INVALID_VALUE.
    async fn tier_benefits_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier.")] id: ID,
        #[graphql(desc = "All that it gives.")] input: TierBenefitsSetInput,
    ) -> Option<Result<TierBenefitsSetPayload>> {
        Some(tier_benefits_set(ctx, &id, input).await)
    }

    /// Writes a new version of what a tier requires; earlier versions stay readable. Requires: manager of the host. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, TOO_MANY, REQUIRED, TOO_LONG, OUT_OF_RANGE, INVALID_FORMAT,
    /// INVALID_VALUE.
    async fn tier_requirements_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier.")] id: ID,
        #[graphql(desc = "All that it requires.")] input: TierRequirementsSetInput,
    ) -> Option<Result<TierRequirementsSetPayload>> {
        Some(tier_requirements_set(ctx, &id, input).await)
    }
}

async fn program_create(ctx: &Context<'_>, input: ProgramCreateInput) -> Result<ProgramCreatePayload> {
    let (draft, key) = input.split();
    let made = program::create(ctx.op()?, draft, key.as_deref()).await;
    let (program, user_errors) = payload::program(made)?;
    Ok(ProgramCreatePayload { program, user_errors })
}

async fn program_update(ctx: &Context<'_>, id: &ID, input: ProgramUpdateInput) -> Result<ProgramUpdatePayload> {
    let (id, expected) = (node::parse(id)?, input.expected_revision);
    let outcome = match input.patch() {
        Ok(patch) => program::update(ctx.op()?, id, patch, expected).await,
        Err(refusal) => refused(ctx, refusal),
    };
    let (program, user_errors) = payload::program(outcome)?;
    Ok(ProgramUpdatePayload { program, user_errors })
}

async fn program_publish(ctx: &Context<'_>, id: &ID, input: ExpectedRevisionInput) -> Result<ProgramPublishPayload> {
    let outcome = program::publish(ctx.op()?, node::parse(id)?, input.expected_revision).await;
    let (program, user_errors) = payload::program(outcome)?;
    Ok(ProgramPublishPayload { program, user_errors })
}

async fn program_retire(ctx: &Context<'_>, id: &ID, input: ExpectedRevisionInput) -> Result<ProgramRetirePayload> {
    let outcome = program::retire(ctx.op()?, node::parse(id)?, input.expected_revision).await;
    let (program, user_errors) = payload::program(outcome)?;
    Ok(ProgramRetirePayload { program, user_errors })
}

async fn tier_create(ctx: &Context<'_>, id: &ID, input: TierCreateInput) -> Result<TierCreatePayload> {
    let (tier, user_errors) = payload::tier(tier::create(ctx.op()?, node::parse(id)?, input.draft()).await)?;
    Ok(TierCreatePayload { tier, user_errors })
}

async fn tier_update(ctx: &Context<'_>, id: &ID, input: TierUpdateInput) -> Result<TierUpdatePayload> {
    let expected = input.expected_revision;
    let outcome = tier::update(ctx.op()?, node::parse(id)?, input.patch(), expected).await;
    let (tier, user_errors) = payload::tier(outcome)?;
    Ok(TierUpdatePayload { tier, user_errors })
}

async fn tier_remove(ctx: &Context<'_>, id: &ID, input: ExpectedRevisionInput) -> Result<TierRemovePayload> {
    let outcome = tier::remove(ctx.op()?, node::parse(id)?, input.expected_revision).await;
    let (program, user_errors) = payload::program(outcome)?;
    Ok(TierRemovePayload { program, user_errors })
}

async fn tier_benefits_set(ctx: &Context<'_>, id: &ID, input: TierBenefitsSetInput) -> Result<TierBenefitsSetPayload> {
    let (id, expected) = (node::parse(id)?, input.expected_revision);
    let outcome = match input.drafts() {
        Ok(drafts) => tier::set_benefits(ctx.op()?, id, drafts, expected).await,
        Err(refusal) => refused(ctx, refusal),
    };
    let (tier, user_errors) = payload::tier(outcome)?;
    Ok(TierBenefitsSetPayload { tier, user_errors })
}

async fn tier_requirements_set(
    ctx: &Context<'_>,
    id: &ID,
    input: TierRequirementsSetInput,
) -> Result<TierRequirementsSetPayload> {
    let (id, expected, from) = (node::parse(id)?, input.expected_revision, input.effective_from.0);
    let outcome = match input.drafts() {
        Ok(drafts) => tier::set_requirements(ctx.op()?, id, from, drafts, expected).await,
        Err(refusal) => refused(ctx, refusal),
    };
    let (tier, user_errors) = payload::tier(outcome)?;
    Ok(TierRequirementsSetPayload { tier, user_errors })
}

/// A refusal of the input; a visitor is told to sign in first.
pub(super) fn refused<T>(ctx: &Context<'_>, refusal: crate::op::Refusal) -> Result<T, Failure> {
    let signed_in = ctx.op().map_err(|_| Failure::from(crate::op::Fault::internal("no operation in the context")))?;
    signed_in.signed_in()?;
    Err(refusal.into())
}
