//! Sharing is by invitation to one organization.

use super::{expire::expire_due_of, find, not_archived, own_side, sides_of};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{
            FIELDS_SHOWABLE, FIELDS_SHOWN, Invitation, InvitationStatus, Invite, MESSAGE_MAX, OPEN_INVITATIONS_MAX,
            PARTICIPANTS_MAX, ParticipantRole, Sides, answer, expiry, is_open, may_be_invited_as, open_key, shown,
        },
        policy::{CancelInvitation, InviteToOpportunity},
        store::{self, Answer, NewInvitation},
    },
    db::{Claim, Tx, claim},
    event,
    op::{ErrorCode, Op, Outcome, Refusal, check},
    organization,
};
use entity::{
    alert::AlertChange,
    id::{InvitationId, OpportunityId, OrganizationId, TypedId},
};

/// Invites an organization into an opportunity.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `ALREADY_EXISTS` for whom takes part or is invited already, `INVALID_STATE` for one that is
/// archived, won or lost and for an organization that does not take part in anything, `INVALID_VALUE`, `OUT_OF_RANGE`,
/// `REQUIRED`, `TOO_LONG`, `TOO_MANY` with [`PARTICIPANTS_MAX`] taking part or [`OPEN_INVITATIONS_MAX`] invited,
/// `IDEMPOTENCY_KEY_REUSED`.
pub async fn invite(op: &Op, id: OpportunityId, input: Invite, idempotency_key: Option<&str>) -> Outcome<Invitation> {
    let own = op.own_organization()?;
    let message = check::line("input.message", &input.message, MESSAGE_MAX)?;
    may_be_invited_as(input.role)?;
    // An invitation that has run out blocks no other, and that it has is nothing that the inviter does.
    expire_due_of(op, id).await?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<InviteToOpportunity>(id, &sides)?;
    let side = own_side(&sides, own)?;
    let body = (id.global(), &input);
    let invitation_id = match claim(&tx, op, own, "opportunityInvite", idempotency_key, &body).await? {
        Claim::Repeat(id) => {
            let found = store::find_invitation_in(&tx, op, id.into()).await?;
            return Ok(found.ok_or_else(|| Refusal::not_found(""))?);
        }
        Claim::Fresh(id) => InvitationId::from(id),
    };
    not_archived(&sides.opportunity)?;
    if !is_open(sides.opportunity.stage) {
        return Err(Refusal::invalid_state("Nobody is invited into a deal that is launched or lost.").into());
    }
    let expires_at = expiry(input.expires_at, op.now())?;
    let (granted, shown_fields) = fields(&input, side.fields)?;
    if input.may_invite && side.role != ParticipantRole::Owner {
        let message = "Only the owner lets somebody invite others.";
        return Err(Refusal::of("input.mayInvite", ErrorCode::NotAllowed, message).into());
    }
    let itself = "An organization does not invite itself.";
    let invited = organization::service::find_invited_in(&tx, op, own, &input.organization, itself).await?;
    let open_key = open_key(id, invited.id);
    has_room(&tx, op, &sides, invited.id, &open_key).await?;
    let offer = shown(&sides.opportunity, &[], None, shown_fields);
    let new = NewInvitation {
        id: invitation_id,
        from: own,
        to: invited.id,
        invite: Invite { message, ..input },
        shown: shown_fields,
        offer,
        granted,
        expires_at,
        open_key,
    };
    let invitation = store::insert_invitation_in(&tx, op, &permit, new).await?;
    event::record(&tx, op, OpportunityEvent::Invited(&sides, &invitation).facts()).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// What is seen after and before acceptance. Nobody shares more than it sees itself, and before acceptance no more is shown
/// than after it.
fn fields(input: &Invite, own: i32) -> Result<(i32, i32), Refusal> {
    let granted = input.granted.unwrap_or(own);
    if granted & !own != 0 {
        let message = "Your organization does not see all of these fields itself.";
        return Err(Refusal::of("input.grantedFields", ErrorCode::InvalidValue, message));
    }
    let shown = input.shown.unwrap_or(FIELDS_SHOWN & granted);
    if shown & !(FIELDS_SHOWABLE & granted) != 0 {
        let message =
            "Before acceptance no more is shown than after it, and nothing about people, next steps or rivals.";
        return Err(Refusal::of("input.shownFields", ErrorCode::InvalidValue, message));
    }
    Ok((granted, shown))
}

async fn has_room(tx: &Tx, op: &Op, sides: &Sides, invited: OrganizationId, open_key: &str) -> Outcome<()> {
    let already = |message: &str| Refusal::of("input.organization", ErrorCode::AlreadyExists, message);
    if sides.side(invited).is_some() {
        return Err(already("This organization takes part already.").into());
    }
    if store::find_open_in(tx, open_key).await?.is_some() {
        // Whoever sent it, the owner or another, is not said to whom may not see it.
        return Err(already("This organization is invited already.").into());
    }
    let too_many = |message: String| Refusal::of("", ErrorCode::TooMany, message);
    if sides.participants.len() >= PARTICIPANTS_MAX {
        return Err(too_many(format!("At most {PARTICIPANTS_MAX} organizations take part.")).into());
    }
    if store::count_open_in(tx, sides.opportunity.id, op.now()).await? >= OPEN_INVITATIONS_MAX {
        return Err(too_many(format!("At most {OPEN_INVITATIONS_MAX} invitations are open at a time.")).into());
    }
    Ok(())
}

/// Takes an invitation back: whoever sent it, and the owner.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE`.
pub async fn cancel(op: &Op, id: InvitationId) -> Outcome<Invitation> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let (sides, before) = find_invitation(&tx, op, id).await?;
    let facts = (before, sides.opportunity.owner_organization_id);
    let permit = op.authorize::<CancelInvitation>(id, &facts)?;
    let (before, _) = facts;
    answer(&before, InvitationStatus::Canceled, op.now())?;
    let closing = Answer { status: InvitationStatus::Canceled, reason: None, comment: None };
    let invitation = store::close_invitation_in(&tx, op, &permit, &before, closing).await?;
    let event = OpportunityEvent::Closed { sides: &sides, invitation: &invitation, change: AlertChange::Canceled };
    event::record(&tx, op, event.facts()).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// The facts that these invitations were taken back with something else that happened.
pub(super) fn canceled(sides: &Sides, invitations: &[Invitation]) -> Vec<event::Fact> {
    let event = |invitation| OpportunityEvent::Closed { sides, invitation, change: AlertChange::Canceled };
    invitations.iter().flat_map(|invitation| event(invitation).facts()).collect()
}

/// The visible invitation with this id and its opportunity, both locked, the opportunity first.
pub(super) async fn find_invitation(tx: &Tx, op: &Op, id: InvitationId) -> Outcome<(Sides, Invitation)> {
    let not_found = || Refusal::not_found("id");
    let seen = store::find_invitation_in(tx, op, id).await?.ok_or_else(not_found)?;
    let opportunity = store::lock_opportunity_in(tx, seen.opportunity_id).await?.ok_or_else(not_found)?;
    let invitation = store::lock_invitation_in(tx, id).await?.ok_or_else(not_found)?;
    Ok((sides_of(tx, opportunity).await?, invitation))
}
