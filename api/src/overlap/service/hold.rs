//! What a dispute does to what is seen, in the transaction in which it is raised or ends: not even a run waits for it.

use crate::overlap::model::Begin;
use crate::{
    db::Tx,
    op::{Fault, Op, Permit},
    overlap::{
        model::{DISPUTE, DisputeVerdict, Found, MappingResult, Outcome, Overlap, outcome, withdrawn},
        policy::CompareLists,
        store,
    },
    sharing::model::MappingPair,
};
use entity::id::AccountId;

/// Two accounts of a pair.
pub(super) struct Two<'a> {
    pub(super) pair: &'a MappingPair,
    pub(super) left: AccountId,
    pub(super) right: AccountId,
}

/// Has a verdict hold about two accounts from now on, or none. `result` is the pair's, locked; it is written as it is then,
/// and runs that began before begin anew. Gives what is kept of the two then.
pub(super) async fn hold(
    tx: &Tx,
    op: &Op,
    permit: &Permit<CompareLists>,
    two: &Two<'_>,
    mut result: MappingResult,
    verdict: Option<DisputeVerdict>,
) -> Result<Option<Overlap>, Fault> {
    let (pair, run) = (two.pair, result.run);
    let (left, right) = ([two.left], [two.right]);
    let before = store::find_kept(&**tx, pair.id, run, two.left, two.right).await?;
    let was_counted = store::count_seen_in(tx, pair.id, run, &left, &right).await?;
    let wanted = wanted(two, before.as_ref(), verdict);
    match (&before, wanted) {
        (Some(before), Some(wanted)) => store::update_row_in(tx, permit, pair.id, run, before.id, wanted).await?,
        // It ends with the run that is seen, so it is seen no more.
        (Some(before), None) => store::end_rows_in(tx, permit, pair.id, run, run, &[before.id]).await?,
        (None, Some(outcome)) => {
            let (id, found_at) = (op.new_id(), op.now());
            let row = Begin { id, left: two.left, right: two.right, outcome, found_at, is_found: true };
            store::insert_rows_in(tx, permit, pair, run, &[row]).await?;
        }
        (None, None) => {}
    }
    let is_counted = store::count_seen_in(tx, pair.id, run, &left, &right).await?;
    let was_seen = before.is_some_and(|before| !before.hidden);
    let is_seen = wanted.is_some_and(|wanted| !wanted.hidden);
    result.pair_count += i32::from(is_seen) - i32::from(was_seen);
    result.left_count += difference(was_counted.0, is_counted.0);
    result.right_count += difference(was_counted.1, is_counted.1);
    result.revision += 1;
    store::update_result_in(tx, permit, result).await?;
    store::find_kept(&**tx, pair.id, run, two.left, two.right).await
}

fn wanted(two: &Two<'_>, before: Option<&Overlap>, verdict: Option<DisputeVerdict>) -> Option<Outcome> {
    // What the engine says, without any dispute.
    let engine = before.and_then(|row| {
        withdrawn(Outcome {
            matched: row.matched,
            score: row.score,
            confidence: row.confidence,
            reasons: row.reasons,
            hidden: row.hidden,
        })
    });
    let found = engine.map(|engine| Found {
        left: two.left,
        right: two.right,
        score: engine.score,
        confidence: engine.confidence,
        reasons: engine.reasons & !DISPUTE,
    });
    outcome(found.as_ref(), verdict)
}

fn difference(before: i64, after: i64) -> i32 {
    i32::try_from(after - before).unwrap_or_default()
}
