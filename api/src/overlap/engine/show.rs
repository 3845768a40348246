//! The end of a run: one transaction in which readers come to see it, and both sides are told.

use super::run::{Laid, Run};
use crate::{
    event,
    op::Fault,
    overlap::{
        event::RunShown,
        model::MappingResult,
        store::{self, Ending},
    },
};
use entity::id::AccountId;

/// What came of the attempt to show a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Showing {
    /// Readers see it.
    Shown,
    /// It is no longer held.
    Lost,
    /// The lists are no longer compared.
    Closed,
    /// What is kept changed since the run began: it has to begin anew.
    Stale,
}

/// Shows a run that was laid out.
pub(super) async fn show(
    run: &Run<'_>,
    before: &MappingResult,
    (left_version, right_version): (i64, i64),
    laid: &Laid,
) -> Result<Showing, Fault> {
    let (op, permit) = (run.op, run.permit);
    let tx = op.db().begin().await?;
    let present = store::lock_result_in(&tx, permit).await?;
    if !store::has_lease_in(&tx, op, permit, run.id, run.holder).await? {
        return Ok(Showing::Lost);
    }
    if (present.run, present.revision) != (before.run, before.revision) {
        return Ok(Showing::Stale);
    }
    if store::find_pair(&*tx, run.pair.id).await?.is_none() {
        return Ok(Showing::Closed);
    }
    let next = before.run + 1;
    let (pairs, left, right) = match laid.counts {
        Some((pairs, left, right)) => (count(pairs), count(left), count(right)),
        None => {
            let (was, is) = (seen(run, &tx, laid, before.run).await?, seen(run, &tx, laid, next).await?);
            (
                before.pair_count + count(laid.layout.found) - count(laid.layout.lost),
                before.left_count + is.0 - was.0,
                before.right_count + is.1 - was.1,
            )
        }
    };
    let after = MappingResult {
        left_version,
        right_version,
        run: next,
        pair_count: pairs,
        left_count: left,
        right_count: right,
        computed_at: Some(op.now()),
        skipped_left: None,
        skipped_right: None,
        failures: 0,
        next_attempt_at: None,
        ..present
    };
    store::update_result_in(&tx, permit, after).await?;
    let (found, lost) = (i64::from(count(laid.layout.found)), i64::from(count(laid.layout.lost)));
    let done = Ending::Done { progress: run.watch.progress(), found, lost };
    store::finish_run_in(&tx, op, permit, run.id, Some(run.holder), done).await?;
    let shown = RunShown { pair: run.pair, layout: &laid.layout, run: next };
    let facts = super::tell::facts(&tx, op, &shown).await?;
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(Showing::Shown)
}

/// How many of the accounts that something changed for are seen with a run.
async fn seen(run: &Run<'_>, tx: &crate::db::Tx, laid: &Laid, number: i64) -> Result<(i32, i32), Fault> {
    let layout = &laid.layout;
    let touched = |side: fn(&(AccountId, AccountId)) -> AccountId| {
        let begin = layout.begin.iter().map(|row| (row.left, row.right));
        let end = layout.end.iter().map(|end| (end.row.left, end.row.right));
        let mut ids: Vec<AccountId> = begin.chain(end).map(|row| side(&row)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let (left, right) = (touched(|row| row.0), touched(|row| row.1));
    let (left, right) = store::count_seen_in(tx, run.pair.id, number, &left, &right).await?;
    Ok((i32::try_from(left).unwrap_or(i32::MAX), i32::try_from(right).unwrap_or(i32::MAX)))
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
