//! The invited organization accepts or declines.

use super::{invite::find_invitation, is_somebody, not_archived, record_share, sides_of};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{
            COMMENT_MAX, DeclineReason, Invitation, InvitationStatus, Opportunity, OpportunityField, PARTICIPANTS_MAX,
            Sides, SnapshotTrigger, answer, has, is_open,
        },
        policy::AnswerInvitation,
        store::{self, Answer, Joining, MoveWrite},
    },
    db::{Claim, Tx, claim},
    event,
    op::{ErrorCode, Fault, Op, Outcome, Permit, Refusal, check},
};
use entity::{
    alert::AlertChange,
    id::{InvitationId, TypedId},
};

/// Accepts an invitation: the organization takes part from now on and sees what was granted, which goes on record. Its
/// side begins where the owner's stands, with the person who accepts.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE` where it was answered before or the opportunity has changed so
/// that nobody can join, `TOO_MANY` with [`PARTICIPANTS_MAX`] taking part, `INVALID_VALUE` for a key and a confidential
/// opportunity, `IDEMPOTENCY_KEY_REUSED`.
pub async fn accept(op: &Op, id: InvitationId, idempotency_key: Option<&str>) -> Outcome<(Invitation, Opportunity)> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let (sides, before) = find_invitation(&tx, op, id).await?;
    let permit = op.authorize::<AnswerInvitation>(id, &before)?;
    let own = op.own_organization()?;
    if let Claim::Repeat(_) = claim(&tx, op, own, "invitationAccept", idempotency_key, &id.global()).await? {
        // Taken out since, it may see nothing more.
        sides.side(own).ok_or_else(|| Refusal::not_found("id"))?;
        return Ok((before, sides.opportunity));
    }
    answer(&before, InvitationStatus::Accepted, op.now())?;
    may_join(&tx, op, &sides, &before).await?;
    join(&tx, op, &permit, &sides, &before).await?;
    let closing = Answer { status: InvitationStatus::Accepted, reason: None, comment: None };
    let invitation = store::close_invitation_in(&tx, op, &permit, &before, closing).await?;
    let opportunity = store::touch_in(&tx, op, &permit, &sides.opportunity).await?;
    let after = sides_of(&tx, opportunity).await?;
    record_share(&tx, op, &permit, &after, own, SnapshotTrigger::Accepted).await?;
    event::record(&tx, op, OpportunityEvent::Joined { after: &after, invitation: &invitation }.facts()).await?;
    tx.commit().await?;
    Ok((invitation, after.opportunity))
}

async fn may_join(tx: &Tx, op: &Op, sides: &Sides, invitation: &Invitation) -> Outcome<()> {
    not_archived(&sides.opportunity)?;
    if !is_open(sides.opportunity.stage) {
        return Err(Refusal::invalid_state("The deal is launched or lost.").into());
    }
    let owner = sides.opportunity.owner_organization_id;
    if !sides.may_invite(invitation.from_organization_id) || !store::is_active_in(tx, owner).await? {
        return Err(Refusal::invalid_state("The inviting organization no longer takes part.").into());
    }
    if sides.side(invitation.to_organization_id).is_some() {
        return Err(Refusal::invalid_state("Your organization takes part already.").into());
    }
    if sides.participants.len() >= PARTICIPANTS_MAX {
        let message = format!("At most {PARTICIPANTS_MAX} organizations take part.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    if sides.opportunity.confidential {
        is_somebody(op, "id")?;
    }
    Ok(())
}

async fn join(
    tx: &Tx,
    op: &Op,
    permit: &Permit<AnswerInvitation>,
    sides: &Sides,
    invitation: &Invitation,
) -> Outcome<()> {
    // Whoever invited may see less by now than it granted then.
    let fields = invitation.granted & sides.fields_of(invitation.from_organization_id);
    let opportunity = &sides.opportunity;
    let own = invitation.to_organization_id;
    let joining = Joining {
        opportunity: opportunity.id,
        organization: own,
        role: invitation.role,
        fields,
        may_invite: invitation.may_invite,
        stage: opportunity.stage,
        target_close_date: opportunity.target_close_date.filter(|_| has(fields, OpportunityField::TargetCloseDate)),
        loss_reason: None,
        invited_by: Some(invitation.from_organization_id),
    };
    store::join_in(tx, op, permit, joining).await?;
    if let Some(person) = op.actor.person() {
        store::add_to_team_in(tx, op, permit, opportunity.id, own, person).await?;
    }
    let after = sides_of(tx, opportunity.clone()).await?;
    let side = after.side(own).ok_or_else(|| Fault::internal("who joined is missing"))?;
    let step = MoveWrite { from: None, to: opportunity.stage, loss_reason: None };
    store::move_in(tx, op, permit, side, step).await?;
    Ok(())
}

/// Declines an invitation; what it showed is no longer read by the invited side.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE`, `TOO_LONG`, `REQUIRED` for the comment of the reason `OTHER`.
pub async fn decline(op: &Op, id: InvitationId, reason: DeclineReason, comment: Option<&str>) -> Outcome<Invitation> {
    op.signed_in()?;
    let comment = check::optional_paragraph("input.comment", comment, COMMENT_MAX)?;
    if reason == DeclineReason::Other && comment.is_none() {
        let message = "With the reason OTHER, say what it is.";
        return Err(Refusal::of("input.comment", ErrorCode::Required, message).into());
    }
    let tx = op.db().begin().await?;
    let (sides, before) = find_invitation(&tx, op, id).await?;
    let permit = op.authorize::<AnswerInvitation>(id, &before)?;
    answer(&before, InvitationStatus::Declined, op.now())?;
    let closing = Answer { status: InvitationStatus::Declined, reason: Some(reason), comment };
    let invitation = store::close_invitation_in(&tx, op, &permit, &before, closing).await?;
    let event = OpportunityEvent::Closed { sides: &sides, invitation: &invitation, change: AlertChange::Declined };
    event::record(&tx, op, event.facts()).await?;
    tx.commit().await?;
    Ok(invitation)
}
