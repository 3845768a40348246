//! What the host decides about a membership; leaving is the one thing of these that the member does too.

use super::record::{Held, hold, today};
use crate::db::Tx;
use crate::{
    op::{Action, ErrorCode, Op, Outcome, Permit, Refusal, check},
    program::{
        event::MembershipChange,
        model::{
            AHEAD_MAX_DAYS, COMMENT_MAX, FactKind, Membership, RejectionReason, Tier,
            history::Fact,
            standing::{Standing, Step},
        },
        policy::{AnswerMembership, DecideMembership},
        store,
    },
};
use chrono::{Days, NaiveDate};
use entity::id::{MembershipId, TierId};

/// Years ahead that a membership can be given for at most.
const RENEW_MAX_YEARS: u32 = 20;

/// A comment, tidied.
///
/// # Errors
/// `TOO_LONG`.
pub(super) fn checked_comment(comment: Option<&str>) -> Result<Option<String>, Refusal> {
    check::optional_paragraph("input.comment", comment, COMMENT_MAX)
}

async fn hold_as_host(tx: &Tx, op: &Op, id: MembershipId) -> Outcome<(Held, Permit<DecideMembership>)> {
    let held = hold(tx, op, id).await?;
    let permit = op.authorize::<DecideMembership>(id, &held.program)?;
    Ok((held, permit))
}

/// The tier of the membership's program that the input names.
async fn own_tier(tx: &Tx, op: &Op, held: &Held, id: TierId) -> Outcome<Tier> {
    let tier = store::find_tier_in(tx, op, id).await?;
    let tier = tier.filter(|tier| tier.program_id == held.program.id);
    Ok(tier.ok_or_else(|| Refusal::not_found("input.tier"))?)
}

/// An end must lie ahead.
fn checked_end(op: &Op, path: &str, until: Option<NaiveDate>) -> Result<(), Refusal> {
    let latest = op.today().checked_add_months(chrono::Months::new(12 * RENEW_MAX_YEARS)).unwrap_or(NaiveDate::MAX);
    match until {
        Some(until) if until <= op.today() || until > latest => {
            let message = format!("Must be after today, and within {RENEW_MAX_YEARS} years.");
            Err(Refusal::of(path, ErrorCode::OutOfRange, message))
        }
        _ => Ok(()),
    }
}

/// Says yes to an application: the organization is a member from today on.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `OUT_OF_RANGE`.
pub async fn approve(
    op: &Op,
    id: MembershipId,
    tier: Option<TierId>,
    expires_on: Option<NaiveDate>,
    expected_revision: Option<i32>,
) -> Outcome<Membership> {
    let tx = op.db().begin().await?;
    let (held, permit) = hold_as_host(&tx, op, id).await?;
    let status = held.step(op, Step::Approve, expected_revision)?;
    checked_end(op, "input.expiresOn", expires_on)?;
    if let Some(tier) = tier {
        own_tier(&tx, op, &held, tier).await?;
    }
    if !store::organization_is_active_in(&tx, held.membership.organization_id).await? {
        let message = "The organization does not take part at present.";
        return Err(Refusal::of("id", ErrorCode::InvalidState, message).into());
    }
    let now = Some(op.now());
    let after = Membership { status, expires_on, decided_at: now, joined_at: now, ..held.membership.clone() };
    let joined = vec![today(op, FactKind::Joined, tier, "host")];
    held.finish(tx, op, &permit, MembershipChange::Approved, after, joined).await
}

/// Says no to an application.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn reject(
    op: &Op,
    id: MembershipId,
    reason: RejectionReason,
    comment: Option<&str>,
    expected_revision: Option<i32>,
) -> Outcome<Membership> {
    let comment = checked_comment(comment)?;
    if reason == RejectionReason::Other && comment.is_none() {
        let message = "Another reason needs a comment that says which.";
        return Err(Refusal::of("input.comment", ErrorCode::Required, message).into());
    }
    let tx = op.db().begin().await?;
    let (held, permit) = hold_as_host(&tx, op, id).await?;
    let status = held.step(op, Step::Reject, expected_revision)?;
    let after = Membership {
        status,
        decided_at: Some(op.now()),
        rejection_reason: Some(reason),
        comment,
        ..held.membership.clone()
    };
    held.finish(tx, op, &permit, MembershipChange::Rejected, after, Vec::new()).await
}

/// Sets a membership aside: it does not count until it is reinstated.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn suspend(op: &Op, id: MembershipId, comment: &str, expected_revision: Option<i32>) -> Outcome<Membership> {
    let comment = Some(check::paragraph("input.comment", comment, COMMENT_MAX)?);
    let tx = op.db().begin().await?;
    let (held, permit) = hold_as_host(&tx, op, id).await?;
    let status = held.step(op, Step::Suspend, expected_revision)?;
    let after = Membership { status, comment, ..held.membership.clone() };
    let suspended = vec![today(op, FactKind::Suspended, None, "host")];
    held.finish(tx, op, &permit, MembershipChange::Suspended, after, suspended).await
}

/// Ends a suspension.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`.
pub async fn reinstate(op: &Op, id: MembershipId, expected_revision: Option<i32>) -> Outcome<Membership> {
    let tx = op.db().begin().await?;
    let (held, permit) = hold_as_host(&tx, op, id).await?;
    let status = held.step(op, Step::Reinstate, expected_revision)?;
    let after = Membership { status, comment: None, ..held.membership.clone() };
    let reinstated = vec![today(op, FactKind::Reinstated, None, "host")];
    held.finish(tx, op, &permit, MembershipChange::Reinstated, after, reinstated).await
}

