//! A full run, and a run for some accounts only.

use crate::{
    block::{self, Entry},
    decide::{Match, decide, scored},
    index::Index,
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

/// Pairs with a key in common, each once, in order.
pub(crate) fn candidates(left: &Index, right: &Index) -> Vec<u64> {
    let pieces: Vec<(&[Entry], &[Entry])> = pieces(&left.entries, &right.entries);
    let mut pairs: Vec<u64> = pieces
        .into_par_iter()
        .with_max_len(1)
        .flat_map_iter(|(ours, theirs)| {
            let mut pairs = Vec::new();
            join(left, right, ours, theirs, &mut pairs);
            pairs
        })
        .collect();
    pairs.par_sort_unstable();
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
