//! Which writing puts no blanks between words, and what counts there as one letter.

use unicode_normalization::char::is_combining_mark;

/// True where words follow each other without blanks: Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar.
/// Korean is not among them: it has blanks, and what follows a noun there is found by its prefix.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1950}'..='\u{19ff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{303c}'
        | '\u{3040}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}' | '\u{f900}'..='\u{faff}'
        | '\u{1b000}'..='\u{1b16f}' | '\u{20000}'..='\u{3fffd}')
}

/// One stretch of a word, all of it in writing with blanks or all of it in writing without.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stretch<'a> {
    Spaced(&'a str),
    /// The letters, each with the marks that follow it.
    Unspaced(Vec<&'a str>),
}

/// Splits a word where its writing changes: "iphone手机" is a word and two letters.
pub(super) fn stretches(word: &str) -> Vec<Stretch<'_>> {
    let mut found = Vec::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let unspaced = is_unspaced(first);
        let end = rest
            .char_indices()
            .find(|&(_, c)| is_unspaced(c) != unspaced && !is_combining_mark(c))
            .map_or(rest.len(), |(at, _)| at);
        let (stretch, after) = rest.split_at(end);
        found.push(if unspaced { Stretch::Unspaced(letters(stretch)) } else { Stretch::Spaced(stretch) });
        rest = after;
    }
    found
}

fn letters(stretch: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, c) in stretch.char_indices() {
        if at > start && !is_combining_mark(c) {
            found.extend(stretch.get(start..at));
            start = at;
        }
    }
    found.extend(stretch.get(start..));
    found
}

#[cfg(test)]
mod tests {
    use super::{Stretch, stretches};

    #[test]
    fn a_word_is_split_where_its_writing_changes() {
        assert_eq!(
            stretches("iphone手机5g"),
            [Stretch::Spaced("iphone"), Stretch::Unspaced(vec!["手", "机"]), Stretch::Spaced("5g")]
        );
        assert_eq!(stretches("กินน"), [Stretch::Unspaced(vec!["กิ", "น", "น"])]);
        assert_eq!(stretches("한국"), [Stretch::Spaced("한국")]);
        assert_eq!(stretches(""), []);
    }
}
