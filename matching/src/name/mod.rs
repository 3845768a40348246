//! Names of companies: from what somebody typed to the words that tell companies apart.
//!
//! Knows nothing of lists: whether a word is rare is judged elsewhere.

mod legal;
mod script;
mod segment;
mod words;

pub(crate) use legal::Forms;
pub(crate) use words::{Kind, kind, known_bits};

use script::to_ascii;
use segment::{Segments, segments};

/// Characters of a name that are looked at.
const NAME_MAX: usize = 300;
/// Words of one name that are looked at.
pub(crate) const WORDS_MAX: usize = 12;
/// Names of one account: its own, what stands in brackets, what it is also known as.
pub(crate) const NAMES_MAX: usize = 4;

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parsed {
    /// Names, the account's own first, each ended by a line feed; words are parted by blanks. Words are folded to ASCII
    /// and in the singular; joints ("and", "of") and legal forms are left out. Empty if the name has no letter or digit.
    pub(crate) text: String,
    /// The legal forms of the account's own name.
    pub(crate) forms: Forms,
    /// The account's own name without blanks, with its joints and forms, in lower case.
    pub(crate) full: String,
}

/// Takes a name apart. Never fails, whatever the text is.
pub(crate) fn parse(name: &str) -> Parsed {
    let ascii;
    let name = if name.is_ascii() {
        name.get(..NAME_MAX).unwrap_or(name)
    } else {
        ascii = to_ascii(name, NAME_MAX);
        &ascii
    };
    let Segments { own, others } = segments(name);
    let mut parsed = Parsed { text: String::with_capacity(name.len() + 2), ..Parsed::default() };
    parsed.full.reserve(name.len());
    let mut spans = Vec::with_capacity(2 * WORDS_MAX);
    parsed.forms = add(&own, &mut parsed.full, &mut spans, &mut parsed.text);
    let mut names = usize::from(!parsed.text.is_empty());
    let mut buffer = String::new();
    for other in &others {
        if names == NAMES_MAX {
            break;
        }
        let before = parsed.text.len();
        let forms = add(other, &mut buffer, &mut spans, &mut parsed.text);
        if before == 0 {
            parsed.forms = forms;
        }
        names += usize::from(parsed.text.len() > before);
    }
    parsed
}

/// Adds one name to the text, if it has a word.
fn add(name: &str, buffer: &mut String, spans: &mut Vec<(u32, u32)>, text: &mut String) -> Forms {
    tokens(name, buffer, spans);
    let all = || spans.iter().filter_map(|&(from, to)| buffer.get(from as usize..to as usize));
    let mut words: Vec<&str> = Vec::with_capacity(spans.len());
    words.extend(all().filter(|word| !words::is_joint(word)));
    if words.is_empty() {
        words.extend(all());
    }
    let forms = legal::strip(&mut words);
    if words.is_empty() {
        return forms;
    }
    let mut after_letter = false;
    for (at, word) in words.iter().take(WORDS_MAX).enumerate() {
        // "E and M" is "E&M".
        let is_letter = matches!(word.as_bytes(), [letter] if letter.is_ascii_alphabetic());
        if at > 0 && !(after_letter && is_letter) {
            text.push(' ');
        }
        push_stem(word, text);
        after_letter = is_letter;
    }
    text.push('\n');
    forms
}

/// Adds a word in the singular, as far as English writes it: "technologies" and "technology" are one.
pub(crate) fn push_stem(word: &str, text: &mut String) {
    match word.as_bytes() {
        [.., b'i', b'e', b's'] if word.len() > 5 => {
            text.push_str(word.get(..word.len() - 3).unwrap_or(word));
            text.push('y');
        }
        [.., before, b's'] if word.len() > 4 && *before != b's' => {
            text.push_str(word.get(..word.len() - 1).unwrap_or(word));
        }
        _ => text.push_str(word),
    }
}

/// Splits ASCII text into words in lower case. Letters with dots, strokes or blanks between them are one word, as are the
/// parts of "AT&T".
fn tokens(name: &str, buffer: &mut String, spans: &mut Vec<(u32, u32)>) {
    buffer.clear();
    spans.clear();
    let bytes = name.as_bytes();
    let mut at = 0;
    // Where the last word is one letter, or letters that dots join, the next letter may belong to it.
    let mut initials = false;
    let mut glued = false;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let from = buffer.len();
        let start = at;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_alphanumeric() {
                if is_glued_and(bytes, start, at) {
                    break;
                }
                buffer.push(char::from(byte.to_ascii_lowercase()));
                at += 1;
            } else if byte == b'\'' || byte == b'`' {
                at += 1;
            } else {
                break;
            }
        }
        let length = buffer.len() - from;
        let one_letter = length == 1 && buffer.as_bytes()[from].is_ascii_alphabetic();
        match spans.last_mut() {
            Some(last) if glued || (initials && one_letter) => last.1 = buffer.len() as u32,
            _ => spans.push((from as u32, buffer.len() as u32)),
        }
        let (next, after) = (bytes.get(at), bytes.get(at + 1));
        let follows = after.is_some_and(u8::is_ascii_alphanumeric);
        initials = one_letter && (initials || !glued);
        glued = match next {
            Some(b'.' | b'/') => one_letter && follows && !bytes.get(at + 2).is_some_and(u8::is_ascii_alphanumeric),
            Some(b'&' | b'+') => length <= 2 && follows,
            _ => false,
        };
        if at < bytes.len() && is_glued_and(bytes, start, at) {
            glued = true;
            at += 3;
        } else if next == Some(&b'.') && length > 2 {
            at = after_domain_ending(bytes, at);
        }
        if spans.len() > 2 * WORDS_MAX {
            return;
        }
    }
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
