//! What can be done with leads. The key of a service needs the scope `OPPORTUNITIES_WRITE` for all of it.

use super::{
    input::{
        LeadAcceptInput, LeadCancelInput, LeadConvertInput, LeadCreateInput, LeadDeclineInput, LeadSendInput,
        LeadUpdateInput,
    },
    types::Lead,
};
use crate::{
    cosell::graphql::types::Opportunity,
    lead::{model::Seen, service},
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
pub struct LeadMutation;

/// What came of `leadCreate`.
#[derive(SimpleObject)]
pub struct LeadCreatePayload {
    /// The lead; null where nothing was done.
    pub lead: Option<Lead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `leadUpdate`.
#[derive(SimpleObject)]
pub struct LeadUpdatePayload {
    /// The lead as it is now; null where nothing was done.
    pub lead: Option<Lead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `leadSend`.
#[derive(SimpleObject)]
pub struct LeadSendPayload {
    /// The lead as it is now; null where nothing was done.
    pub lead: Option<Lead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `leadAccept`.
#[derive(SimpleObject)]
pub struct LeadAcceptPayload {
    /// The lead as it is now; null where nothing was done.
    pub lead: Option<Lead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `leadDecline`.
#[derive(SimpleObject)]
pub struct LeadDeclinePayload {
    /// The lead as the viewer sees it now; null where nothing was done.
    pub lead: Option<Lead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `leadConvert`.
#[derive(SimpleObject)]
pub struct LeadConvertPayload {
    /// The lead as it is now; null where nothing was done.
    pub lead: Option<Lead>,
    /// The opportunity that it became; null where nothing was done, and on a retry where the viewer sees it no more.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `leadCancel`.
#[derive(SimpleObject)]
pub struct LeadCancelPayload {
    /// The lead as it is now; null where nothing was done.
    pub lead: Option<Lead>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

fn lead(outcome: Outcome<Seen>) -> Result<(Option<Lead>, Vec<UserError>)> {
    let (seen, user_errors) = settle(outcome)?;
    Ok((seen.map(Lead), user_errors))
}

#[Object]
impl LeadMutation {
    /// Writes a lead down, and sends it where `receiver` is given. Receivers are partners by a partnership that both agreed
    /// to and that holds. At most 1,000 leads of an organization wait for an answer at a time. Requires: member. Codes:
    /// NOT_FOUND, NOT_ALLOWED, INVALID_STATE, INVALID_VALUE, INVALID_FORMAT, OUT_OF_RANGE, REQUIRED, TOO_LONG, TOO_MANY,
    /// IDEMPOTENCY_KEY_REUSED.
    async fn lead_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says, and to whom it goes.")] input: LeadCreateInput,
    ) -> Option<Result<LeadCreatePayload>> {
        let done = async {
            let (new, key) = input.split();
            let (lead, user_errors) = lead(service::create(ctx.op()?, new, key.as_deref()).await)?;
            Ok(LeadCreatePayload { lead, user_errors })
        };
        Some(done.await)
    }

    /// Changes what a lead says while it has not come to its end. Requires: member of the sender; for `readiness` and
    /// `qualification` alone, also member of the receiver that accepted it. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, INVALID_STATE, INVALID_FORMAT, OUT_OF_RANGE, REQUIRED, TOO_LONG, TOO_MANY.
    async fn lead_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead.")] id: ID,
        #[graphql(desc = "What to change.")] input: LeadUpdateInput,
    ) -> Option<Result<LeadUpdatePayload>> {
        let done = async {
            let (patch, revision) = input.split();
            let (lead, user_errors) = lead(service::update(ctx.op()?, node::parse(&id)?, patch, revision).await)?;
            Ok(LeadUpdatePayload { lead, user_errors })
        };
        Some(done.await)
    }

    /// Sends a lead that was kept: to the receiver now, to each of the fallbacks when the one before declined or did not
    /// answer in time. All are partners by a partnership that both agreed to and that holds. Requires: member of the
    /// sender. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, INVALID_VALUE, OUT_OF_RANGE, TOO_MANY.
    async fn lead_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead.")] id: ID,
        #[graphql(desc = "To whom.")] input: LeadSendInput,
    ) -> Option<Result<LeadSendPayload>> {
        let done = async {
            let (sending, revision) = input.split();
            let (lead, user_errors) = lead(service::send(ctx.op()?, node::parse(&id)?, sending, revision).await)?;
            Ok(LeadSendPayload { lead, user_errors })
        };
        Some(done.await)
    }

    /// Accepts a lead: from now on the receiver reads all of it, the contact as far as the person agreed. Requires: member
    /// of the receiver. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, EXPIRED, INVALID_STATE, OUT_OF_RANGE,
    /// IDEMPOTENCY_KEY_REUSED.
    async fn lead_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead.")] id: ID,
        #[graphql(desc = "What to check.")] input: Option<LeadAcceptInput>,
    ) -> Option<Result<LeadAcceptPayload>> {
        let done = async {
            let LeadAcceptInput { expected_revision, idempotency_key } = input.unwrap_or_default();
            let outcome = service::accept(ctx.op()?, node::parse(&id)?, expected_revision, idempotency_key.as_deref());
            let (lead, user_errors) = lead(outcome.await)?;
            Ok(LeadAcceptPayload { lead, user_errors })
        };
        Some(done.await)
    }

    /// Declines a lead, which then goes on to the next receiver, or gives up one that was accepted. Requires: member of the
    /// receiver. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, EXPIRED, INVALID_STATE, REQUIRED, TOO_LONG.
    async fn lead_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead.")] id: ID,
        #[graphql(desc = "Why.")] input: LeadDeclineInput,
    ) -> Option<Result<LeadDeclinePayload>> {
        let done = async {
            let LeadDeclineInput { reason, comment, expected_revision } = input;
            let (op, id) = (ctx.op()?, node::parse(&id)?);
            let outcome = service::decline(op, id, reason.into(), comment.as_deref(), expected_revision).await;
            let (lead, user_errors) = lead(outcome)?;
            Ok(LeadDeclinePayload { lead, user_errors })
        };
        Some(done.await)
    }

    /// Makes an accepted lead an opportunity of the receiver, in one step: what the lead says is its beginning, and the
    /// lead's contact is its first, on the terms on which it was handed on. The sender learns that it came to that; to take
    /// part it is invited. Requires: member of the receiver. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, EXPIRED,
    /// INVALID_STATE, TOO_LONG, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn lead_convert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead.")] id: ID,
        #[graphql(desc = "What the lead does not say.")] input: Option<LeadConvertInput>,
    ) -> Option<Result<LeadConvertPayload>> {
        let done = async {
            let LeadConvertInput { title, expected_revision, idempotency_key } = input.unwrap_or_default();
            let (op, id, key) = (ctx.op()?, node::parse(&id)?, idempotency_key.as_deref());
            let outcome = service::convert(op, id, title.as_deref(), expected_revision, key).await;
            let (both, user_errors) = settle(outcome)?;
            let (seen, made) = both.unzip();
            let opportunity = match made {
                Some(made) => load(ctx, made).await?.map(Opportunity),
                None => None,
            };
            Ok(LeadConvertPayload { lead: seen.map(Lead), opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Takes a lead back that nobody has accepted. Requires: member of the sender. Codes: NOT_FOUND, NOT_ALLOWED,
    /// REVISION_MISMATCH, EXPIRED, INVALID_STATE.
    async fn lead_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead.")] id: ID,
        #[graphql(desc = "What to check.")] input: Option<LeadCancelInput>,
    ) -> Option<Result<LeadCancelPayload>> {
        let done = async {
            let LeadCancelInput { expected_revision } = input.unwrap_or_default();
            let outcome = service::cancel(ctx.op()?, node::parse(&id)?, expected_revision).await;
            let (lead, user_errors) = lead(outcome)?;
            Ok(LeadCancelPayload { lead, user_errors })
        };
        Some(done.await)
    }
}
