//! Whom a run that is shown is told to, and how much of it: each side what the other one's rule lets it see now.

use crate::{
    db::Tx,
    event::Fact,
    op::{Fault, Op},
    overlap::{
        event::{Moved, RunShown, Tally, Told},
        model::TOLD_MAX,
        scope::{OpenPair, View, partner_in, view},
        store,
    },
};
use entity::id::{AccountId, OverlapId};
use std::collections::HashMap;

/// The facts of a run, for each side that may know of it.
pub(super) async fn facts(tx: &Tx, op: &Op, shown: &RunShown<'_>) -> Result<Vec<Fact>, Fault> {
    let layout = shown.layout;
    if layout.found == 0 && layout.lost == 0 {
        return Ok(Vec::new());
    }
    let Some((_, right)) = store::list_versions(&**tx, shown.pair).await? else { return Ok(Vec::new()) };
    let mut sides = vec![shown.pair.left_id, shown.pair.right_id];
    sides.dedup();
    let mut facts = Vec::new();
    for viewer in sides {
        let Some(partner) = partner_in(shown.pair.left_id, shown.pair.right_id, right.subject, viewer) else {
            continue;
        };
        let view = view(&**tx, op.now(), viewer, partner).await?;
        let Some(open) = view.pair(shown.pair.id) else { continue };
        let threshold = op.mapping().count_threshold;
        let tally = Tally::of(open.partner.level, threshold, layout.found, layout.lost);
        let Some(tally) = tally else { continue };
        let told = Told { viewer, partner, open, tally };
        facts.push(shown.summary(&told));
        if open.shows_rows() && layout.found + layout.lost <= TOLD_MAX {
            let moved = moved(tx, shown, &view, open).await?;
            facts.extend(shown.single(&told, &moved));
        }
    }
    Ok(facts)
}

/// Overlaps of the run whose company the reader has met in another list of the partner, of another kind, which it left or
/// is about to leave: a partner's open opportunity that became a customer.
async fn moved(
    tx: &Tx,
    shown: &RunShown<'_>,
    view: &View,
    open: &OpenPair,
) -> Result<HashMap<OverlapId, Moved>, Fault> {
    let others: Vec<&OpenPair> =
        view.pairs.iter().filter(|other| other.shows_rows() && other.partner.kind != open.partner.kind).collect();
    let rows = shown.rows(open.own_is_left);
    if others.is_empty() || rows.is_empty() {
        return Ok(HashMap::new());
    }
    let reads: Vec<_> = others.iter().map(|other| other.read()).collect();
    let own: Vec<AccountId> = rows.iter().map(|row| row.own).collect();
    let met = store::list_met(&**tx, &reads, &own).await?;
    let theirs = met.iter().map(|met| met.partner).chain(rows.iter().map(|row| row.partner));
    let known = store::list_last_known(&**tx, theirs).await?;
    let mut moved = HashMap::new();
    for row in &rows {
        // Where it is found here it has gone there; where it has gone here it is still there.
        let same = met.iter().find(|met| {
            met.own == row.own
                && met.seen != row.found
                && known.get(&met.partner).zip(known.get(&row.partner)).is_some_and(|(one, other)| {
                    one.domain.is_some() && one.domain == other.domain || one.name_key == other.name_key
                })
        });
        let other = same.and_then(|met| others.iter().find(|other| other.pair.id == met.pair));
        if let Some(other) = other {
            let (here, there) = (open.partner.kind, other.partner.kind);
            let (from, to) = if row.found { (there, here) } else { (here, there) };
            moved.insert(row.id, Moved { from, to });
        }
    }
    Ok(moved)
}
