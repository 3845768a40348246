//! The words of one list: each kept once.

use crate::{
    hash::{Table, hash},
    name::{Kind, kind},
};

/// Space of the hashes of words.
const WORD: u64 = 4;

/// Words by the order in which they came. At most 2^32 words and bytes; a list has far fewer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    places: Table<u64, (u32, Kind)>,
    hashes: Vec<u64>,
    ends: Vec<u32>,
    texts: String,
}

impl Words {
    /// The place of a word and its kind, if it is there.
    pub(crate) fn find(&self, hash: u64) -> Option<(u32, Kind)> {
        self.places.get(&hash).copied()
    }

    /// The place of a word, which it gets if it is new, and its kind.
    pub(crate) fn add(&mut self, hash: u64, text: &str) -> (u32, Kind) {
        *self.places.entry(hash).or_insert_with(|| {
            self.texts.push_str(text);
            self.ends.push(self.texts.len() as u32);
            self.hashes.push(hash);
            (self.hashes.len() as u32 - 1, kind(text))
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// The hash of a word and its text, by its place.
    pub(crate) fn get(&self, place: u32) -> Option<(u64, &str)> {
        let at = place as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let text = self.texts.get(start as usize..*self.ends.get(at)? as usize)?;
        Some((*self.hashes.get(at)?, text))
    }

    /// All words by their places, each with its hash.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        (0..self.len() as u32).filter_map(|place| self.get(place))
    }
}

pub(crate) fn word_hash(text: &str) -> u64 {
    hash(WORD, text.as_bytes())
}
