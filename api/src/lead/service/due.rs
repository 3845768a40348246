//! What the clock brings about: a receiver that did not answer in time is passed over. Reads decide from the clock and do
//! not wait for this; what it adds is that the lead goes on, and the facts.

use super::{present_step, route};
use crate::{
    event,
    lead::{
        event::LeadEvent,
        model::{LeadStatus, LeadStepState},
        policy::ExpireLead,
        store::{self, StepChange},
    },
    op::{Failure, Fault, Op, Outcome, each_due},
};
use chrono::{DateTime, Utc};
use entity::id::LeadId;

/// Passes on at most `limit` leads whose present receiver's time has run out, each in a transaction of its own, and says
/// how many. Any number of replicas may do so at once: each lead is passed on by one.
///
/// # Errors
/// The first fault; the others had their turn.
pub async fn expire_due(op: &Op, limit: u64) -> Result<usize, Fault> {
    let op = &op.as_system();
    let due = store::list_due(op, limit).await?;
    each_due(due, |id| async move { expire(op, id).await.map_err(Failure::into_fault) }).await
}

/// When the next receiver's time runs out; none where nobody is asked.
///
/// # Errors
/// Database faults.
pub async fn next_expiry(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    store::next_expiry(op).await
}

async fn expire(op: &Op, id: LeadId) -> Outcome<bool> {
    let tx = op.db().begin().await?;
    // Answered, taken back, or in the hands of another replica since it was found.
    let Some(lead) = store::find_due_in(&tx, op.now(), id).await? else { return Ok(false) };
    let permit = op.authorize::<ExpireLead>(id, &())?;
    let step = present_step(&tx, &lead).await?.ok_or_else(|| Fault::internal("a lead that is with nobody expires"))?;
    let step = store::update_step_in(&tx, op, &permit, &step, StepChange::Reach(LeadStepState::Expired)).await?;
    let (after, next) = route::pass_on(&tx, op, &permit, &lead, LeadStatus::Expired).await?;
    let passed = LeadEvent::Passed { after: &after, step: &step, next: next.as_ref() };
    event::record(&tx, op, passed.facts()).await?;
    tx.commit().await?;
    Ok(true)
}
