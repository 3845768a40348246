//! Exploratory mappings: both sides agree to compare counts, for a time, before they are partners.

use super::{due::conclude_overdue, watch::Watch};
use crate::{
    db::{Claim, Tx, claim},
    event,
    op::{Action, ErrorCode, Fault, Op, Outcome, Permit, Refusal, check},
    organization::model::OrganizationStatus,
    partnership::service::are_partners_in,
    sharing::{
        event::SharingEvent,
        model::{
            ANSWER_WITHIN, ConsentKind, DAYS, DAYS_DEFAULT, ExploratoryMapping, ExploratoryStatus, MESSAGE_MAX,
            OPEN_PROPOSALS_MAX, step,
        },
        policy::{AnswerMapping, CancelMapping, EndMapping, ProposeMapping},
        store::{self, NewConsent, Step},
    },
};
use chrono::TimeDelta;
use entity::id::{ExploratoryMappingId, OrganizationId};
use serde::Serialize;
use serde_json::{Value, json};

/// A proposal as it is typed in.
#[derive(Clone, Debug, Serialize)]
pub struct Proposal {
    /// The slug or the id of the other organization.
    pub partner: String,
    /// What it reads.
    pub message: String,
    /// How long it is to run.
    pub days: Option<i32>,
}

/// Proposes an exploratory mapping.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `ALREADY_EXISTS` where one is open or runs, `INVALID_VALUE` for the own organization,
/// `INVALID_STATE` where the two are partners or the other one does not take part, `OUT_OF_RANGE`, `REQUIRED`, `TOO_LONG`,
/// `TOO_MANY` beyond [`OPEN_PROPOSALS_MAX`], `IDEMPOTENCY_KEY_REUSED`.
pub async fn propose(op: &Op, input: Proposal, idempotency_key: Option<&str>) -> Outcome<ExploratoryMapping> {
    let own = op.own_organization()?;
    let message = check::line("input.message", &input.message, MESSAGE_MAX)?;
    let days = check::within("input.days", input.days.unwrap_or(DAYS_DEFAULT), &DAYS)?;
    if let Some(partner) = store::find_partner(op.db().read(), op, &input.partner).await? {
        conclude_overdue(op, own, partner.id).await?;
    }
    let tx = op.db().begin().await?;
    let partner = store::find_partner(&*tx, op, &input.partner).await?;
    let partner = partner.ok_or_else(|| Refusal::not_found("input.partner"))?;
    store::lock_organizations_in(&tx, [own, partner.id]).await?;
    let permit = op.authorize::<ProposeMapping>(own, &own)?;
    let id = match claim(&tx, op, own, "exploratoryMappingPropose", idempotency_key, &input).await? {
        Claim::Repeat(id) => {
            let found = store::find_mapping_in(&tx, op, id.into()).await?;
            return Ok(found.ok_or_else(|| Refusal::not_found(""))?);
        }
        Claim::Fresh(id) => ExploratoryMappingId::from(id),
    };
    may_explore(&tx, op, own, &partner).await?;
    let new = store::NewMapping { id, invitee: partner.id, message, days, expires_at: op.now() + ANSWER_WITHIN };
    let mapping = store::insert_mapping_in(&tx, op, &permit, new).await?;
    store::insert_consents_in(&tx, op, vec![consent_of(own, None, &mapping)]).await?;
    event::record(&tx, op, SharingEvent::Proposed(&mapping).facts()).await?;
    tx.commit().await?;
    Ok(mapping)
}

