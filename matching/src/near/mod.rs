//! Typing errors, found in the lists' own words: a word that few names have and that is one slip away from a word that
//! many have is taken for it.
//!
//! The work grows with the number of words and not of accounts, and with the length of a word and not its square: two
//! words are one slip apart only if they are the same after at most one letter of each is left out.

mod buckets;

use crate::{
    hash::{Table, hash},
    name::{Kind, kind},
};
use buckets::Buckets;
use rayon::prelude::*;
use std::cmp::Reverse;

/// Space of the hashes of words with a letter left out.
const LEFT_OUT: u64 = 5;
/// In shorter words a slip makes another word.
const SHORTEST: usize = 4;
const LONGEST: usize = 24;
/// A word is taken for another only if so many times as many names have that.
pub(crate) const RATIO: u32 = 6;
/// Words that share what is left; more are not looked through.
const BUCKET: u8 = 24;

/// Which word stands for which.
#[derive(Debug, Clone, Default)]
pub(crate) struct Near {
    /// What is left of words that are meant, in order, with the place of each word; [`BUCKET`] of one at most.
    left: Vec<(u64, u32)>,
    words: Vec<(u32, u64, Box<str>)>,
    meant: Table<u64, u32>,
}

impl Near {
    /// Finds out of all words, with the count of each, which stand for which. A word may be in there twice.
    pub(crate) fn of(mut spelled: Vec<(u32, u64, &str)>) -> Self {
        spelled.retain(|(_, _, word)| is_fit(word));
        spelled.par_sort_unstable_by_key(|&(count, hash, word)| (Reverse(count), word, hash));
        spelled.dedup();
        let mut near = Self::default();
        let mut buckets = Buckets::of(&spelled);
        for &(count, hash, word) in &spelled {
            if let Some(place) = near.find(count, hash, word, buckets.near_next()) {
                near.meant.insert(hash, place);
                buckets.add(None);
            } else {
                buckets.add(Some(near.words.len() as u32));
                near.words.push((count, hash, word.into()));
            }
        }
        near.left = buckets.into_added();
        near
    }

    /// The most frequent of some words that `word` may be a slip of.
    fn find(&self, count: u32, hash: u64, word: &str, places: impl Iterator<Item = u32>) -> Option<u32> {
        let mut best: Option<(u32, u32)> = None;
        for place in places {
            let Some((other_count, other_hash, other)) = self.words.get(place as usize) else { continue };
            let is_better = best.is_none_or(|(best_count, best_place)| {
                (*other_count, Reverse(place)) > (best_count, Reverse(best_place))
            });
            if *other_hash != hash && is_better && is_slip(count, word, *other_count, other) {
                best = Some((*other_count, place));
            }
        }
        best.filter(|_| kind(word) == Kind::Own).map(|(_, place)| place)
    }

    /// The places of words that may be shortened to this.
    fn words_with(&self, left: u64) -> impl Iterator<Item = u32> {
        let start = self.left.partition_point(|(other, _)| *other < left);
        let rest = self.left.get(start..).unwrap_or_default();
        rest.iter().take_while(move |(other, _)| *other == left).map(|(_, place)| *place)
    }

    /// The word that is meant, and its hash, if it is another. `is_new` says that the word was not among those which this
    /// was made of.
    pub(crate) fn meant(&self, word: &str, hash: u64, is_new: bool) -> Option<(u64, &str)> {
        let place = if !is_new {
            self.meant.get(&hash).copied()
        } else if is_fit(word) {
            self.find(1, hash, word, lefts(word).flat_map(|left| self.words_with(left)))
        } else {
            None
        };
        self.words.get(place? as usize).map(|(_, hash, word)| (*hash, &**word))
    }
}

