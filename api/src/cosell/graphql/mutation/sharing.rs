//! Sharing an opportunity: invitations and their answers, what participants see, and how they go.

use super::opportunity;
use crate::{
    cosell::{
        graphql::{
            input::{
                InvitationAcceptInput, InvitationDeclineInput, OpportunityInviteInput, OpportunityRevisionInput,
                OpportunityRevokeInput, OpportunityShareUpdateInput, OpportunitySnapshotTakeInput,
            },
            invitation::Invitation,
            record::Snapshot,
            types::Opportunity,
        },
        model, service,
    },
    op::Outcome,
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::id::TypedId;

/// Root fields of this room.
#[derive(Default)]
pub struct OpportunitySharingMutation;

/// What came of `opportunityInvite`.
#[derive(SimpleObject)]
pub struct OpportunityInvitePayload {
    /// The invitation; null where nothing was done.
    pub invitation: Option<Invitation>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `invitationAccept`.
#[derive(SimpleObject)]
pub struct InvitationAcceptPayload {
    /// The invitation as it is now; null where nothing was done.
    pub invitation: Option<Invitation>,
    /// The opportunity that the viewer's organization takes part in now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `invitationDecline`.
#[derive(SimpleObject)]
pub struct InvitationDeclinePayload {
    /// The invitation as it is now; null where nothing was done.
    pub invitation: Option<Invitation>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `invitationCancel`.
#[derive(SimpleObject)]
pub struct InvitationCancelPayload {
    /// The invitation as it is now; null where nothing was done.
    pub invitation: Option<Invitation>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityShareUpdate`.
#[derive(SimpleObject)]
pub struct OpportunityShareUpdatePayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityRevoke`.
#[derive(SimpleObject)]
pub struct OpportunityRevokePayload {
    /// The opportunity as it is now; null where nothing was done.
    pub opportunity: Option<Opportunity>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunityLeave`.
#[derive(SimpleObject)]
pub struct OpportunityLeavePayload {
    /// The id of the opportunity that was left, which the viewer no longer sees; null where nothing was done.
    pub left_opportunity_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `opportunitySnapshotTake`.
#[derive(SimpleObject)]
pub struct OpportunitySnapshotTakePayload {
    /// The snapshot, an earlier one where nothing has changed since; null where nothing was done.
    pub snapshot: Option<Snapshot>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

fn invitation(outcome: Outcome<model::Invitation>) -> Result<(Option<Invitation>, Vec<UserError>)> {
    let (invitation, user_errors) = settle(outcome)?;
    Ok((invitation.map(Invitation), user_errors))
}

#[Object]
impl OpportunitySharingMutation {
    /// Invites an organization into an opportunity; it sees the opportunity when it has accepted. At most 10 take part, and
    /// at most 20 invitations into one opportunity are open. Requires: manager of the owner, or of a participant that may
    /// invite. Codes: NOT_FOUND, NOT_ALLOWED, ALREADY_EXISTS, INVALID_STATE, INVALID_VALUE, OUT_OF_RANGE, REQUIRED,
    /// TOO_LONG, TOO_MANY, IDEMPOTENCY_KEY_REUSED.
    async fn opportunity_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "Whom to invite, as what.")] input: OpportunityInviteInput,
    ) -> Option<Result<OpportunityInvitePayload>> {
        let done = async {
            let (id, (input, key)) = (node::parse(&id)?, input.split());
            let (invitation, user_errors) = invitation(service::invite(ctx.op()?, id, input, key.as_deref()).await)?;
            Ok(OpportunityInvitePayload { invitation, user_errors })
        };
        Some(done.await)
    }

    /// Accepts an invitation: the viewer's organization takes part from now on and sees what was granted. Requires: member
    /// of the invited organization. Codes: NOT_FOUND, NOT_ALLOWED, EXPIRED, INVALID_STATE, INVALID_VALUE, TOO_MANY,
    /// IDEMPOTENCY_KEY_REUSED.
    async fn invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] id: ID,
        #[graphql(desc = "What comes with it.")] input: Option<InvitationAcceptInput>,
    ) -> Option<Result<InvitationAcceptPayload>> {
        let done = async {
            let (id, key) = (node::parse(&id)?, input.unwrap_or_default().idempotency_key);
            let (done, user_errors) = settle(service::accept(ctx.op()?, id, key.as_deref()).await)?;
            let (invitation, opportunity) = done.unzip();
            Ok(InvitationAcceptPayload {
                invitation: invitation.map(Invitation),
                opportunity: opportunity.map(Opportunity),
                user_errors,
            })
        };
        Some(done.await)
    }

    /// Declines an invitation. Requires: member of the invited organization. Codes: NOT_FOUND, NOT_ALLOWED, EXPIRED,
    /// INVALID_STATE, REQUIRED, TOO_LONG.
    async fn invitation_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] id: ID,
        #[graphql(desc = "Why.")] input: InvitationDeclineInput,
    ) -> Option<Result<InvitationDeclinePayload>> {
        let done = async {
            let id = node::parse(&id)?;
            let outcome = service::decline(ctx.op()?, id, input.reason.into(), input.comment.as_deref()).await;
            let (invitation, user_errors) = invitation(outcome)?;
            Ok(InvitationDeclinePayload { invitation, user_errors })
        };
        Some(done.await)
    }

    /// Takes an invitation back. Requires: manager of the organization that sent it, or of the opportunity's owner. Codes:
    /// NOT_FOUND, NOT_ALLOWED, EXPIRED, INVALID_STATE.
    async fn invitation_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] id: ID,
    ) -> Option<Result<InvitationCancelPayload>> {
        let done = async {
            let (invitation, user_errors) = invitation(service::cancel(ctx.op()?, node::parse(&id)?).await)?;
            Ok(InvitationCancelPayload { invitation, user_errors })
        };
        Some(done.await)
    }

    /// Changes what a participant sees and may do; what is shared then goes on record. Requires: manager of the owner.
    /// Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, INVALID_VALUE.
    async fn opportunity_share_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "What it is to see.")] input: OpportunityShareUpdateInput,
    ) -> Option<Result<OpportunityShareUpdatePayload>> {
        let done = async {
            let (id, (share, expected)) = (node::parse(&id)?, input.split());
            let (opportunity, user_errors) = opportunity(service::share(ctx.op()?, id, share, expected).await)?;
            Ok(OpportunityShareUpdatePayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Takes a participant out, with the invitations that it sent; it sees nothing from then on. Requires: manager of the
    /// owner. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, INVALID_VALUE.
    async fn opportunity_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "Whom.")] input: OpportunityRevokeInput,
    ) -> Option<Result<OpportunityRevokePayload>> {
        let done = async {
            let id = node::parse(&id)?;
            let (opportunity, user_errors) =
                opportunity(service::revoke(ctx.op()?, id, &input.organization, input.expected_revision).await)?;
            Ok(OpportunityRevokePayload { opportunity, user_errors })
        };
        Some(done.await)
    }

    /// Takes the viewer's organization out. Requires: manager of a participant that is not the owner. Codes: NOT_FOUND,
    /// NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE.
    async fn opportunity_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "The revision that is expected.")] input: Option<OpportunityRevisionInput>,
    ) -> Option<Result<OpportunityLeavePayload>> {
        let done = async {
            let (id, expected) = (node::parse(&id)?, input.unwrap_or_default().expected_revision);
            let (left, user_errors) = settle(service::leave(ctx.op()?, id, expected).await)?;
            Ok(OpportunityLeavePayload { left_opportunity_id: left.map(|id| ID(id.global())), user_errors })
        };
        Some(done.await)
    }

    /// Puts on record what a participant sees now: the owner for any of them, a participant for itself. Requires: member of
    /// a side. Codes: NOT_FOUND, NOT_ALLOWED, REQUIRED, INVALID_VALUE.
    async fn opportunity_snapshot_take(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opportunity.")] id: ID,
        #[graphql(desc = "For whom.")] input: Option<OpportunitySnapshotTakeInput>,
    ) -> Option<Result<OpportunitySnapshotTakePayload>> {
        let done = async {
            let (id, organization) = (node::parse(&id)?, input.unwrap_or_default().organization);
            let (snapshot, user_errors) = settle(service::take_snapshot(ctx.op()?, id, organization.as_deref()).await)?;
            Ok(OpportunitySnapshotTakePayload { snapshot: snapshot.map(Snapshot), user_errors })
        };
        Some(done.await)
    }
}
