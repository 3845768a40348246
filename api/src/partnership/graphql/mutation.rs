//! What can be done with partnerships. The key of a service needs the scope `PARTNERSHIPS_WRITE` for all of it.

use super::{
    input::{
        PartnershipAssignInput, PartnershipEndInput, PartnershipExtendInput, PartnershipInvitationDeclineInput,
        PartnershipInviteInput, PartnershipLeaveInput, PartnershipUpdateInput, given,
    },
    invitation::PartnershipInvitation,
    types::Partnership,
};
use crate::{
    op::Outcome,
    partnership::{model, service},
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use entity::id::MemberId;

/// Root fields of this room.
#[derive(Default)]
pub struct PartnershipMutation;

/// What came of `partnershipInvite`.
#[derive(SimpleObject)]
pub struct PartnershipInvitePayload {
    /// The invitation; null where nothing was done.
    pub invitation: Option<PartnershipInvitation>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `partnershipExtend`.
#[derive(SimpleObject)]
pub struct PartnershipExtendPayload {
    /// The invitation; null where nothing was done.
    pub invitation: Option<PartnershipInvitation>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `partnershipInvitationAccept`.
#[derive(SimpleObject)]
pub struct PartnershipInvitationAcceptPayload {
    /// The invitation as it is now; null where nothing was done.
    pub invitation: Option<PartnershipInvitation>,
    /// The partnership that began or was joined; null where nothing was done.
    pub partnership: Option<Partnership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `partnershipInvitationDecline`.
#[derive(SimpleObject)]
pub struct PartnershipInvitationDeclinePayload {
    /// The invitation as it is now; null where nothing was done.
    pub invitation: Option<PartnershipInvitation>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `partnershipInvitationCancel`.
#[derive(SimpleObject)]
pub struct PartnershipInvitationCancelPayload {
    /// The invitation as it is now; null where nothing was done.
    pub invitation: Option<PartnershipInvitation>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `partnershipUpdate`.
#[derive(SimpleObject)]
pub struct PartnershipUpdatePayload {
    /// The partnership as it is now; null where nothing was done.
    pub partnership: Option<Partnership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `partnershipAssign`.
#[derive(SimpleObject)]
pub struct PartnershipAssignPayload {
    /// The partnership as it is now; null where nothing was done.
    pub partnership: Option<Partnership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `partnershipEnd`.
#[derive(SimpleObject)]
pub struct PartnershipEndPayload {
    /// The partnership as it is now; null where nothing was done.
    pub partnership: Option<Partnership>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `partnershipLeave`.
#[derive(SimpleObject)]
pub struct PartnershipLeavePayload {
    /// The id of the partnership that was left, which the viewer may no longer see; null where nothing was done.
    pub left_partnership_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

fn invitation(outcome: Outcome<model::Invitation>) -> Result<(Option<PartnershipInvitation>, Vec<UserError>)> {
    let (invitation, user_errors) = settle(outcome)?;
    Ok((invitation.map(PartnershipInvitation), user_errors))
}

fn partnership(outcome: Outcome<model::Partnership>) -> Result<(Option<Partnership>, Vec<UserError>)> {
    let (partnership, user_errors) = settle(outcome)?;
    Ok((partnership.map(Partnership), user_errors))
}

#[Object]
impl PartnershipMutation {
    /// Invites an organization into a new partnership; it begins when that organization accepts. At most 200 invitations
    /// of an organization are open at a time. Requires: manager. Codes: NOT_FOUND, NOT_ALLOWED, ALREADY_EXISTS,
    /// INVALID_STATE, INVALID_VALUE, INVALID_FORMAT, OUT_OF_RANGE, REQUIRED, TOO_LONG, TOO_MANY, IDEMPOTENCY_KEY_REUSED.
    async fn partnership_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to invite into what.")] input: PartnershipInviteInput,
    ) -> Option<Result<PartnershipInvitePayload>> {
        let done = async {
            let (input, key) = input.split();
            let (invitation, user_errors) = invitation(service::invite(ctx.op()?, input, key.as_deref()).await)?;
            Ok(PartnershipInvitePayload { invitation, user_errors })
        };
        Some(done.await)
    }

    /// Invites a further organization into a partnership of the type `STRATEGIC`; at most 10 are in one. Requires: manager
    /// of a party. Codes: NOT_FOUND, NOT_ALLOWED, ALREADY_EXISTS, INVALID_STATE, INVALID_VALUE, OUT_OF_RANGE, REQUIRED,
    /// TOO_LONG, TOO_MANY, IDEMPOTENCY_KEY_REUSED.
    async fn partnership_extend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partnership.")] id: ID,
        #[graphql(desc = "Whom to invite.")] input: PartnershipExtendInput,
    ) -> Option<Result<PartnershipExtendPayload>> {
        let done = async {
            let (input, key) = input.split();
            let outcome = service::extend(ctx.op()?, node::parse(&id)?, input, key.as_deref()).await;
            let (invitation, user_errors) = invitation(outcome)?;
            Ok(PartnershipExtendPayload { invitation, user_errors })
        };
        Some(done.await)
    }

    /// Accepts an invitation. Requires: manager of the invited organization. Codes: NOT_FOUND, NOT_ALLOWED, EXPIRED,
    /// INVALID_STATE, ALREADY_EXISTS, TOO_MANY.
    async fn partnership_invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] id: ID,
    ) -> Option<Result<PartnershipInvitationAcceptPayload>> {
        let done = async {
            let (both, user_errors) = settle(service::accept(ctx.op()?, node::parse(&id)?).await)?;
            let (invitation, partnership) = both.unzip();
            Ok(PartnershipInvitationAcceptPayload {
                invitation: invitation.map(PartnershipInvitation),
                partnership: partnership.map(Partnership),
                user_errors,
            })
        };
        Some(done.await)
    }

    /// Declines an invitation. Requires: manager of the invited organization. Codes: NOT_FOUND, NOT_ALLOWED, EXPIRED,
    /// INVALID_STATE, REQUIRED, TOO_LONG.
    async fn partnership_invitation_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] id: ID,
        #[graphql(desc = "Why.")] input: PartnershipInvitationDeclineInput,
    ) -> Option<Result<PartnershipInvitationDeclinePayload>> {
        let done = async {
            let (reason, comment) = (input.reason.into(), input.comment.as_deref());
            let outcome = service::decline(ctx.op()?, node::parse(&id)?, reason, comment).await;
            let (invitation, user_errors) = invitation(outcome)?;
            Ok(PartnershipInvitationDeclinePayload { invitation, user_errors })
        };
        Some(done.await)
    }

    /// Takes an invitation back. Requires: manager of the inviting organization. Codes: NOT_FOUND, NOT_ALLOWED, EXPIRED,
    /// INVALID_STATE.
    async fn partnership_invitation_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The invitation.")] id: ID,
    ) -> Option<Result<PartnershipInvitationCancelPayload>> {
        let done = async {
            let (invitation, user_errors) = invitation(service::cancel(ctx.op()?, node::parse(&id)?).await)?;
            Ok(PartnershipInvitationCancelPayload { invitation, user_errors })
        };
        Some(done.await)
    }

    /// Changes the facts of a partnership that holds. Requires: manager of a party; of a recorded one, the operator.
    /// Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, INVALID_VALUE, INVALID_FORMAT, OUT_OF_RANGE,
    /// REQUIRED, TOO_LONG, TOO_MANY.
    async fn partnership_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partnership.")] id: ID,
        #[graphql(desc = "What to change.")] input: PartnershipUpdateInput,
    ) -> Option<Result<PartnershipUpdatePayload>> {
        let done = async {
            let (patch, revision) = input.split();
            let outcome = service::update(ctx.op()?, node::parse(&id)?, patch, revision).await;
            let (partnership, user_errors) = partnership(outcome)?;
            Ok(PartnershipUpdatePayload { partnership, user_errors })
        };
        Some(done.await)
    }

    /// Says who manages and who sponsors the partnership on one's own side, and whether it is to be public. Requires:
    /// manager of a party. Codes: NOT_FOUND, NOT_ALLOWED, INVALID_STATE.
    async fn partnership_assign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partnership.")] id: ID,
        #[graphql(desc = "What to change.")] input: PartnershipAssignInput,
    ) -> Option<Result<PartnershipAssignPayload>> {
        let done = async {
            let member = |id: Option<Option<ID>>| -> Result<Option<Option<MemberId>>> {
                Ok(id.map(|id| id.map(|id| node::parse(&id)).transpose()).transpose()?)
            };
            let patch = model::SidePatch {
                manager: member(given(input.manager_member))?,
                sponsor: member(given(input.sponsor_member))?,
                listed: input.listed,
            };
            let (partnership, user_errors) = partnership(service::assign(ctx.op()?, node::parse(&id)?, patch).await)?;
            Ok(PartnershipAssignPayload { partnership, user_errors })
        };
        Some(done.await)
    }

    /// Ends a partnership for all of its parties, today or on a later day. Requires: manager of a party; of a recorded one,
    /// the operator. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE, INVALID_VALUE, OUT_OF_RANGE,
    /// REQUIRED, TOO_LONG.
    async fn partnership_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partnership.")] id: ID,
        #[graphql(desc = "Why and when.")] input: PartnershipEndInput,
    ) -> Option<Result<PartnershipEndPayload>> {
        let done = async {
            let end = model::End {
                reason: input.reason.into(),
                comment: input.comment,
                acquired_by: input.acquired_by,
                ends_on: input.ends_on.map(|day| day.0),
            };
            let outcome = service::end(ctx.op()?, node::parse(&id)?, end, input.expected_revision).await;
            let (partnership, user_errors) = partnership(outcome)?;
            Ok(PartnershipEndPayload { partnership, user_errors })
        };
        Some(done.await)
    }

    /// Takes one's own organization out of a partnership of more than two, which the others go on with; it no longer sees
    /// it. Requires: manager of a party. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH, INVALID_STATE.
    async fn partnership_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partnership.")] id: ID,
        #[graphql(desc = "What to check.")] input: Option<PartnershipLeaveInput>,
    ) -> Option<Result<PartnershipLeavePayload>> {
        let done = async {
            let revision = input.and_then(|input| input.expected_revision);
            let (left, user_errors) = settle(service::leave(ctx.op()?, node::parse(&id)?, revision).await)?;
            Ok(PartnershipLeavePayload { left_partnership_id: left.map(|_| id.clone()), user_errors })
        };
        Some(done.await)
    }
}