/// Ends a membership today: the host ends it, or the member leaves.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn terminate(
    op: &Op,
    id: MembershipId,
    comment: &str,
    expected_revision: Option<i32>,
) -> Outcome<Membership> {
    let comment = check::paragraph("input.comment", comment, COMMENT_MAX)?;
    let tx = op.db().begin().await?;
    let held = hold(&tx, op, id).await?;
    if op.actor.organization() == Some(held.membership.organization_id) {
        let permit = op.authorize::<AnswerMembership>(id, &held.membership)?;
        end(tx, op, held, &permit, "member", comment, expected_revision).await
    } else {
        let permit = op.authorize::<DecideMembership>(id, &held.program)?;
        end(tx, op, held, &permit, "host", comment, expected_revision).await
    }
}

async fn end<A: Action<Resource = MembershipId>>(
    tx: Tx,
    op: &Op,
    held: Held,
    permit: &Permit<A>,
    source: &str,
    comment: String,
    expected_revision: Option<i32>,
) -> Outcome<Membership> {
    let status = held.step(op, Step::Terminate, expected_revision)?;
    let after = Membership {
        status,
        comment: Some(comment),
        next_tier_id: None,
        next_tier_on: None,
        expires_on: None,
        ..held.membership.clone()
    };
    let left = vec![today(op, FactKind::Left, None, source)];
    held.finish(tx, op, permit, MembershipChange::Terminated, after, left).await
}

/// Says until when a membership holds, or that it has no end. One that has lapsed begins again today, with its last tier.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `OUT_OF_RANGE`.
pub async fn renew(
    op: &Op,
    id: MembershipId,
    until: Option<NaiveDate>,
    expected_revision: Option<i32>,
) -> Outcome<Membership> {
    let tx = op.db().begin().await?;
    let (held, permit) = hold_as_host(&tx, op, id).await?;
    let status = held.step(op, Step::Renew, expected_revision)?;
    checked_end(op, "input.until", until)?;
    let mut after = Membership { status, expires_on: until, ..held.membership.clone() };
    let mut facts = Vec::new();
    if held.standing(op) == Standing::Lapsed {
        after.joined_at = Some(op.now());
        facts.push(today(op, FactKind::Joined, held.membership.tier_id, "host"));
    }
    held.finish(tx, op, &permit, MembershipChange::Renewed, after, facts).await
}

/// Gives a membership a tier: a higher or equal one at once, a lower one after the program's grace period, or either from
/// a later day on. The tier that it holds already drops a planned change.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE`, `INVALID_VALUE`, `OUT_OF_RANGE`.
pub async fn assign_tier(
    op: &Op,
    id: MembershipId,
    tier: TierId,
    effective_on: Option<NaiveDate>,
    waive_grace: bool,
    expected_revision: Option<i32>,
) -> Outcome<Membership> {
    let tx = op.db().begin().await?;
    let (held, permit) = hold_as_host(&tx, op, id).await?;
    let status = held.step(op, Step::AssignTier, expected_revision)?;
    let wanted = own_tier(&tx, op, &held, tier).await?;
    let mut after = Membership { status, next_tier_id: None, next_tier_on: None, ..held.membership.clone() };
    if held.membership.tier_id == Some(tier) {
        if held.membership.next_tier_id.is_none() {
            let message = "The membership holds this tier already.";
            return Err(Refusal::of("input.tier", ErrorCode::InvalidValue, message).into());
        }
        return held.finish(tx, op, &permit, MembershipChange::DemotionWaived, after, Vec::new()).await;
    }
    let present = match held.membership.tier_id {
        Some(present) => store::find_tier_in(&tx, op, present).await?,
        None => None,
    };
    let demotion = present.is_some_and(|present| wanted.rank < present.rank);
    let grace = if demotion && !waive_grace { held.program.grace_days } else { 0 };
    let day = checked_day(op, effective_on, grace)?;
    if held.membership.expires_on.is_some_and(|expires| expires <= day) {
        let message = "The membership ends before that day.";
        return Err(Refusal::of("input.effectiveOn", ErrorCode::InvalidValue, message).into());
    }
    let mut facts = Vec::new();
    if day <= op.today() {
        let from_tier = held.membership.tier_id;
        facts.push(Fact { from_tier, ..today(op, FactKind::TierChanged, Some(tier), "host") });
    } else {
        after.next_tier_id = Some(tier);
        after.next_tier_on = Some(day);
    }
    held.finish(tx, op, &permit, MembershipChange::TierAssigned, after, facts).await
}

/// The day from which a tier counts: not one that has passed, and not one within the grace period.
fn checked_day(op: &Op, wanted: Option<NaiveDate>, grace_days: i32) -> Result<NaiveDate, Refusal> {
    let ahead = |days: u64| op.today().checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
    let first = ahead(u64::try_from(grace_days).unwrap_or_default());
    let Some(wanted) = wanted else { return Ok(first) };
    if wanted < op.today() || wanted > ahead(AHEAD_MAX_DAYS) {
        let message = "Must not be before today, and within a year.";
        return Err(Refusal::of("input.effectiveOn", ErrorCode::OutOfRange, message));
    }
    if wanted < first {
        let message = format!("A lower tier counts from {first} on, after the grace period; waive it to be earlier.");
        return Err(Refusal::of("input.effectiveOn", ErrorCode::InvalidValue, message));
    }
    Ok(wanted)
}
