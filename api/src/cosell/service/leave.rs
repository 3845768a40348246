//! A participant is taken out by the owner, or goes by itself. From then on it sees nothing.

use super::{find, invite::canceled, own_side, sides_of};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{Opportunity, Participant, ParticipantRole, ParticipantStatus, Sides, is_under_review},
        policy::{LeaveOpportunity, ShareOpportunity},
        store,
    },
    db::Tx,
    event,
    op::{Action, ErrorCode, Op, Outcome, Permit, Refusal, check_revision},
    organization,
};
use entity::id::{OpportunityId, OrganizationId};

/// Takes a participant out, with the invitations that it sent. The owner's right.
///
/// # Errors
/// `NOT_FOUND` for the opportunity and for an organization that does not take part, `NOT_ALLOWED`, `REVISION_MISMATCH`,
/// `INVALID_VALUE` for the owner itself, `INVALID_STATE` for a host that is reviewing.
pub async fn revoke(op: &Op, id: OpportunityId, slug: &str, expected_revision: Option<i32>) -> Outcome<Opportunity> {
    op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<ShareOpportunity>(id, &sides)?;
    check_revision(expected_revision, sides.opportunity.revision)?;
    let side = find_participant(&tx, op, &sides, slug).await?;
    end(tx, op, &permit, &sides, side, ParticipantStatus::Revoked).await
}

/// The participant with this slug, which is not the owner.
pub(super) async fn find_participant<'a>(tx: &Tx, op: &Op, sides: &'a Sides, slug: &str) -> Outcome<&'a Participant> {
    let path = "input.organization";
    let found = organization::service::find_by_slug_in(tx, op, slug).await?;
    let side = found.and_then(|found| sides.side(found.id)).ok_or_else(|| Refusal::not_found(path))?;
    if side.role == ParticipantRole::Owner {
        return Err(Refusal::of(path, ErrorCode::InvalidValue, "The owner always takes part.").into());
    }
    Ok(side)
}

/// Takes the actor's organization out; gives the id of what it no longer sees.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED` also for the owner, `REVISION_MISMATCH`, `INVALID_STATE` for a host that is reviewing.
pub async fn leave(op: &Op, id: OpportunityId, expected_revision: Option<i32>) -> Outcome<OpportunityId> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<LeaveOpportunity>(id, &sides)?;
    check_revision(expected_revision, sides.opportunity.revision)?;
    let side = own_side(&sides, own)?;
    end(tx, op, &permit, &sides, side, ParticipantStatus::Left).await?;
    Ok(id)
}

async fn end<A: Action<Resource = OpportunityId>>(
    tx: Tx,
    op: &Op,
    permit: &Permit<A>,
    sides: &Sides,
    side: &Participant,
    status: ParticipantStatus,
) -> Outcome<Opportunity> {
    let organization: OrganizationId = side.organization_id;
    if is_under_review(sides.opportunity.review_status) && sides.is_host(organization) {
        return Err(Refusal::invalid_state("The program's host is reviewing it.").into());
    }
    store::end_side_in(&tx, op, permit, side, status).await?;
    // Whoever comes back begins anew.
    store::replace_team_in(&tx, op, permit, organization, Vec::new()).await?;
    let closed = store::cancel_open_of_in(&tx, op, permit, Some(organization)).await?;
    let opportunity = store::touch_in(&tx, op, permit, &sides.opportunity).await?;
    let before = Sides { opportunity, ..sides.clone() };
    let left = status == ParticipantStatus::Left;
    let mut facts = OpportunityEvent::Gone { before: &before, organization, left }.facts();
    let after = sides_of(&tx, before.opportunity.clone()).await?;
    facts.extend(canceled(&after, &closed));
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(after.opportunity)
}
