//! Cleaning of what people typed or pasted, before it is validated and stored.
//!
//! Lengths of texts are counted in Unicode scalar values, as GraphQL clients and both databases can.

use super::fold::is_invisible;
use unicode_normalization::UnicodeNormalization as _;

/// One line: NFC, no control characters, no direction overrides, runs of blanks made one, trimmed. Idempotent.
///
/// A line of invisible characters only becomes empty, so that "required" cannot be met by nothing.
pub fn clean_line(text: &str) -> String {
    let kept: String = text.chars().filter(|&c| !is_forbidden(c)).map(blank_for_break).nfc().collect();
    let mut line = String::with_capacity(kept.len());
    for word in kept.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.chars().all(|c| is_invisible(c) || c == ' ') { String::new() } else { line }
}

/// Several lines: NFC, line ends made `\n`, no other control characters but tabs, at most one empty line in a row,
/// trimmed. Idempotent.
pub fn clean_text(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    let kept: String =
        lines.chars().filter(|&c| !is_forbidden(c) && (!c.is_control() || matches!(c, '\n' | '\t'))).nfc().collect();
    let mut clean = String::with_capacity(kept.len());
    let mut empty = 0;
    for line in kept.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            clean.push_str(line);
            clean.push('\n');
        }
    }
    let clean = clean.trim();
    if clean.chars().all(|c| is_invisible(c) || c.is_whitespace()) { String::new() } else { clean.to_owned() }
}

/// Unicode scalar values of `text`: the unit of every length in the schema.
pub fn char_count(text: &str) -> usize {
    text.chars().count()
}

/// The first `max` Unicode scalar values of `text`.
pub fn cut_chars(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Overrides of the direction make a text read as something else; a byte order mark inside a text is left over.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{feff}')
}

fn blank_for_break(c: char) -> char {
    if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::{char_count, clean_line, clean_text, cut_chars};
    use proptest::prelude::*;

    #[test]
    fn a_line_is_one_line() {
        for (text, expected) in [
            ("  Acme \t\r\n Corp\u{0} ", "Acme Corp"),
            ("e\u{301}", "é"),
            ("\u{feff}Acme\u{202e}gro", "Acmegro"),
            ("\u{200b}\u{2060} ", ""),
            ("a\u{a0}\u{3000}b\u{2028}c", "a b c"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("", ""),
        ] {
            assert_eq!(clean_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_text_keeps_its_lines() {
        assert_eq!(clean_text(" a \r\nb\r\r\r\rc\u{0}\td\u{7} \n\n"), "a\nb\n\nc\td");
        assert_eq!(clean_text("\u{200b}\n"), "");
    }

    #[test]
    fn length_is_in_scalar_values() {
        assert_eq!(char_count("é한👍"), 3);
        assert_eq!(cut_chars("é한👍", 2), "é한");
        assert_eq!(cut_chars("é", 5), "é");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            let line = clean_line(&text);
            prop_assert!(!line.chars().any(char::is_control));
            prop_assert_eq!(clean_line(&line), line);
            let clean = clean_text(&text);
            prop_assert!(!clean.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')));
            prop_assert_eq!(clean_text(&clean), clean);
        }
    }
}
