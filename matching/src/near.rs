//! Typing errors, found in the lists' own words: a word that few names have and that is one slip away from a word that
//! many have is taken for it.
//!
//! The work grows with the number of words and not of accounts, and with the length of a word and not its square: two
//! words are one slip apart only if they are the same after at most one letter of each is left out.

use crate::hash::{Table, hash};
use std::cmp::Reverse;

/// Space of the hashes of words with a letter left out.
const LEFT_OUT: u64 = 5;
/// In shorter words a slip makes another word.
const SHORTEST: usize = 4;
const LONGEST: usize = 24;
/// A word is taken for another only if so many times as many names have that.
pub(crate) const RATIO: u32 = 6;
/// Words that share what is left; more are not looked through.
const BUCKET: u32 = 24;

/// Which word stands for which.
#[derive(Debug, Clone, Default)]
pub(crate) struct Near {
    /// By what is left of words that are meant: the last of its links, and how many there are.
    left: Table<u64, (u32, u32)>,
    /// The place of a word, and the link before this one, which means nothing at the first.
    links: Vec<(u32, u32)>,
    words: Vec<(u32, u64, Box<str>)>,
    meant: Table<u64, u32>,
}

impl Near {
    /// Finds out of all words, with the count of each, which stand for which. A word may be in there twice.
    pub(crate) fn of(spelled: &mut Vec<(u32, u64, &str)>) -> Self {
        let mut near = Self::default();
        spelled.retain(|(_, _, word)| is_fit(word));
        spelled.sort_unstable_by_key(|&(count, hash, word)| (Reverse(count), word, hash));
        spelled.dedup();
        for &(count, hash, word) in spelled.iter() {
            if let Some(place) = near.find(count, hash, word) {
                near.meant.insert(hash, place);
                continue;
            }
            let place = near.words.len() as u32;
            near.words.push((count, hash, word.into()));
            for left in lefts(word) {
                let (last, length) = near.left.entry(left).or_default();
                if *length < BUCKET {
                    near.links.push((place, *last));
                    *last = near.links.len() as u32 - 1;
                    *length += 1;
                }
            }
        }
        near
    }

    /// The most frequent word that `word` may be a slip of.
    fn find(&self, count: u32, hash: u64, word: &str) -> Option<u32> {
        if !is_fit(word) || crate::name::kind(word) != crate::name::Kind::Own {
            return None;
        }
        let mut best: Option<(u32, u32)> = None;
        for left in lefts(word) {
            for place in self.words_with(left) {
                let Some((other_count, other_hash, other)) = self.words.get(place as usize) else { continue };
                let is_better = best.is_none_or(|(best_count, best_place)| {
                    (*other_count, Reverse(place)) > (best_count, Reverse(best_place))
                });
                if *other_hash != hash && is_better && is_slip(count, word, *other_count, other) {
                    best = Some((*other_count, place));
                }
            }
        }
        best.map(|(_, place)| place)
    }

    /// The places of words that may be shortened to this.
    fn words_with(&self, left: u64) -> impl Iterator<Item = u32> {
        let (mut link, length) = self.left.get(&left).copied().unwrap_or_default();
        (0..length).map_while(move |_| {
            let (place, before) = *self.links.get(link as usize)?;
            link = before;
            Some(place)
        })
    }

    /// The word that is meant, and its hash, if it is another. `is_new` says that the word was not among those which this
    /// was made of.
    pub(crate) fn meant(&self, word: &str, hash: u64, is_new: bool) -> Option<(u64, &str)> {
        let place = if is_new { self.find(1, hash, word) } else { self.meant.get(&hash).copied() };
        self.words.get(place? as usize).map(|(_, hash, word)| (*hash, &**word))
    }
}

fn is_fit(word: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Judges two words that share what is left of them.
fn is_slip(count: u32, word: &str, other_count: u32, other: &str) -> bool {
    // Hardly anybody errs at the beginning of a word, but many names differ there: "Suzhou", "Fuzhou".
    if word.as_bytes().first() != other.as_bytes().first() {
        return false;
    }
    let longer = word.len().max(other.len());
    if other_count < count || longer <= SHORTEST || strsim::osa_distance(word, other) != 1 {
        return false;
    }
    let ratio = if longer == SHORTEST + 1 { 4 * RATIO } else { RATIO };
    if other_count / ratio >= count {
        return true;
    }
    // Where few names have either, only slips that no two names would differ by: not a letter for another, not
    // in short words.
    let is_replaced = word.len() == other.len() && {
        let mut differing = word.bytes().zip(other.bytes()).filter(|(one, other)| one != other);
        differing.next();
        differing.next().is_none()
    };
    count <= 3 && word.len() >= 7 && !is_replaced
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
