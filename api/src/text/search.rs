//! Words to store and words to search with.
//!
//! A text is stored as a set of tokens; a query is a list of terms which must all be met by one token or another. Both
//! databases compare tokens bytewise (`token >= p AND token < upper(p)`), so they answer alike. Texts that are written
//! without blanks are stored as pairs of letters. Traditional and simplified Chinese are different letters here.

use super::cut_bytes;
use super::fold::fold;
use super::script::{Stretch, is_unspaced, stretches};
use std::collections::BTreeSet;
use unicode_normalization::char::is_combining_mark;

/// Bytes of the longest token. What is longer is cut on both sides, so it is still found by any of its prefixes.
pub const MAX_TOKEN_BYTES: usize = 64;

/// Tokens kept of one text, or of the texts of one object: the first ones, in reading order.
pub const MAX_TOKENS: usize = 1_000;

/// Terms of one query. Further ones are left out, not refused: the answer then has all that the whole query would find,
/// and a pasted sentence is no error.
pub const MAX_QUERY_TERMS: usize = 10;

/// Terms looked at before the needless ones are dropped; bounds the work for a query of any length.
const QUERY_TERMS_READ: usize = 64;

/// Letters before `+` and `#` where these belong to the name: C++, C#, F#, J#, Go+. After a longer word they do not.
const SYMBOL_BASE_MAX: usize = 2;

/// Parts of a name such as "O'Reilly" or "CI/CD" that is also found when written as one word.
const JOINED_PARTS_MAX: usize = 4;

/// What some stored token has to be like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// Some token starts with this. Never empty.
    Prefix(String),
    /// Some token is this. Never empty.
    Exact(String),
}

impl Term {
    /// The text of the term.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Prefix(text) | Self::Exact(text) => text,
        }
    }

    /// True where a token meets this term. The databases say the same with a range.
    pub fn is_met_by(&self, token: &str) -> bool {
        match self {
            Self::Prefix(prefix) => token.starts_with(prefix.as_str()),
            Self::Exact(text) => token == text,
        }
    }
}

/// The words of `text` as searching sees them, with one blank between. Idempotent.
pub fn normalize(text: &str) -> String {
    let folded = fold(text);
    let mut line = String::with_capacity(folded.len());
    for chunk in folded.split_whitespace() {
        for word in Words(chunk) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    line
}

/// The tokens to store for `text`: at most [`MAX_TOKENS`], each at most [`MAX_TOKEN_BYTES`] long.
pub fn tokens(text: &str) -> BTreeSet<String> {
    tokens_of([text])
}

/// The tokens of several texts of one object, the important one first: all of them share one [`MAX_TOKENS`].
pub fn tokens_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in texts {
        for chunk in fold(text).split_whitespace() {
            for token in chunk_tokens(chunk) {
                if found.len() >= MAX_TOKENS {
                    return found;
                }
                found.insert(token);
            }
        }
    }
    found
}

fn chunk_tokens(chunk: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in Words(chunk) {
        for stretch in stretches(word) {
            match stretch {
                Stretch::Spaced(word) => found.push(cut(word)),
                Stretch::Unspaced(letters) => {
                    found.extend(letters.windows(2).map(|pair| cut(&pair.concat())));
                    // The last letter begins no pair; alone it lets a query of one letter find it.
                    found.extend(letters.last().map(|letter| cut(letter)));
                }
            }
        }
    }
    found.extend(joined(chunk));
    found
}

/// "o'reilly" as "oreilly", "ci/cd" as "cicd", "at&t" as "att": what a reader types who leaves the mark out.
fn joined(chunk: &str) -> Option<String> {
    let chunk = chunk.trim_matches(|c| !is_word_char(c));
    let mut parts = chunk.split(['\'', '"', '-', '.', '&', '_', '+', '/']);
    let count = parts.clone().count();
    let plain = parts.all(|part| !part.is_empty() && part.chars().all(|c| is_word_char(c) && !is_unspaced(c)));
    if !plain || !(2..=JOINED_PARTS_MAX).contains(&count) || chunk.len() > MAX_TOKEN_BYTES {
        return None;
    }
    Some(chunk.chars().filter(|&c| is_word_char(c)).collect())
}

/// The terms of a query, at most [`MAX_QUERY_TERMS`]; an object is found when each is met by one of its tokens.
///
/// Every word is a prefix. Of letters written without blanks each neighboring pair is a term. A term that another one
/// implies is left out. No terms for a query that is not blank ("?!") means that nothing can be found by it.
pub fn query_terms(query: &str) -> Vec<Term> {
    let folded = fold(query);
    let words = folded.split_whitespace().flat_map(Words);
    let read: Vec<Term> =
        words.flat_map(stretches).flat_map(|stretch| stretch_terms(&stretch)).take(QUERY_TERMS_READ).collect();
    let mut kept: Vec<Term> = Vec::new();
    for (at, term) in read.iter().enumerate() {
        let implied =
            read.iter().enumerate().any(|(other_at, other)| other_at != at && implies(other, term, other_at < at));
        if !implied && kept.len() < MAX_QUERY_TERMS {
            kept.push(term.clone());
        }
    }
    kept
}

/// True where whatever meets `term` is sure to meet `wanted`; of two equal terms the earlier implies the later.
fn implies(term: &Term, wanted: &Term, earlier: bool) -> bool {
    match wanted {
        _ if term == wanted => earlier,
        Term::Prefix(prefix) => term.as_str().starts_with(prefix.as_str()),
        Term::Exact(_) => false,
    }
}

fn stretch_terms(stretch: &Stretch<'_>) -> Vec<Term> {
    match stretch {
        Stretch::Spaced(word) => vec![Term::Prefix(cut(word))],
        Stretch::Unspaced(letters) => match letters.as_slice() {
            [single] => vec![Term::Prefix(cut(single))],
            several => {
                let mut terms: Vec<Term> = several.windows(2).map(|pair| Term::Exact(cut(&pair.concat()))).collect();
                // The last letter may still lack a mark, as "กิ" does while its reader has typed "ก".
                if let Some(Term::Exact(last)) = terms.pop() {
                    terms.push(Term::Prefix(last));
                }
                terms
            }
        },
    }
}

/// The least text that sorts bytewise after everything that starts with `prefix`; `None` where there is none (an empty
/// prefix, or one of U+10FFFF only). The order of UTF-8 bytes is the order of code points, so the last character that
/// has a successor is raised.
pub fn prefix_upper_bound(prefix: &str) -> Option<String> {
    let mut bound = prefix.to_owned();
    while let Some(last) = bound.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            bound.push(next);
            return Some(bound);
        }
    }
    None
}

fn cut(word: &str) -> String {
    cut_bytes(word, MAX_TOKEN_BYTES).to_owned()
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// The words of a folded text: letters, digits and their marks, and up to two `+` or `#` after a very short one.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        // A mark without a letter is no word, so a word begins at a letter or digit.
        let start = self.0.find(char::is_alphanumeric)?;
        let rest = self.0.get(start..)?;
        let base_end = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
        let base = rest.get(..base_end)?;
        let symbols = if base.chars().count() <= SYMBOL_BASE_MAX && base.is_ascii() {
            rest.get(base_end..)?.bytes().take(2).take_while(|b| matches!(b, b'+' | b'#')).count()
        } else {
            0
        };
        let (word, after) = rest.split_at(base_end + symbols);
        self.0 = after;
        Some(word)
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
