//! The way of a lead: to its receivers one after the other, and back.

use super::{locked, present_step};
use crate::{
    db::Tx,
    event,
    lead::{
        event::LeadEvent,
        model::{
            ANSWER_DAYS, ANSWER_DAYS_DEFAULT, Lead, LeadSkipReason, LeadStatus, LeadStepState, OUT_MAX, RECEIVERS_MAX,
            Seen, Sending, Step, cancel as check_cancel, next, send as check_send,
        },
        policy::SendLead,
        store::{self, Change, NewStep, StepChange},
    },
    op::{Action, ErrorCode, Fault, Op, Outcome, Permit, Refusal, check, check_revision},
    organization::{self, model::OrganizationStatus},
    partnership::service::are_partners_in,
};
use chrono::TimeDelta;
use entity::id::{LeadId, OrganizationId};

/// A way that was found to be one.
pub(super) struct Route {
    /// The receivers in their order, each with the field that names it.
    receivers: Vec<(OrganizationId, String)>,
    answer_days: i32,
}

/// The way that `sending` names. Looks receivers up, and so must come before the transaction.
///
/// # Errors
/// `NOT_FOUND`, `INVALID_VALUE` for the sender itself and for one that is named twice, `INVALID_STATE` for one that does
/// not take part, `TOO_MANY`, `OUT_OF_RANGE`.
pub(super) async fn checked(op: &Op, own: OrganizationId, sending: &Sending) -> Outcome<Route> {
    let answer_days = match sending.answer_days {
        Some(days) => check::within("input.answerDays", days, &ANSWER_DAYS)?,
        None => ANSWER_DAYS_DEFAULT,
    };
    check::at_most("input.fallbacks", sending.fallbacks.len(), RECEIVERS_MAX - 1)?;
    let later = sending.fallbacks.iter().enumerate().map(|(at, slug)| (slug, format!("input.fallbacks.{at}")));
    let mut receivers: Vec<(OrganizationId, String)> = Vec::new();
    for (slug, path) in std::iter::once((&sending.receiver, "input.receiver".to_owned())).chain(later) {
        let found = organization::service::find_by_slug(op, slug).await?;
        let found = found.ok_or_else(|| Refusal::not_found(&path))?;
        if found.id == own {
            return Err(Refusal::of(&path, ErrorCode::InvalidValue, "A lead goes to another organization.").into());
        }
        if receivers.iter().any(|(receiver, _)| *receiver == found.id) {
            return Err(Refusal::of(&path, ErrorCode::InvalidValue, "Nobody is asked twice.").into());
        }
        if found.status != OrganizationStatus::Active {
            let message = "This organization does not take part.";
            return Err(Refusal::of(&path, ErrorCode::InvalidState, message).into());
        }
        receivers.push((found.id, path));
    }
    Ok(Route { receivers, answer_days })
}

/// Sends a new lead: to the first receiver now, to each of the others when the one before declined or did not answer in
/// time. All are partners of the sender by a partnership that both agreed to and that holds.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for one that was sent before, and for a receiver that
/// does not take part or is no partner, `INVALID_VALUE`, `OUT_OF_RANGE`, `TOO_MANY`, also beyond [`OUT_MAX`] leads that
/// wait for an answer.
pub async fn send(op: &Op, id: LeadId, sending: Sending, expected_revision: Option<i32>) -> Outcome<Seen> {
    op.signed_in()?;
    // Without an organization nothing is visible.
    let own = op.actor.organization().ok_or_else(|| Refusal::not_found("id"))?;
    let route = checked(op, own, &sending).await;
    let tx = op.db().begin().await?;
    let seen = locked(&tx, op, id).await?;
    let permit = op.authorize::<SendLead>(id, &seen)?;
    check_revision(expected_revision, seen.lead.revision)?;
    check_send(&seen.lead)?;
    // What is wrong with the receivers is told only to whoever may send.
    let (after, step) = dispatch(&tx, op, &permit, &seen.lead, route?).await?;
    event::record(&tx, op, LeadEvent::Sent { after: &after, step: &step }.facts()).await?;
    tx.commit().await?;
    Ok(Seen { lead: after, step: None })
}