async fn may_explore(tx: &Tx, op: &Op, own: OrganizationId, partner: &store::Organization) -> Outcome<()> {
    let refuse = |code, message: &str| Refusal::of("input.partner", code, message);
    if partner.id == own {
        return Err(refuse(ErrorCode::InvalidValue, "An organization cannot explore with itself.").into());
    }
    if partner.status != OrganizationStatus::Active {
        return Err(refuse(ErrorCode::InvalidState, "This organization does not take part.").into());
    }
    if are_partners_in(tx, op, own, partner.id).await? {
        return Err(refuse(ErrorCode::InvalidState, "The two are partners: rules are enough.").into());
    }
    if let Some(open) = store::find_open_in(tx, own, partner.id).await? {
        let message = match open.status {
            ExploratoryStatus::Pending if open.invitee_id == own => "This organization has proposed it. Accept that.",
            ExploratoryStatus::Pending => "A proposal is open already. Cancel it to send another.",
            _ => "An exploratory mapping of the two runs already.",
        };
        return Err(refuse(ErrorCode::AlreadyExists, message).into());
    }
    if store::count_open_in(tx, own, op.now()).await? >= OPEN_PROPOSALS_MAX {
        let message = format!("At most {OPEN_PROPOSALS_MAX} proposals can be open at a time.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    Ok(())
}

/// Accepts a proposal: from now on both see counts of the lists that they show each other.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE`.
pub async fn accept(op: &Op, id: ExploratoryMappingId) -> Outcome<ExploratoryMapping> {
    move_on::<AnswerMapping>(op, id, ExploratoryStatus::Accepted).await
}

/// Declines a proposal.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE`.
pub async fn decline(op: &Op, id: ExploratoryMappingId) -> Outcome<ExploratoryMapping> {
    move_on::<AnswerMapping>(op, id, ExploratoryStatus::Declined).await
}

/// Takes a proposal back.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE`.
pub async fn cancel(op: &Op, id: ExploratoryMappingId) -> Outcome<ExploratoryMapping> {
    move_on::<CancelMapping>(op, id, ExploratoryStatus::Canceled).await
}

/// Ends an exploratory mapping before its time: at once nothing is shown by it.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `EXPIRED`, `INVALID_STATE`.
pub async fn end(op: &Op, id: ExploratoryMappingId) -> Outcome<ExploratoryMapping> {
    move_on::<EndMapping>(op, id, ExploratoryStatus::Ended).await
}

async fn move_on<A>(op: &Op, id: ExploratoryMappingId, to: ExploratoryStatus) -> Outcome<ExploratoryMapping>
where
    A: Action<Resource = ExploratoryMappingId, Facts = ExploratoryMapping>,
{
    op.signed_in()?;
    let gone = || Refusal::not_found("id");
    // The organizations are locked before the mapping, as wherever both are.
    let found = store::list_mappings_by_ids(op, &[id]).await?.pop().ok_or_else(gone)?;
    let tx = op.db().begin().await?;
    store::lock_organizations_in(&tx, [found.inviter_id, found.invitee_id]).await?;
    let before = store::find_mapping_in(&tx, op, id).await?.ok_or_else(gone)?;
    let permit = op.authorize::<A>(id, &before)?;
    step(&before, to, op.now())?;
    let after = write_step(&tx, op, &permit, &before, to).await?;
    tx.commit().await?;
    Ok(after)
}

/// Writes a step, its records of consent and its facts, and settles the pairs of lists.
pub(super) async fn write_step<A: Action<Resource = ExploratoryMappingId>>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    before: &ExploratoryMapping,
    to: ExploratoryStatus,
) -> Result<ExploratoryMapping, Fault> {
    let (inviter, invitee) = (before.inviter_id, before.invitee_id);
    let own = op.actor.organization();
    let watch = Watch::begin(tx, op, vec![(inviter, invitee), (invitee, inviter)]).await?;
    let ends_at = match to {
        ExploratoryStatus::Accepted => Some(op.now() + TimeDelta::days(i64::from(before.days))),
        // Whoever ends it brings its end forward.
        ExploratoryStatus::Ended => own.map(|_| op.now()),
        _ => None,
    };
    let ended_by = own.filter(|_| to == ExploratoryStatus::Ended);
    let after = store::step_in(tx, op, permit, before, Step { status: to, ends_at, ended_by }).await?;
    // Each side's word is on its own record; what the clock does is on both.
    let sides: Vec<_> = own.map_or_else(|| vec![inviter, invitee], |own| vec![own]);
    let consents = sides.into_iter().map(|side| consent_of(side, Some(before), &after)).collect();
    store::insert_consents_in(tx, op, consents).await?;
    let mut facts = SharingEvent::Moved { before, after: &after }.facts();
    facts.extend(watch.finish(tx, op).await?);
    event::record(tx, op, facts).await?;
    Ok(after)
}

fn consent_of(
    organization: OrganizationId,
    before: Option<&ExploratoryMapping>,
    after: &ExploratoryMapping,
) -> NewConsent {
    let said = |mapping: &ExploratoryMapping| -> Value {
        json!({
            "exploratoryMapping": event::subject(mapping.id),
            "status": mapping.status,
            "days": mapping.days,
            "endsAt": mapping.ends_at,
        })
    };
    let partner = if organization == after.inviter_id { after.invitee_id } else { after.inviter_id };
    NewConsent {
        organization,
        partner: Some(partner),
        list: None,
        kind: ConsentKind::Exploratory,
        before: before.map(said),
        after: Some(said(after)),
    }
}
