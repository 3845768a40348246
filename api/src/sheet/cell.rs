//! Cells that a spreadsheet would run as formulas, made text and back.

use std::borrow::Cow;

/// The cell as it goes out: a spreadsheet runs one that begins like a formula, and an apostrophe before it makes it text.
/// A text that looks like the outcome of this gets another apostrophe, so that [`revived`] gives back every text.
#[must_use]
pub fn defused(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The cell as it was before [`defused`].
#[must_use]
pub fn revived(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// The cell of a report, which people look at and nobody reads back: as [`defused`], with a replacement sign for control
/// characters, which are shown as what they are not.
#[must_use]
pub fn inert(text: &str) -> Cow<'_, str> {
    let defused = defused(text);
    let hidden = |c: char| c.is_control() && c != '\n';
    if !defused.contains(hidden) {
        return defused;
    }
    Cow::Owned(defused.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect())
}

fn is_formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || text.starts_with(['\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+A1", "'+A1"),
            ("-2", "'-2"),
            ("@x", "'@x"),
            ("\t=1", "'\t=1"),
            ("\r", "'\r"),
            (" =1", "' =1"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("''@", "'''@"),
            ("plain", "plain"),
            ("a=1", "a=1"),
            ("'tis", "'tis"),
            ("'", "'"),
            ("", ""),
        ] {
            assert_eq!(defused(text), cell, "{text:?}");
            assert_eq!(revived(cell), text, "{cell:?}");
        }
        // What somebody typed without knowing of this stays as it is.
        assert_eq!(revived("=1"), "=1");
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_none_is_a_formula(text in "['=+@ \t\r\n\\-＝a-c]{0,8}") {
            let cell = defused(&text);
            prop_assert_eq!(revived(&cell), text.as_str());
            prop_assert!(!is_formula(&cell), "{}", cell);
        }
    }
}
