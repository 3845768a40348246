//! Invitations: nobody becomes a partner without both sides having said yes.

use super::{due::expire_overdue, sides_of};
use crate::db::Tx;
use crate::{
    db::{Claim, claim},
    event,
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check},
    organization::{
        self,
        model::{Organization, OrganizationStatus},
    },
    partnership::{
        event::PartnershipEvent,
        model::{
            COMMENT_MAX, Facts, Invitation, InvitationStatus, Invite, MESSAGE_MAX, OPEN_INVITATIONS_MAX, PARTIES_MAX,
            PartnerType, Partnership, PartnershipDeclineReason, PartnershipOrigin, Setting, Sides, answer, expiry,
            join_key, must_be_active, pair_key,
        },
        policy::{AnswerInvitation, CancelInvitation, ChangePartnership, InvitePartner},
        store,
    },
};
use entity::id::{OrganizationId, PartnershipId, PartnershipInvitationId, TypedId};

/// Why an organization is not invited.
const ITSELF: &str = "An organization cannot partner with itself.";

/// Invites another organization into a partnership of the two.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `ALREADY_EXISTS` where the two are partners or one has invited the other,
/// `INVALID_VALUE`, `INVALID_STATE`, `TOO_MANY` beyond [`OPEN_INVITATIONS_MAX`], `OUT_OF_RANGE`, `REQUIRED`, `TOO_LONG`,
/// `INVALID_FORMAT`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn invite(op: &Op, input: Invite, idempotency_key: Option<&str>) -> Outcome<Invitation> {
    let own = op.own_organization()?;
    let message = check::line("input.message", &input.message, MESSAGE_MAX)?;
    expire_overdue(op, store::Overdue::Between(own, &input.organization)).await?;
    let tx = op.db().begin().await?;
    let inviter = lock_inviter(&tx, own).await?;
    let permit = op.authorize::<InvitePartner>(own, &own)?;
    let id = match claim(&tx, op, own, "partnershipInvite", idempotency_key, &input).await? {
        Claim::Repeat(id) => return repeat(&tx, op, id.into()).await,
        Claim::Fresh(id) => PartnershipInvitationId::from(id),
    };
    let expires_at = expiry(input.expires_at, op.now())?;
    let invited = organization::service::find_invited_in(&tx, op, own, &input.organization, ITSELF).await?;
    let parties = [(inviter.slug, own), (invited.slug, invited.id)];
    let setting = Setting { parties: &parties, today: op.today(), founding: true };
    let facts = Facts::default().patched(input.facts, setting)?;

    let open_key = pair_key(own, invited.id);
    store::free_guard_in(&tx, &open_key, op.today()).await?;
    if store::guard_is_taken_in(&tx, &open_key).await? {
        return Err(already("The two are partners already.").into());
    }
    is_free(&tx, op, own, &open_key).await?;
    let new = store::NewInvitation { id, to: invited.id, partnership: None, facts, message, expires_at, open_key };
    let invitation = store::insert_invitation_in(&tx, op, &permit, new).await?;
    event::record(&tx, op, PartnershipEvent::Invited(&invitation).facts()).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// Invites a further organization into a partnership that holds. The others see it in the trail; the invited one sees
