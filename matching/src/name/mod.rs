//! Names of companies: from what somebody typed to the words that tell companies apart.
//!
//! Knows nothing of lists: whether a word is rare is judged elsewhere.

mod legal;
mod script;
mod segment;
mod words;

pub(crate) use legal::Forms;
pub(crate) use words::{Kind, kind, known_bits};

use crate::words::word_hash;
use script::to_ascii;
use segment::{Segments, segments};

/// Characters of a name that are looked at.
const NAME_MAX: usize = 300;
/// Words of one name that are looked at.
pub(crate) const WORDS_MAX: usize = 12;
/// Names of one account: its own, what stands in brackets, what it is also known as.
pub(crate) const NAMES_MAX: usize = 4;

/// A name taken apart. Texts are kept for the next name to be written over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parsed {
    /// Names, the account's own first, each ended by a line feed; words are parted by blanks. Words are folded to ASCII
    /// and in the singular; joints ("and", "of") and legal forms are left out. Empty if the name has no letter or digit.
    pub(crate) text: String,
    /// The words of the text, name by name.
    pub(crate) words: Vec<Word>,
    /// The legal forms of the account's own name.
    pub(crate) forms: Forms,
    /// The account's own name without blanks, with its joints and forms, in lower case.
    pub(crate) full: String,
}

/// A word of [`Parsed::text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Word {
    /// Where it is in the text.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The last one of a name.
    pub(crate) is_last: bool,
    pub(crate) hash: u64,
}

/// The words of a text such as [`Parsed::text`], as the parser knows them.
pub(crate) fn split(text: &str) -> impl Iterator<Item = Word> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..)?;
        let end = start + rest.bytes().position(|byte| matches!(byte, b' ' | b'\n'))?;
        let hash = word_hash(text.get(start..end)?);
        let is_last = text.as_bytes().get(end) == Some(&b'\n');
        let word = Word { start: start as u32, end: end as u32, is_last, hash };
        start = end + 1;
        Some(word)
    })
}

/// A word of a name: where it is in the folded text, and its hash.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Token {
    start: u16,
    end: u16,
    hash: u64,
}

/// Words before joints and forms are taken off.
const TOKENS_MAX: usize = 2 * WORDS_MAX;

/// The words of one name, without allocation.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    all: [Token; TOKENS_MAX],
    length: usize,
}

impl Tokens {
    fn push(&mut self, token: Token) {
        if let Some(free) = self.all.get_mut(self.length) {
            *free = token;
            self.length += 1;
        }
    }

    fn as_slice(&self) -> &[Token] {
        self.all.get(..self.length).unwrap_or_default()
    }

    /// Works out what each word is, and leaves out joints unless there is nothing else.
    fn conclude(&mut self, text: &str) {
        let mut kept = 0;
        for at in 0..self.length {
            let Some(token) = self.all.get_mut(at) else { break };
            token.hash = word_hash(text_of(text, token));
            let token = *token;
            if !legal::is_joint(token.hash) {
                if let Some(free) = self.all.get_mut(kept) {
                    *free = token;
                }
                kept += 1;
            }
        }
        if kept > 0 {
            self.length = kept;
        }
    }
}

/// Takes a name apart, over whatever is in `parsed`. Never fails, whatever the text is.
pub(crate) fn parse(name: &str, parsed: &mut Parsed) {
    let ascii;
    let name = if name.is_ascii() {
        name.get(..NAME_MAX).unwrap_or(name)
    } else {
        ascii = to_ascii(name, NAME_MAX);
        ascii.get(..4 * NAME_MAX).unwrap_or(&ascii)
    };
    let Segments { own, others } = segments(name);
    parsed.text.clear();
    parsed.words.clear();
    parsed.text.reserve(name.len() + 2);
    let mut text = Text { text: &mut parsed.text, words: &mut parsed.words };
    parsed.forms = add(&own, &mut parsed.full, &mut text);
    let mut names = usize::from(!text.text.is_empty());
    let mut buffer = String::new();
    for other in &others {
        if names == NAMES_MAX {
            break;
        }
        let before = text.text.len();
        let forms = add(other, &mut buffer, &mut text);
        if before == 0 {
            parsed.forms = forms;
        }
        names += usize::from(text.text.len() > before);
    }
}

/// What is written while a name is taken apart; see [`Parsed`].
struct Text<'a> {
    text: &'a mut String,
    words: &'a mut Vec<Word>,
}

/// Adds one name to the text, if it has a word. `buffer` has the whole name without blanks afterwards.
fn add(name: &str, buffer: &mut String, to: &mut Text<'_>) -> Forms {
    let mut found = Tokens::default();
    tokens(name, buffer, &mut found);
    found.conclude(buffer);
    let (forms, words) = legal::strip(found.as_slice());
    if words.is_empty() {
        return forms;
    }
    let mut after_letter = false;
    for (at, token) in words.iter().take(WORDS_MAX).enumerate() {
        let word = text_of(buffer, token);
        // "E and M" is "E&M".
        let is_letter = matches!(word.as_bytes(), [letter] if letter.is_ascii_alphabetic());
        match to.words.last_mut() {
            Some(letters) if after_letter && is_letter => {
                to.text.push_str(word);
                letters.end = to.text.len() as u32;
                letters.hash = word_hash(to.text.get(letters.start as usize..).unwrap_or_default());
            }
            _ => {
                if at > 0 {
                    to.text.push(' ');
                }
                let start = to.text.len();
                let (stem, ending) = stem(word);
                to.text.push_str(stem);
                to.text.push_str(ending);
                let is_whole = stem.len() == word.len();
                let hash = if is_whole { token.hash } else { word_hash(to.text.get(start..).unwrap_or_default()) };
                to.words.push(Word { start: start as u32, end: to.text.len() as u32, is_last: false, hash });
            }
        }
        after_letter = is_letter;
    }
    to.text.push('\n');
    if let Some(last) = to.words.last_mut() {
        last.is_last = true;
    }
    forms
}

