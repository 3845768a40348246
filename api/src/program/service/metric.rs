//! Measured values, by which requirements are judged.

use super::record::hold;
use crate::{
    event,
    op::{ErrorCode, Op, Outcome, Refusal},
    program::{
        event::metric_fact,
        model::{Membership, MetricDraft, standing::Step},
        policy::DecideMembership,
        store,
    },
};
use entity::id::MembershipId;

/// Records a measured value of a membership; one of the same metric and day is replaced.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `OUT_OF_RANGE`.
pub async fn record(op: &Op, id: MembershipId, draft: MetricDraft) -> Outcome<Membership> {
    let tx = op.db().begin().await?;
    let held = hold(&tx, op, id).await?;
    let permit = op.authorize::<DecideMembership>(id, &held.program)?;
    held.step(op, Step::Measure, None)?;
    if draft.as_of > op.today() {
        let message = "A value cannot be of a day that has not come.";
        return Err(Refusal::of("input.asOf", ErrorCode::OutOfRange, message).into());
    }
    let before = store::record_metric_in(&tx, op, &permit, &draft).await?;
    let fact = metric_fact(held.program.organization_id, &held.before, before, &draft);
    event::record(&tx, op, vec![fact]).await?;
    tx.commit().await?;
    Ok(held.before)
}
