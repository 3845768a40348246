//! How a membership begins: an organization applies or is invited; and what its own side does: accept, decline, take back.

use super::record::{Held, hold, today};
use crate::db::Tx;
use crate::{
    db::claim,
    event,
    op::{Action, ErrorCode, Fault, Op, Outcome, Permit, Refusal, check, taken},
    organization,
    program::{
        event::{MembershipChange, membership_facts},
        model::{
            FactKind, MESSAGE_MAX, Membership, MembershipStatus, PartnerTypes, Program, membership_word,
            standing::{Standing, Step, follow},
            takes_members,
        },
        policy::{AnswerMembership, ApplyToProgram, DecideMembership, RunProgram},
        store,
    },
};
use chrono::TimeDelta;
use entity::id::{MembershipId, OrganizationId, ProgramId};
use serde::Serialize;

/// An application or an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The slug of the program.
    pub program: String,
    /// The slug of the organization to invite; none for an application, which is always for the actor's own.
    pub organization: Option<String>,
    /// The kinds of partner that the organization would be.
    pub types: PartnerTypes,
    /// To the other side.
    pub message: Option<String>,
}

/// Applies to a program in the name of the actor's organization.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `INVALID_VALUE`, `INVALID_STATE`, `ALREADY_EXISTS`,
/// `IDEMPOTENCY_KEY_REUSED`.
pub async fn apply(op: &Op, request: Request, idempotency_key: Option<&str>) -> Outcome<Membership> {
    op.signed_in()?;
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let tx = op.db().begin().await?;
    let program = store::find_by_slug_in(&tx, op, &request.program).await?;
    let program = program.ok_or_else(|| Refusal::not_found("input.program"))?;
    let permit = op.authorize::<ApplyToProgram>(program.id, &own)?;
    begin(tx, op, &permit, Step::Apply, program, own, request, idempotency_key).await
}

/// Invites an organization into a program.
///
/// # Errors
/// As [`apply`].
pub async fn invite(op: &Op, request: Request, idempotency_key: Option<&str>) -> Outcome<Membership> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let program = store::find_by_slug_in(&tx, op, &request.program).await?;
    let program = program.ok_or_else(|| Refusal::not_found("input.program"))?;
    let permit = op.authorize::<RunProgram>(program.id, &program)?;
    let slug = request.organization.as_deref().unwrap_or_default();
    let invited = organization::service::find_by_slug_in(&tx, op, slug).await?;
    let invited = invited.ok_or_else(|| Refusal::not_found("input.organization"))?;
    if !store::organization_is_active_in(&tx, invited.id).await? {
        let message = "The organization does not take part at present.";
        return Err(Refusal::of("input.organization", ErrorCode::InvalidState, message).into());
    }
    begin(tx, op, &permit, Step::Invite, program, invited.id, request, idempotency_key).await
}

#[expect(clippy::too_many_arguments, reason = "the two mutations differ in these and in nothing else")]
async fn begin<A: Action<Resource = ProgramId>>(
    tx: Tx,
    op: &Op,
    permit: &Permit<A>,
    step: Step,
    program: Program,
    organization: OrganizationId,
    request: Request,
    idempotency_key: Option<&str>,
) -> Outcome<Membership> {
    let (mutation, change, blamed) = match step {
        Step::Invite => ("membershipInvite", MembershipChange::Invited, "input.organization"),
        _ => ("membershipApply", MembershipChange::Applied, "input.program"),
    };
    let asking = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    let claimed = claim(&tx, op, asking, mutation, idempotency_key, &request).await?;
    let there = store::list_of_in(&tx, program.id, organization).await?;
    if let crate::db::Claim::Repeat(id) = claimed {
        let made = there.into_iter().find(|membership| membership.id == MembershipId::from(id));
        return made.ok_or_else(|| Fault::internal("an idempotency key names no membership").into());
    }
    checked(op, &program, organization, &request)?;
    let message = check::optional_paragraph("input.message", request.message.as_deref(), MESSAGE_MAX)?;

    // One that a source brought counts too: who is a member under any external id does not become one again.
    let mut own = None;
    for membership in there {
        let people_made = membership.external_key.is_empty();
        let held = Held::new(op, program.clone(), membership);
        if follow(held.standing(op), step).is_none() {
            let message = format!("There is a membership that is {}.", membership_word(held.membership.status));
            return Err(Refusal::of(blamed, ErrorCode::AlreadyExists, message).into());
        }
        if people_made {
            own = Some(held);
        }
    }
    let standing = own.as_ref().map_or(Standing::New, |held| held.standing(op));
    let status = follow(standing, step).ok_or_else(|| Fault::internal("a step that was found possible is not"))?;
    if let (Step::Apply, Some(held)) = (step, &own) {
        waited(op, &program, &held.membership)?;
    }
    let crate::db::Claim::Fresh(id) = claimed else {
        return Err(Fault::internal("a repeated claim was answered before").into());
    };
    let fresh = Membership {
        id: own.as_ref().map_or_else(|| MembershipId::from(id), |held| held.before.id),
        program_id: program.id,
        organization_id: organization,
        external_key: String::new(),
        status,
        types: request.types,
        tier_id: None,
        next_tier_id: None,
        next_tier_on: None,
        expires_on: None,
        joined_at: None,
        requested_at: Some(op.now()),
        decided_at: None,
        message,
        rejection_reason: None,
        comment: None,
        created_at: own.as_ref().map_or_else(|| op.now(), |held| held.before.created_at),
        updated_at: op.now(),
        revision: own.as_ref().map_or(1, |held| held.before.revision),
    };
    match own {
        Some(held) => again(tx, op, step, held, change, fresh).await,
        None => {
            let made = store::insert_membership_in(&tx, permit, fresh).await.map_err(|error| taken(error, blamed))?;
            event::record(&tx, op, membership_facts(change, program.organization_id, None, &made)).await?;
            tx.commit().await?;
            Ok(made)
        }
    }
}