/// Sends a new lead on its way.
///
/// # Errors
/// `INVALID_STATE` for a receiver that is no partner, `TOO_MANY`.
pub(super) async fn dispatch(
    tx: &Tx,
    op: &Op,
    permit: &Permit<SendLead>,
    lead: &Lead,
    route: Route,
) -> Outcome<(Lead, Step)> {
    for (receiver, path) in &route.receivers {
        if !are_partners_in(tx, op, lead.organization_id, *receiver).await? {
            let message = "Leads go to partners only: the two have no partnership that both agreed to and that holds.";
            return Err(Refusal::of(path, ErrorCode::InvalidState, message).into());
        }
    }
    if store::count_out_in(tx, lead.organization_id).await? >= OUT_MAX {
        let message = format!("At most {OUT_MAX} leads can wait for an answer at a time.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let expires_at = op.now() + TimeDelta::days(i64::from(route.answer_days));
    let places: Vec<_> = route
        .receivers
        .iter()
        .enumerate()
        .map(|(at, (organization, _))| NewStep {
            organization: *organization,
            expires_at: (at == 0).then_some(expires_at),
        })
        .collect();
    let steps = store::insert_steps_in(tx, op, permit, &places).await?;
    let first = steps.first().cloned().ok_or_else(|| Fault::internal("a way without a receiver"))?;
    let asking = Change::Ask {
        receiver: first.organization_id,
        answer_days: route.answer_days,
        expires_at,
        waiting: i32::try_from(steps.len() - 1).map_err(Fault::internal)?,
    };
    Ok((store::update_in(tx, op, permit, lead, asking).await?, first))
}

/// Passes a lead on from a receiver that declined or was too late, to the next that is still a partner of the sender; with
/// none left, the lead comes to its `end`. Gives the lead and the place of the one that is asked now.
///
/// # Errors
/// Database faults.
pub(super) async fn pass_on<A: Action<Resource = LeadId>>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    lead: &Lead,
    end: LeadStatus,
) -> Result<(Lead, Option<Step>), Fault> {
    let mut steps = store::list_steps_in(tx, lead.id).await?;
    while let Some(candidate) = next(&steps).cloned() {
        let partner = are_partners_in(tx, op, lead.organization_id, candidate.organization_id).await?;
        let takes_part = partner && store::takes_part_in(tx, candidate.organization_id).await?;
        steps.retain(|step| step.position != candidate.position);
        if !takes_part {
            let skip = StepChange::Skip(LeadSkipReason::NotAPartner);
            store::update_step_in(tx, op, permit, &candidate, skip).await?;
            continue;
        }
        let expires_at = op.now() + TimeDelta::days(i64::from(lead.answer_days));
        let asked = store::update_step_in(tx, op, permit, &candidate, StepChange::Ask(expires_at)).await?;
        let left = steps.iter().filter(|step| step.state == LeadStepState::Waiting).count();
        let asking = Change::Ask {
            receiver: asked.organization_id,
            answer_days: lead.answer_days,
            expires_at,
            waiting: i32::try_from(left).map_err(Fault::internal)?,
        };
        return Ok((store::update_in(tx, op, permit, lead, asking).await?, Some(asked)));
    }
    Ok((store::update_in(tx, op, permit, lead, Change::Reach(end)).await?, None))
}

/// Takes a lead back that nobody has accepted.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `EXPIRED`, `INVALID_STATE`.
pub async fn cancel(op: &Op, id: LeadId, expected_revision: Option<i32>) -> Outcome<Seen> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let seen = locked(&tx, op, id).await?;
    let permit = op.authorize::<SendLead>(id, &seen)?;
    check_revision(expected_revision, seen.lead.revision)?;
    check_cancel(&seen.lead, op.now())?;
    let step = match seen.lead.status {
        LeadStatus::Sent => present_step(&tx, &seen.lead).await?,
        _ => None,
    };
    let step = match step {
        Some(step) => {
            let reached = StepChange::Reach(LeadStepState::Canceled);
            Some(store::update_step_in(&tx, op, &permit, &step, reached).await?)
        }
        None => None,
    };
    store::skip_waiting_in(&tx, &permit, &seen.lead).await?;
    let after = store::update_in(&tx, op, &permit, &seen.lead, Change::Reach(LeadStatus::Canceled)).await?;
    event::record(&tx, op, LeadEvent::Canceled { after: &after, step: step.as_ref() }.facts()).await?;
    tx.commit().await?;
    Ok(Seen { lead: after, step: None })
}
