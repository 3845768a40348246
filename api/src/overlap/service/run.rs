//! Stopping a run.

use crate::{
    event,
    op::{Fault, Op, Outcome, Refusal},
    overlap::{
        event::run_canceled,
        model::{MappingRun, cancel},
        policy::{CancelRun, CompareLists},
        scope,
        store::{self, Ending},
    },
};
use entity::id::MappingRunId;

/// Stops a run that waits or is worked on. The lists are not compared again by themselves until one of them changes.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE` for one that has come to its end.
pub async fn cancel_run(op: &Op, id: MappingRunId) -> Outcome<MappingRun> {
    op.signed_in()?;
    let own = op.own_organization()?;
    let not_found = || Refusal::not_found("id");
    let found = store::list_runs_by_ids(op, &[id]).await?.pop().ok_or_else(not_found)?;
    let pairs = store::list_pairs_by_ids(op.db().read(), [found.pair_id]).await?;
    let mut open = scope::open(op.db().read(), op.now(), own, pairs).await?;
    let open = open.remove(&found.pair_id).ok_or_else(not_found)?;
    let permit = op.authorize::<CancelRun>(id, &found)?;
    let engine = op.as_system();
    let compare = engine.authorize::<CompareLists>(found.pair_id, &())?;

    let tx = op.db().begin().await?;
    let mut result = store::lock_result_in(&tx, &compare).await?;
    let before = store::find_run_in(&tx, id).await?.ok_or_else(not_found)?;
    cancel(&before)?;
    let is_held = before.lease_until.is_some_and(|until| until > op.now());
    if is_held {
        // Whoever works on it ends it, within a second.
        store::cancel_run_in(&tx, &permit).await?;
    } else {
        store::finish_run_in(&tx, op, &permit, id, None, Ending::Canceled).await?;
        store::clear_ahead_in(&tx, &compare, found.pair_id, result.run).await?;
        if let Some((left, right)) = store::list_versions(&*tx, &open.pair).await? {
            result.skipped_left = Some(left.version);
            result.skipped_right = Some(right.version);
            store::update_result_in(&tx, &compare, result).await?;
        }
    }
    let after = store::find_run_in(&tx, id).await?.ok_or_else(|| Fault::internal("a run that was locked is gone"))?;
    event::record(&tx, op, run_canceled(id, own)).await?;
    tx.commit().await?;
    Ok(after)
}
