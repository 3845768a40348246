//! The words of one list: each kept once, with how many names have it.

use crate::hash::{Table, hash};

/// Space of the hashes of words.
const WORD: u64 = 4;

/// Words by the order in which they came. At most 2^32 words and bytes; a list has far fewer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    ids: Table<u64, u32>,
    words: Vec<Word>,
    texts: String,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    pub(crate) hash: u64,
    /// Names that have it; a name that several accounts have counts once.
    pub(crate) count: u32,
    start: u32,
    length: u32,
}

impl Words {
    /// The place of a word, which counts `times`.
    pub(crate) fn add(&mut self, text: &str, times: u32) -> u32 {
        let hash = word_hash(text);
        let id = *self.ids.entry(hash).or_insert_with(|| {
            let (start, length) = (self.texts.len() as u32, text.len() as u32);
            self.texts.push_str(text);
            self.words.push(Word { hash, count: 0, start, length });
            self.words.len() as u32 - 1
        });
        if let Some(word) = self.words.get_mut(id as usize) {
            word.count += times;
        }
        id
    }

    pub(crate) fn text(&self, word: &Word) -> &str {
        self.texts.get(word.start as usize..(word.start + word.length) as usize).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Word> {
        self.words.iter()
    }

    pub(crate) fn get(&self, id: u32) -> Option<&Word> {
        self.words.get(id as usize)
    }
}

pub(crate) fn word_hash(text: &str) -> u64 {
    hash(WORD, text.as_bytes())
}