/// types, aim and who is in it, and the rest when it has accepted.
///
/// # Errors
/// As [`invite`]; `INVALID_STATE` where the partnership has ended or is not `STRATEGIC`, `TOO_MANY` with
/// [`PARTIES_MAX`] parties, `ALREADY_EXISTS` for a party.
pub async fn extend(op: &Op, id: PartnershipId, input: Invite, idempotency_key: Option<&str>) -> Outcome<Invitation> {
    let own = op.own_organization()?;
    let message = check::line("input.message", &input.message, MESSAGE_MAX)?;
    expire_overdue(op, store::Overdue::Into(id, &input.organization)).await?;
    let tx = op.db().begin().await?;
    // The inviter before the partnership, as in `accept`: two that lock in different orders can wait in a circle.
    lock_inviter(&tx, own).await?;
    let partnership = store::find_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let sides = sides_of(&tx, partnership).await?;
    op.authorize::<ChangePartnership>(id, &sides)?;
    // The operator may change a recorded partnership without being in it.
    let permit = op.authorize::<InvitePartner>(own, &own)?;
    let body = (id.global(), &input);
    let invitation_id = match claim(&tx, op, own, "partnershipExtend", idempotency_key, &body).await? {
        Claim::Repeat(id) => return repeat(&tx, op, id.into()).await,
        Claim::Fresh(id) => PartnershipInvitationId::from(id),
    };
    let expires_at = expiry(input.expires_at, op.now())?;
    let invited = organization::service::find_invited_in(&tx, op, own, &input.organization, ITSELF).await?;
    may_take_in(op, &sides, invited.id)?;

    let open_key = join_key(id, invited.id);
    is_free(&tx, op, own, &open_key).await?;
    let partnership = &sides.partnership;
    let facts = Facts {
        types: partnership.types,
        description: partnership.description.clone(),
        aim: partnership.aim.clone(),
        term_starts_on: partnership.term_starts_on,
        term_ends_on: partnership.term_ends_on,
        ..Facts::default()
    };
    let new = store::NewInvitation {
        id: invitation_id,
        to: invited.id,
        partnership: Some(id),
        facts,
        message,
        expires_at,
        open_key,
    };
    let invitation = store::insert_invitation_in(&tx, op, &permit, new).await?;
    event::record(&tx, op, PartnershipEvent::Invited(&invitation).facts()).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// Accepts an invitation: the partnership begins today, or the organization joins the one that is there.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE` where it was answered before, where the inviter no longer takes
/// part, or where the partnership has changed so that nobody can join, `ALREADY_EXISTS` where the two are partners.
pub async fn accept(op: &Op, id: PartnershipInvitationId) -> Outcome<(Invitation, Partnership)> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = store::find_invitation_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<AnswerInvitation>(id, &before)?;
    answer(&before, InvitationStatus::Accepted, op.now())?;
    let inviter = store::lock_organization_in(&tx, before.from_organization_id).await?;
    if inviter.is_none_or(|inviter| inviter.status != OrganizationStatus::Active) {
        return Err(Refusal::invalid_state("The inviting organization no longer takes part.").into());
    }
    let mut facts = Vec::new();
    let partnership = if before.joins {
        let sides = join(&tx, op, &permit, &before).await?;
        facts.extend(PartnershipEvent::Joined(&sides, before.to_organization_id).facts());
        sides.partnership
    } else {
        let agreed: Facts = serde_json::from_value(before.facts.clone()).map_err(Fault::internal)?;
        let sides = begin(&tx, op, &permit, &before, agreed.clone()).await?;
        facts.extend(PartnershipEvent::Began(&sides, &agreed).facts());
        sides.partnership
    };
    let closing = store::Answer {
        status: InvitationStatus::Accepted,
        partnership: Some(partnership.id),
        reason: None,
        comment: None,
    };
    let after = store::close_invitation_in(&tx, op, &permit, &before, closing).await?;
    facts.extend(PartnershipEvent::Answered { before: &before, after: &after }.facts());
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok((after, partnership))
}

async fn begin(
    tx: &Tx,
    op: &Op,
    permit: &crate::op::Permit<AnswerInvitation>,
    invitation: &Invitation,
    facts: Facts,
) -> Outcome<Sides> {
    let guard = pair_key(invitation.from_organization_id, invitation.to_organization_id);
    store::free_guard_in(tx, &guard, op.today()).await?;
    let draft = store::Draft {
        id: op.new_id(),
        parties: vec![invitation.from_organization_id, invitation.to_organization_id],
        facts,
        guard,
        started_on: Some(op.today()),
        recorded: None,
    };
    let partnership = store::insert_agreed_in(tx, op, permit, draft).await?;
    Ok(sides_of(tx, partnership).await?)
}

async fn join(
    tx: &Tx,
    op: &Op,
    permit: &crate::op::Permit<AnswerInvitation>,
    invitation: &Invitation,
) -> Outcome<Sides> {
    let gone = || Refusal::invalid_state("The partnership is no longer there.");
    let id = invitation.partnership_id.ok_or_else(gone)?;
    let partnership = store::find_invited_in(tx, id).await?.ok_or_else(gone)?;
    let sides = sides_of(tx, partnership).await?;
    if sides.side(invitation.from_organization_id).is_none() {
        return Err(Refusal::invalid_state("The inviting organization has left the partnership.").into());
    }
    may_take_in(op, &sides, invitation.to_organization_id)?;
    let after = store::join_in(tx, op, permit, &sides.partnership, invitation.to_organization_id).await?;
    Ok(sides_of(tx, after).await?)
}

