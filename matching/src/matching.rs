//! A full run, and a run for some accounts only.

use crate::{
    block::{self, Entry},
    decide::{Match, decide, scored},
    index::Index,
    sorting::sort,
    statistics::Statistics,
};
use rayon::prelude::*;

/// Pieces that the keys of a full run are cut into.
const PIECES: usize = 64;

/// All matches of two lists, in the order of the left list and then of the right. Exchanging the lists gives the same pairs.
///
/// Both lists must have been made ready with `statistics`. The work grows with the lists; memory is about 120 bytes an
/// account and 16 a pair that is looked at.
#[must_use]
pub fn match_all(left: &Index, right: &Index, statistics: &Statistics) -> Vec<Match> {
    let pairs = candidates(left, right);
    let scored = scored(left, right, statistics, &pairs);
    drop(pairs);
    decide(left, right, statistics, &scored)
}

/// The matches of some accounts, out of [`match_some`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rematch {
    /// The accounts of the left list whose matches these are: those that were asked for, and those whose matches a change
    /// of them may have changed. In order.
    pub left: Vec<u32>,
    /// The same of the right list.
    pub right: Vec<u32>,
    /// All matches with at least one of these accounts, in the order of the left list and then of the right.
    pub matches: Vec<Match>,
}

/// The accounts of either list whose matches may change when some accounts do, with these themselves: those that share a
/// key with one of them, since they may lose or win a match to it, and those of its own list that share its domain. In
/// order. To be asked before accounts are taken out, with them as they were.
#[must_use]
pub fn affected(left: &Index, right: &Index, ours: &[u32], theirs: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut ours: Vec<u32> = ours.iter().flat_map(|account| left.touched_by(*account)).collect();
    let mut theirs: Vec<u32> = theirs.iter().flat_map(|account| right.touched_by(*account)).collect();
    let reached = reach(left, right, &ours, &theirs);
    ours.extend(reached.iter().map(|pair| (pair >> 32) as u32));
    theirs.extend(reached.iter().map(|pair| *pair as u32));
    for accounts in [&mut ours, &mut theirs] {
        accounts.sort_unstable();
        accounts.dedup();
    }
    (ours, theirs)
}

/// Matches some accounts again, as a full run with the same statistics would: whoever keeps matches replaces all that have
/// one of the accounts of the result by the matches of the result.
///
/// `ours` and `theirs` are accounts that are new, and those that were [`affected`] by what was changed or taken out. The
/// work grows with their number and not with the lists. What only a full run sees is that so many accounts have come to
/// have one key that it finds no more pairs, or so few that it finds them again.
#[must_use]
pub fn match_some(left: &Index, right: &Index, statistics: &Statistics, ours: &[u32], theirs: &[u32]) -> Rematch {
    let (ours, theirs) = affected(left, right, ours, theirs);
    // Of each pair that is decided on, all pairs of both its accounts have to be known.
    let pairs = reach(left, right, &ours, &theirs);
    let mut rivals_left: Vec<u32> = pairs.iter().map(|pair| (pair >> 32) as u32).collect();
    let mut rivals_right: Vec<u32> = pairs.iter().map(|pair| *pair as u32).collect();
    for accounts in [&mut rivals_left, &mut rivals_right] {
        accounts.sort_unstable();
        accounts.dedup();
    }
    let reached = reach(left, right, &rivals_left, &rivals_right);
    let scored = scored(left, right, statistics, &reached);
    let mut matches = decide(left, right, statistics, &scored);
    matches.retain(|found| ours.binary_search(&found.left).is_ok() || theirs.binary_search(&found.right).is_ok());
    Rematch { left: ours, right: theirs, matches }
}

/// Pairs with at least one of some accounts, each once, in order.
fn reach(left: &Index, right: &Index, ours: &[u32], theirs: &[u32]) -> Vec<u64> {
    let mut pairs = Vec::new();
    let mut entries = Vec::new();
    for (index, other, accounts, is_left) in [(left, right, ours, true), (right, left, theirs, false)] {
        for account in accounts {
            entries.clear();
            block::entries(index, *account, &mut entries);
            for entry in entries.iter().filter(|_| index.is_there(*account)) {
                let (same, facing) = (index.under(entry.key), other.under(entry.key));
                let (ours, theirs) = if is_left { (same, facing) } else { (facing, same) };
                block::pairs(left, right, ours, theirs, &mut |one, other| {
                    if *account == if is_left { one } else { other } {
                        pairs.push(u64::from(one) << 32 | u64::from(other));
                    }
                });
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Pairs with a key in common, each once, in order.
pub(crate) fn candidates(left: &Index, right: &Index) -> Vec<u64> {
    let pieces: Vec<(&[Entry], &[Entry])> = pieces(&left.entries, &right.entries);
    let pairs: Vec<u64> = pieces
        .into_par_iter()
        .with_max_len(1)
        .flat_map_iter(|(ours, theirs)| {
            let mut pairs = Vec::new();
            join(left, right, ours, theirs, &mut pairs);
            pairs
        })
        .collect();
    let mut pairs = sort(pairs, |pair| *pair);
    pairs.dedup();
    pairs
}

fn join(left: &Index, right: &Index, mut ours: &[Entry], mut theirs: &[Entry], pairs: &mut Vec<u64>) {
    while let (Some(our), Some(their)) = (ours.first(), theirs.first()) {
        if our.key < their.key {
            ours = ours.get(run(ours)..).unwrap_or_default();
        } else if our.key > their.key {
            theirs = theirs.get(run(theirs)..).unwrap_or_default();
        } else {
            let (our_run, rest) = ours.split_at(run(ours));
            let (their_run, their_rest) = theirs.split_at(run(theirs));
            block::pairs(left, right, our_run, their_run, &mut |one, other| {
                pairs.push(u64::from(one) << 32 | u64::from(other));
            });
            (ours, theirs) = (rest, their_rest);
        }
    }
}

/// How many entries at the beginning have one key.
fn run(entries: &[Entry]) -> usize {
    let Some(first) = entries.first() else { return 0 };
    entries.iter().position(|entry| entry.key != first.key).unwrap_or(entries.len())
}

/// Cuts both sides at the same keys.
fn pieces<'a>(mut ours: &'a [Entry], mut theirs: &'a [Entry]) -> Vec<(&'a [Entry], &'a [Entry])> {
    let mut pieces = Vec::with_capacity(PIECES);
    for piece in 1..=PIECES as u64 {
        let last = if piece == PIECES as u64 { u64::MAX } else { piece * (u64::MAX / PIECES as u64) };
        let (our, rest) = ours.split_at(ours.partition_point(|entry| entry.key <= last));
        let (their, their_rest) = theirs.split_at(theirs.partition_point(|entry| entry.key <= last));
        pieces.push((our, their));
        (ours, theirs) = (rest, their_rest);
    }
    pieces
}