/// Goes on with the row of an earlier membership, whose history stays.
async fn again(
    tx: Tx,
    op: &Op,
    step: Step,
    held: Held,
    change: MembershipChange,
    after: Membership,
) -> Outcome<Membership> {
    let id = after.id;
    if step == Step::Invite {
        let permit = op.authorize::<DecideMembership>(id, &held.program)?;
        held.finish(tx, op, &permit, change, after, Vec::new()).await
    } else {
        let permit = op.authorize::<AnswerMembership>(id, &held.before)?;
        held.finish(tx, op, &permit, change, after, Vec::new()).await
    }
}

fn checked(op: &Op, program: &Program, organization: OrganizationId, request: &Request) -> Result<(), Refusal> {
    if !takes_members(program, op.today()) {
        let message = "The program takes no members at present.";
        return Err(Refusal::of("input.program", ErrorCode::InvalidState, message));
    }
    if program.organization_id == organization {
        let message = "An organization is no member of its own program.";
        return Err(Refusal::of("", ErrorCode::InvalidValue, message));
    }
    if request.types.is_empty() {
        return Err(Refusal::of("input.types", ErrorCode::Required, "At least one type is needed."));
    }
    if !program.types.is_empty() && request.types.0 & !program.types.0 != 0 {
        let message = "The program is for other types of partners.";
        return Err(Refusal::of("input.types", ErrorCode::InvalidValue, message));
    }
    Ok(())
}

/// After a rejection by the host an organization waits as long as the program says.
fn waited(op: &Op, program: &Program, before: &Membership) -> Result<(), Refusal> {
    let rejected = before.status == MembershipStatus::Rejected && before.rejection_reason.is_some();
    let Some(decided) = before.decided_at.filter(|_| rejected) else { return Ok(()) };
    let open = decided + TimeDelta::days(program.reapply_days.into());
    if op.now() < open {
        let message = format!("After a rejection the program takes another application from {} on.", open.to_rfc3339());
        return Err(Refusal::of("input.program", ErrorCode::InvalidState, message));
    }
    Ok(())
}

/// Accepts an invitation: the organization is a member from today on.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn accept(op: &Op, id: MembershipId) -> Outcome<Membership> {
    let tx = op.db().begin().await?;
    let held = hold(&tx, op, id).await?;
    let permit = op.authorize::<AnswerMembership>(id, &held.membership)?;
    let status = held.step(op, Step::Accept, None)?;
    if !takes_members(&held.program, op.today()) {
        let message = "The program takes no members any more.";
        return Err(Refusal::of("id", ErrorCode::InvalidState, message).into());
    }
    let now = Some(op.now());
    let after = Membership { status, decided_at: now, joined_at: now, ..held.membership.clone() };
    let joined = vec![today(op, FactKind::Joined, None, "member")];
    held.finish(tx, op, &permit, MembershipChange::Accepted, after, joined).await
}

/// Declines an invitation.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `TOO_LONG`.
pub async fn decline(op: &Op, id: MembershipId, comment: Option<&str>) -> Outcome<Membership> {
    let comment = super::membership::checked_comment(comment)?;
    let tx = op.db().begin().await?;
    let held = hold(&tx, op, id).await?;
    let permit = op.authorize::<AnswerMembership>(id, &held.membership)?;
    let status = held.step(op, Step::Decline, None)?;
    let after = Membership { status, decided_at: Some(op.now()), comment, ..held.membership.clone() };
    held.finish(tx, op, &permit, MembershipChange::Declined, after, Vec::new()).await
}

/// Takes back what waits for an answer: the organization its application, the host its invitation.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn withdraw(op: &Op, id: MembershipId) -> Outcome<Membership> {
    let tx = op.db().begin().await?;
    let held = hold(&tx, op, id).await?;
    let as_host = match held.membership.status {
        MembershipStatus::Invited => true,
        MembershipStatus::Applied => false,
        // Nothing waits; either side learns so.
        _ => op.actor.organization() != Some(held.membership.organization_id),
    };
    if as_host {
        let permit = op.authorize::<DecideMembership>(id, &held.program)?;
        withdrawn(tx, op, held, &permit).await
    } else {
        let permit = op.authorize::<AnswerMembership>(id, &held.membership)?;
        withdrawn(tx, op, held, &permit).await
    }
}

async fn withdrawn<A: Action<Resource = MembershipId>>(
    tx: Tx,
    op: &Op,
    held: Held,
    permit: &Permit<A>,
) -> Outcome<Membership> {
    let status = held.step(op, Step::Withdraw, None)?;
    let after = Membership { status, decided_at: Some(op.now()), ..held.membership.clone() };
    held.finish(tx, op, permit, MembershipChange::Withdrawn, after, Vec::new()).await
}