fn text_of<'a>(buffer: &'a str, token: &Token) -> &'a str {
    buffer.get(usize::from(token.start)..usize::from(token.end)).unwrap_or_default()
}

/// Adds a word in the singular, as far as English writes it: "technologies" and "technology" are one.
pub(crate) fn push_stem(word: &str, text: &mut String) {
    let (stem, ending) = stem(word);
    text.push_str(stem);
    text.push_str(ending);
}

/// What stays of a word in the singular, and what is put behind it.
pub(crate) fn stem(word: &str) -> (&str, &'static str) {
    match word.as_bytes() {
        [.., b'i', b'e', b's'] if word.len() > 5 => (word.get(..word.len() - 3).unwrap_or(word), "y"),
        [.., before, b's'] if word.len() > 4 && *before != b's' => (word.get(..word.len() - 1).unwrap_or(word), ""),
        _ => (word, ""),
    }
}

/// Letters and digits in lower case; 0 for what parts words.
const FOLDED: [u8; 256] = {
    let mut folded = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            folded[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

/// Splits ASCII text into words in lower case. Letters with dots, strokes or blanks between them are one word, as are the
/// parts of "AT&T".
fn tokens(name: &str, buffer: &mut String, found: &mut Tokens) {
    let bytes = name.as_bytes();
    let mut folded = std::mem::take(buffer).into_bytes();
    // Folding makes nothing longer, so there is a place for every letter before the first one is written.
    folded.resize(bytes.len().max(folded.len()), 0);
    let (mut at, mut length) = (0, 0);
    // Where the last word is one letter, or letters that dots join, the next letter may belong to it.
    let mut initials = false;
    let mut glued = false;
    while let Some(&byte) = bytes.get(at) {
        if FOLDED[usize::from(byte)] == 0 {
            at += 1;
            continue;
        }
        let from = length;
        let start = at;
        let mut is_and = false;
        while let Some(&byte) = bytes.get(at) {
            match FOLDED[usize::from(byte)] {
                0 if byte == b'\'' || byte == b'`' => {}
                0 => break,
                _ if byte == b'a' && is_glued_and(bytes, start, at) => {
                    is_and = true;
                    break;
                }
                letter => {
                    if let Some(place) = folded.get_mut(length) {
                        *place = letter;
                    }
                    length += 1;
                }
            }
            at += 1;
        }
        let size = length - from;
        let one_letter = size == 1 && folded.get(from).is_some_and(u8::is_ascii_alphabetic);
        let end = length as u16;
        match found.length.checked_sub(1).and_then(|last| found.all.get_mut(last)) {
            Some(last) if glued || (initials && one_letter) => last.end = end,
            _ => found.push(Token { start: from as u16, end, hash: 0 }),
        }
        let next = bytes.get(at);
        let follows = bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        initials = one_letter && (initials || !glued);
        glued = match next {
            Some(b'.' | b'/') => one_letter && follows && !bytes.get(at + 2).is_some_and(u8::is_ascii_alphanumeric),
            Some(b'&' | b'+') => size <= 2 && follows,
            _ => false,
        };
        if is_and {
            glued = true;
            at += 3;
        } else if next == Some(&b'.') && size > 2 {
            at = after_domain_ending(bytes, at);
        }
        if found.length == TOKENS_MAX {
            break;
        }
    }
    folded.truncate(length);
    // All of it is ASCII.
    *buffer = String::from_utf8(folded).unwrap_or_default();
}

/// "ATandT" is what is left of "AT&T" where the ampersand is spelled out.
fn is_glued_and(bytes: &[u8], start: usize, at: usize) -> bool {
    at > start
        && at - start <= 2
        && bytes.get(at..at + 3) == Some(b"and")
        && bytes.get(at - 1).is_some_and(u8::is_ascii_uppercase)
        && bytes.get(at + 3).is_some_and(u8::is_ascii_uppercase)
        && !bytes.get(at + 4..at + 6).is_some_and(|more| more.iter().all(u8::is_ascii_alphanumeric))
}

/// "Salesforce.com" is known as "Salesforce" too.
fn after_domain_ending(bytes: &[u8], dot: usize) -> usize {
    for ending in ["com", "net", "org", "io", "ai"] {
        let end = dot + 1 + ending.len();
        let is_it = bytes.get(dot + 1..end).is_some_and(|found| found.eq_ignore_ascii_case(ending.as_bytes()));
        if is_it && !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            return end;
        }
    }
    dot
}

#[cfg(test)]
mod tests;
