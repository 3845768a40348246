//! Public profiles and their moderation.

use super::patched;
use crate::{
    op::Outcome,
    organization::{
        graphql::{profile::ProfileChange, types::Organization},
        model::{self, ProfilePatch, ProfileTextPatch},
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
        scalar::Url,
    },
};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};

/// Root fields about profiles.
#[derive(Default)]
pub struct ProfileMutation;

/// An edit of a profile. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct ProfileUpdateInput {
    /// The locale that the other texts are translated from, a BCP 47 tag such as `pt-BR`; needed for the first profile.
    pub source_locale: Option<String>,
    /// The public website.
    pub website_url: MaybeUndefined<Url>,
    /// The logo.
    pub logo_url: MaybeUndefined<Url>,
    /// All texts: those in the source locale and in at most 20 others, each locale once.
    pub texts: MaybeUndefined<Vec<ProfileTextInput>>,
    /// Change only if the organization's revision is this.
    pub expected_revision: Option<i32>,
}

/// The texts of a profile in one locale; one of them at least.
#[derive(InputObject)]
pub struct ProfileTextInput {
    /// The locale, a BCP 47 tag such as `pt-BR`, at most 35 characters.
    pub locale: String,
    /// One line, at most 160 characters.
    pub headline: Option<String>,
    /// Plain text of several lines, at most 2,000 characters.
    pub description: Option<String>,
}

/// Why a change is rejected.
#[derive(InputObject)]
pub struct ProfileChangeRejectInput {
    /// The reason, 1 to 500 characters; the organization's people read it.
    pub reason: String,
}

/// What came of `profileUpdate`.
#[derive(SimpleObject)]
pub struct ProfileUpdatePayload {
    /// The organization as it is now; null where nothing was done.
    pub organization: Option<Organization>,
    /// The change that waits for a moderator; null where the edit shows at once, and where nothing was done.
    pub profile_change: Option<ProfileChange>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `profileChangeApprove`.
#[derive(SimpleObject)]
pub struct ProfileChangeApprovePayload {
    /// The change as it is now; null where nothing was done.
    pub profile_change: Option<ProfileChange>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `profileChangeReject`.
#[derive(SimpleObject)]
pub struct ProfileChangeRejectPayload {
    /// The change as it is now; null where nothing was done.
    pub profile_change: Option<ProfileChange>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `profileChangeWithdraw`.
#[derive(SimpleObject)]
pub struct ProfileChangeWithdrawPayload {
    /// The change as it is now; null where nothing was done.
    pub profile_change: Option<ProfileChange>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl ProfileMutation {
    /// Edits the public profile. It shows at once, or waits for a moderator where the organization is in a program that
    /// moderates; an edit that waits builds on the one that waited before and takes its place. Requires: manager of the
    /// organization, or administrator of the operator. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, REQUIRED,
    /// TOO_LONG, TOO_MANY, INVALID_FORMAT, INVALID_VALUE.
    async fn profile_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
        #[graphql(desc = "The edit.")] input: ProfileUpdateInput,
    ) -> Option<Result<ProfileUpdatePayload>> {
        Some(update(ctx, &id, input).await)
    }

    /// Takes a waiting change over into the public profile. Requires: manager of the operator. Codes: NOT_FOUND,
    /// NOT_ALLOWED, INVALID_STATE.
    async fn profile_change_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] id: ID,
    ) -> Option<Result<ProfileChangeApprovePayload>> {
        let done = async { settled(service::approve_change(ctx.op()?, node::parse(&id)?).await) };
        let payload = |(profile_change, user_errors)| ProfileChangeApprovePayload { profile_change, user_errors };
        Some(done.await.map(payload))
    }

    /// Refuses a waiting change. Requires: manager of the operator. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE, REQUIRED,
    /// TOO_LONG.
    async fn profile_change_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] id: ID,
        #[graphql(desc = "Why.")] input: ProfileChangeRejectInput,
    ) -> Option<Result<ProfileChangeRejectPayload>> {
        let done = async { settled(service::reject_change(ctx.op()?, node::parse(&id)?, &input.reason).await) };
        let payload = |(profile_change, user_errors)| ProfileChangeRejectPayload { profile_change, user_errors };
        Some(done.await.map(payload))
    }

    /// Takes a waiting change back. Requires: manager of the organization, or administrator of the operator. Codes:
    /// NOT_FOUND, NOT_ALLOWED, INVALID_STATE.
    async fn profile_change_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] id: ID,
    ) -> Option<Result<ProfileChangeWithdrawPayload>> {
        let done = async { settled(service::withdraw_change(ctx.op()?, node::parse(&id)?).await) };
        let payload = |(profile_change, user_errors)| ProfileChangeWithdrawPayload { profile_change, user_errors };
        Some(done.await.map(payload))
    }
}

fn settled(outcome: Outcome<model::ProfileChange>) -> Result<(Option<ProfileChange>, Vec<UserError>)> {
    let (change, user_errors) = settle(outcome)?;
    Ok((change.map(ProfileChange), user_errors))
}

async fn update(ctx: &Context<'_>, id: &ID, input: ProfileUpdateInput) -> Result<ProfileUpdatePayload> {
    let text = |text: ProfileTextInput| ProfileTextPatch {
        locale: text.locale,
        headline: text.headline,
        description: text.description,
    };
    let patch = ProfilePatch {
        source_locale: input.source_locale,
        website_url: patched(input.website_url, |url| url.0),
        logo_url: patched(input.logo_url, |url| url.0),
        texts: patched(input.texts, |texts| texts.into_iter().map(text).collect()).map(Option::unwrap_or_default),
    };
    let outcome = service::update_profile(ctx.op()?, node::parse(id)?, patch, input.expected_revision).await;
    let (done, user_errors) = settle(outcome)?;
    let (organization, change) = done.map_or((None, None), |done| (Some(done.organization), done.pending));
    Ok(ProfileUpdatePayload {
        organization: organization.map(Organization),
        profile_change: change.map(ProfileChange),
        user_errors,
    })
}