/// Declines an invitation.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE`, `TOO_LONG`, `REQUIRED` for the comment of the reason `OTHER`.
pub async fn decline(
    op: &Op,
    id: PartnershipInvitationId,
    reason: PartnershipDeclineReason,
    comment: Option<&str>,
) -> Outcome<Invitation> {
    op.signed_in()?;
    let comment = check::optional_paragraph("input.comment", comment, COMMENT_MAX)?;
    if reason == PartnershipDeclineReason::Other && comment.is_none() {
        let message = "With the reason OTHER, say what it is.";
        return Err(Refusal::of("input.comment", ErrorCode::Required, message).into());
    }
    let tx = op.db().begin().await?;
    let before = store::find_invitation_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<AnswerInvitation>(id, &before)?;
    answer(&before, InvitationStatus::Declined, op.now())?;
    let closing =
        store::Answer { status: InvitationStatus::Declined, partnership: None, reason: Some(reason), comment };
    let after = store::close_invitation_in(&tx, op, &permit, &before, closing).await?;
    event::record(&tx, op, PartnershipEvent::Answered { before: &before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(after)
}

/// Takes an invitation back.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE`.
pub async fn cancel(op: &Op, id: PartnershipInvitationId) -> Outcome<Invitation> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = store::find_invitation_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<CancelInvitation>(id, &before)?;
    answer(&before, InvitationStatus::Canceled, op.now())?;
    let closing = store::Answer { status: InvitationStatus::Canceled, partnership: None, reason: None, comment: None };
    let after = store::close_invitation_in(&tx, op, &permit, &before, closing).await?;
    event::record(&tx, op, PartnershipEvent::Answered { before: &before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(after)
}

/// The inviting organization, locked so that its invitations are counted one after the other.
async fn lock_inviter(tx: &Tx, own: OrganizationId) -> Result<Organization, Fault> {
    let found = store::lock_organization_in(tx, own).await?;
    found.ok_or_else(|| Fault::internal("the organization of a signed-in actor is missing"))
}

/// Refuses where an open invitation holds `open_key`, and where too many are open.
async fn is_free(tx: &Tx, op: &Op, own: OrganizationId, open_key: &str) -> Outcome<()> {
    match store::find_open_in(tx, open_key).await? {
        Some(open) if open.to_organization_id == own => {
            return Err(already("This organization has invited yours. Accept its invitation instead.").into());
        }
        Some(_) => return Err(already("An invitation is open already. Cancel it to send another.").into()),
        None => {}
    }
    if store::count_open_in(tx, own, op.now()).await? >= OPEN_INVITATIONS_MAX {
        let message = format!("At most {OPEN_INVITATIONS_MAX} invitations can be open at a time.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    Ok(())
}

fn already(message: &str) -> Refusal {
    Refusal::of("input.organization", ErrorCode::AlreadyExists, message)
}

/// Refuses where `organization` cannot join.
fn may_take_in(op: &Op, sides: &Sides, organization: OrganizationId) -> Result<(), Refusal> {
    must_be_active(&sides.partnership, op.today())?;
    if sides.partnership.origin == PartnershipOrigin::Recorded {
        return Err(Refusal::invalid_state("Nobody can join a partnership that was only recorded."));
    }
    if !sides.partnership.types.iter().any(|kind| kind == PartnerType::Strategic) {
        return Err(Refusal::invalid_state("Only a partnership of the type STRATEGIC has more than two parties."));
    }
    if sides.side(organization).is_some() {
        return Err(already("This organization is a party already."));
    }
    if sides.parties.len() >= PARTIES_MAX {
        let message = format!("A partnership has at most {PARTIES_MAX} parties.");
        return Err(Refusal::of("", ErrorCode::TooMany, message));
    }
    Ok(())
}

async fn repeat(tx: &Tx, op: &Op, id: PartnershipInvitationId) -> Outcome<Invitation> {
    Ok(store::find_invitation_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found(""))?)
}
