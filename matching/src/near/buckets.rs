//! Words by what is left of them without one letter.

use super::{BUCKET, lefts};
use crate::sorting::sort;
use rayon::prelude::*;

/// Buckets of words that share what is left of them. Words are known by their numbers, in order; one after the other is
/// looked up and then added, with the place that it is to be known by, or left out.
pub(super) struct Buckets {
    /// What is left of all words, in order, with the number of each word. A bucket of more than one gives way, from its
    /// front, to the places of the words that were added.
    left: Vec<(u64, u32)>,
    /// How many were added to the bucket that begins here.
    added: Vec<u8>,
    /// Where the buckets of more than one begin that a word is in, word by word, and where those of each word end.
    shared: Vec<u32>,
    ends: Vec<u32>,
    /// By the numbers of words.
    places: Vec<Option<u32>>,
}

impl Buckets {
    pub(super) fn of(words: &[(u32, u64, &str)]) -> Self {
        let numbered = words.par_iter().enumerate().with_min_len(512);
        let left: Vec<(u64, u32)> =
            numbered.flat_map_iter(|(word, (_, _, text))| lefts(text).map(move |left| (left, word as u32))).collect();
        let left = sort(left, |(left, _)| *left);
        let mut ends = vec![0; words.len()];
        for (_, word) in shared(&left) {
            if let Some(count) = ends.get_mut(word as usize) {
                *count += 1;
            }
        }
        let mut next = 0;
        for end in &mut ends {
            let count = *end;
            *end = next;
            next += count;
        }
        let mut starts = vec![0; next as usize];
        for (start, word) in shared(&left) {
            if let Some(end) = ends.get_mut(word as usize) {
                if let Some(free) = starts.get_mut(*end as usize) {
                    *free = start;
                }
                *end += 1;
            }
        }
        Self { added: vec![0; left.len()], left, shared: starts, ends, places: Vec::with_capacity(words.len()) }
    }

    /// The places of words that were added and share what is left with the next word.
    pub(super) fn near_next(&self) -> impl Iterator<Item = u32> {
        self.next().iter().flat_map(|start| {
            let start = *start as usize;
            let added = self.added.get(start).copied().unwrap_or_default();
            self.left.get(start..start + usize::from(added)).into_iter().flatten().map(|(_, place)| *place)
        })
    }

    /// Adds the next word under a place, or leaves it out.
    pub(super) fn add(&mut self, place: Option<u32>) {
        if let Some(place) = place {
            for at in self.next_at() {
                let Some(start) = self.shared.get(at).map(|start| *start as usize) else { break };
                let Some(added) = self.added.get_mut(start).filter(|added| **added < BUCKET) else { continue };
                if let Some((_, free)) = self.left.get_mut(start + usize::from(*added)) {
                    *free = place;
                }
                *added += 1;
            }
        }
        self.places.push(place);
    }

    /// What is left of the words that were added, in order, with their places.
    pub(super) fn into_added(self) -> Vec<(u64, u32)> {
        let mut kept = Vec::with_capacity(self.left.len());
        let mut start = 0;
        for bucket in self.left.chunk_by(|one, other| one.0 == other.0) {
            if let [(left, word)] = bucket {
                let place = self.places.get(*word as usize).copied().flatten();
                kept.extend(place.map(|place| (*left, place)));
            } else {
                let added = self.added.get(start).copied().unwrap_or_default();
                kept.extend(bucket.iter().take(usize::from(added)));
            }
            start += bucket.len();
        }
        kept
    }

    fn next(&self) -> &[u32] {
        self.shared.get(self.next_at()).unwrap_or_default()
    }

    fn next_at(&self) -> std::ops::Range<usize> {
        let word = self.places.len();
        let start = word.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(word).copied().unwrap_or(start);
        start as usize..end as usize
    }
}

/// Where each bucket of more than one begins, with each of its words.
fn shared(left: &[(u64, u32)]) -> impl Iterator<Item = (u32, u32)> {
    let mut start = 0;
    let buckets = left.chunk_by(|one, other| one.0 == other.0).map(move |bucket| {
        let begins = start;
        start += bucket.len() as u32;
        (begins, bucket)
    });
    let shared = buckets.filter(|(_, bucket)| bucket.len() > 1);
    shared.flat_map(|(start, bucket)| bucket.iter().map(move |(_, word)| (start, *word)))
}
