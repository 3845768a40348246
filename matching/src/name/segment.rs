//! Which parts of a name's text are the name, which are another name of the same company, and which are notes.

use super::words::is_note;
use std::borrow::Cow;

/// The parts of one name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segments<'a> {
    pub(super) own: Cow<'a, str>,
    pub(super) others: Vec<String>,
}

/// Words between a name and what it is also known as.
const ALSO: [&str; 12] = [
    " aka ",
    " a.k.a. ",
    " dba ",
    " d/b/a ",
    " d.b.a. ",
    " doing business as ",
    " trading as ",
    " t/a ",
    " formerly ",
    " f/k/a ",
    " fka ",
    " also known as ",
];

/// Takes a name's text apart. What stands in brackets, behind a dash or behind "also known as" is another name; but a
/// dash or a stroke before notes only ("- do not contact", "/ APAC") ends the name.
pub(super) fn segments(name: &str) -> Segments<'_> {
    let signs = signs(name);
    if signs == 0 {
        return Segments { own: Cow::Borrowed(name), others: Vec::new() };
    }
    let mut others = Vec::new();
    let mut own = if signs & BRACKET == 0 { name.to_owned() } else { without_brackets(name, &mut others) };
    // Where a bracket was there may be a blank now.
    if signs & (ALSO_KNOWN | BRACKET) != 0 && self::signs(&own) & ALSO_KNOWN != 0 {
        for also in ALSO {
            if let Some(at) = find_ignoring_case(&own, also) {
                others.extend(own.get(at + also.len()..).map(str::to_owned));
                own.truncate(at);
            }
        }
    }
    for (sign, dash) in [(DASH, " - "), (STROKE, " / "), (BAR, " | ")] {
        while let Some(at) = if signs & sign == 0 { None } else { own.rfind(dash) } {
            let (before, behind) = (own.get(..at).unwrap_or_default(), own.get(at + dash.len()..).unwrap_or_default());
            if !has_word(before) {
                break;
            }
            let mut words = behind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            if !words.all(|word| is_note(&word.to_ascii_lowercase())) {
                others.extend([before.to_owned(), behind.to_owned()]);
                break;
            }
            own.truncate(at);
        }
    }
    Segments { own: Cow::Owned(own), others }
}

/// The name without what stands in brackets, unless nothing else is left; that goes to the others.
fn without_brackets(name: &str, others: &mut Vec<String>) -> String {
    let mut own = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, inside)) = rest.split_once(['(', '[', '{']) {
        own.push_str(before);
        own.push(' ');
        let (inside, after) = inside.split_once([')', ']', '}']).unwrap_or((inside, ""));
        if has_word(inside) {
            others.push(inside.to_owned());
        }
        rest = after;
    }
    own.push_str(rest);
    if !has_word(&own) && !others.is_empty() {
        return others.remove(0);
    }
    own
}

fn has_word(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

const BRACKET: u8 = 1;
const DASH: u8 = 2;
const STROKE: u8 = 4;
const BAR: u8 = 8;
/// Letters behind a blank that "also known as" begins with.
const ALSO_KNOWN: u8 = 16;
/// Before what is looked at more closely.
const BLANK: u8 = 32;

/// What a byte may be a sign of.
const SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    signs[b'(' as usize] = BRACKET;
    signs[b'[' as usize] = BRACKET;
    signs[b'{' as usize] = BRACKET;
    signs[b'-' as usize] = DASH;
    signs[b'/' as usize] = STROKE;
    signs[b'|' as usize] = BAR;
    signs[b' ' as usize] = BLANK;
    signs
};

/// What is in a name that may part it; 0 for most names.
fn signs(name: &str) -> u8 {
    let bytes = name.as_bytes();
    let mut signs = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let sign = SIGNS[usize::from(*byte)];
        signs |= sign;
        if sign == BLANK && begins_also(bytes.get(at + 1..).unwrap_or_default()) {
            signs |= ALSO_KNOWN;
        }
    }
    signs & !BLANK
}

fn begins_also(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [b'a' | b'A', b'k' | b'K' | b'.' | b'l' | b'L', ..]
            | [b'd' | b'D', b'b' | b'B' | b'.' | b'/' | b'o' | b'O', ..]
            | [b't' | b'T', b'r' | b'R' | b'/', ..]
            | [b'f' | b'F', b'o' | b'O' | b'/' | b'k' | b'K', ..]
    )
}

fn find_ignoring_case(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len()).position(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}