fn is_fit(word: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Judges two words that share what is left of them.
fn is_slip(count: u32, word: &str, other_count: u32, other: &str) -> bool {
    let (word, other) = (word.as_bytes(), other.as_bytes());
    // Hardly anybody errs at the beginning of a word, but many names differ there: "Suzhou", "Fuzhou".
    if word.first() != other.first() {
        return false;
    }
    let longer = word.len().max(other.len());
    if other_count < count || longer <= SHORTEST {
        return false;
    }
    let ratio = if longer == SHORTEST + 1 { 4 * RATIO } else { RATIO };
    // Where few names have either, only slips that no two names would differ by: not a letter for another, not
    // in short words.
    let is_frequent = other_count / ratio >= count;
    match one_slip(word, other) {
        Some(Slip::Replaced) => is_frequent,
        Some(Slip::Exchanged | Slip::LeftOut) => is_frequent || count <= 3 && word.len() >= 7,
        None => false,
    }
}

/// How two words differ in one place.
#[derive(Debug, PartialEq, Eq)]
enum Slip {
    /// A letter stands for another.
    Replaced,
    /// Two letters that follow each other are the other way round.
    Exchanged,
    /// One has a letter more.
    LeftOut,
}

/// The one slip that makes one word of the other; `None` if they are the same, or further apart.
fn one_slip(one: &[u8], other: &[u8]) -> Option<Slip> {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    match (one.get(same..)?, other.get(same..)?) {
        ([_, one @ ..], [_, other @ ..]) if one == other => Some(Slip::Replaced),
        ([a, b, one @ ..], [c, d, other @ ..]) if (a, b) == (d, c) && one == other => Some(Slip::Exchanged),
        ([_, rest @ ..], other) if rest == other => Some(Slip::LeftOut),
        (one, [_, rest @ ..]) if rest == one => Some(Slip::LeftOut),
        _ => None,
    }
}

/// The word, and the word without each of its letters, hashed.
fn lefts(word: &str) -> impl Iterator<Item = u64> + '_ {
    let mut shorter = Vec::with_capacity(word.len());
    std::iter::once(hash(LEFT_OUT, word.as_bytes())).chain((0..word.len()).map(move |skipped| {
        shorter.clear();
        shorter.extend(word.bytes().enumerate().filter(|(at, _)| *at != skipped).map(|(_, byte)| byte));
        hash(LEFT_OUT, &shorter)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_slip_is_known_by_its_kind() {
        for (one, other, slip) in [
            ("acmesoft", "acmesoft", None),
            ("acmesoft", "acnesoft", Some(Slip::Replaced)),
            ("acmesoft", "amcesoft", Some(Slip::Exchanged)),
            ("acmesoft", "acmesof", Some(Slip::LeftOut)),
            ("acesoft", "acmesoft", Some(Slip::LeftOut)),
            ("acmesoft", "amcesof", None),
            ("acmesoft", "cmesofta", None),
        ] {
            assert_eq!(one_slip(one.as_bytes(), other.as_bytes()), slip, "{one} and {other}");
        }
    }

    #[test]
    fn the_most_frequent_word_is_meant_and_no_slip_stands_for_another() {
        let spelled =
            vec![(60, 1, "acmesoft"), (90, 2, "acmesost"), (5, 3, "acmesofst"), (1, 4, "acmesofstt"), (3, 5, "bravo")];
        let near = Near::of(spelled);
        assert_eq!(near.meant("acmesofst", 3, false), Some((2, "acmesost")));
        // It is a slip of a slip, which is none.
        assert_eq!(near.meant("acmesofstt", 4, false), None);
        assert_eq!(near.meant("acmesoft", 1, false), None);
        assert_eq!(near.meant("acmesofft", 6, true), Some((1, "acmesoft")));
        assert_eq!(near.meant("zorb", 7, true), None);
    }

    proptest! {
        #[test]
        fn one_slip_is_a_distance_of_one(one in "[ab]{0,7}", other in "[ab]{0,7}") {
            let is_one = strsim::osa_distance(&one, &other) == 1;
            prop_assert_eq!(one_slip(one.as_bytes(), other.as_bytes()).is_some(), is_one);
        }
    }
}
