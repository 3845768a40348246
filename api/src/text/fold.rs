//! Folding: takes from a text what searching must not care about (case, accents, vowel points, forms of a letter).
//!
//! Knows nothing of words: see `search.rs`.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// `text` with accents off, in lower case, with the variants of a letter made one. Folding twice changes nothing.
///
/// The way is NFKD, marks off, lower case, then NFC. The last step puts Hangul syllables and voiced kana together again:
/// a Korean reader takes a syllable for one letter, and a syllable is three bytes where its parts are nine.
pub(super) fn fold(text: &str) -> String {
    text.chars()
        .map(before_decomposition)
        .nfkd()
        .filter(|&c| !is_accent(c) && !is_invisible(c) && c != '\u{640}')
        .flat_map(char::to_lowercase)
        .flat_map(Folded::of)
        .nfc()
        .collect()
}

/// A mark that may be left out without changing the letter: accents, Hebrew points, Arabic vowel signs, Thai tones.
///
/// The canonical combining class tells them from the marks that spell a sound of their own. Those are 0 (most vowel
/// signs of India), 8 (voicing of kana), 9 (virama), and the vowel signs of Telugu, Thai, Lao and Tibetan which have
/// classes of their own.
pub(super) fn is_accent(c: char) -> bool {
    !matches!(canonical_combining_class(c), 0 | 8 | 9 | 84 | 91 | 103 | 118 | 129 | 130 | 132)
}

/// A character that has no shape of its own: joiners, direction marks, soft hyphens, variation selectors.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// NFKD would glue "TM" to the name before the trade mark sign, and turn a prime into something that is a letter.
fn before_decomposition(c: char) -> char {
    match c {
        '™' | '℠' | '®' | '©' | '℗' => ' ',
        _ => c,
    }
}

/// One to three characters without an allocation.
struct Folded {
    text: &'static str,
    one: Option<char>,
}

impl Folded {
    fn of(c: char) -> Self {
        match expansion(c) {
            Some(text) => Self { text, one: None },
            None => Self { text: "", one: Some(same_letter(c)) },
        }
    }
}

impl Iterator for Folded {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        if let Some(c) = self.one.take() {
            return Some(c);
        }
        let mut rest = self.text.chars();
        let first = rest.next();
        self.text = rest.as_str();
        first
    }
}

/// Letters that are written as two where they are not to be had.
fn expansion(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ĳ' => "ij",
        'ŋ' => "ng",
        'ƕ' => "hv",
        'ȣ' => "ou",
        _ => return None,
    })
}

/// Letters and digits that Unicode does not decompose, yet that people write for one another.
fn same_letter(c: char) -> char {
    match c {
        'ø' | 'ɔ' | 'ɵ' => 'o',
        'ł' | 'ƚ' | 'ɫ' => 'l',
        'đ' | 'ð' | 'ɖ' | 'ɗ' => 'd',
        'ħ' | 'ɦ' => 'h',
        'ı' | 'ɨ' => 'i',
        'ŧ' | 'ƭ' | 'ʈ' => 't',
        'ə' | 'ɛ' | 'ǝ' => 'e',
        'ƀ' | 'ɓ' => 'b',
        'ƙ' | 'ĸ' => 'k',
        'ɲ' | 'ƞ' => 'n',
        'ƴ' => 'y',
        'ʋ' => 'v',
        'ƶ' => 'z',
        'ɡ' | 'ɣ' => 'g',
        'ς' => 'σ',
        'ґ' => 'г',
        'ђ' => 'д',
        // Arabic, with the Persian and Urdu keyboards: alef wasla, alef maksura, teh marbuta, keheh, forms of heh.
        '\u{671}' => '\u{627}',
        '\u{649}' | '\u{6cc}' | '\u{6d2}' => '\u{64a}',
        '\u{629}' | '\u{6c1}' | '\u{6be}' | '\u{6d5}' | '\u{6c3}' => '\u{647}',
        '\u{6a9}' => '\u{643}',
        // Apostrophes, also those which count as letters: Hawaiʻi, О’Генри, צ׳ק.
        '‘' | '’' | '‛' | '`' | '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{5f3}' | '\u{2032}' => '\'',
        '“' | '”' | '\u{5f4}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{5be}' => '-',
        _ => ascii_digit(c).unwrap_or(c),
    }
}

/// The zeros of the scripts whose digits people of our partners write; nine more digits follow each.
const ZEROS: [char; 18] = [
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
    '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}', '\u{1810}',
];

fn ascii_digit(c: char) -> Option<char> {
    // Most text is below the first zero, so the table is not searched for it.
    if c < '\u{660}' {
        return None;
    }
    ZEROS.iter().find_map(|&zero| {
        let value = u32::from(c).checked_sub(u32::from(zero))?;
        char::from_digit(value, 10)
    })
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn spellings_of_one_word_fold_alike() {
        for (left, right) in [
            ("ÁRVÍZTŰRŐ", "arvizturo"),
            ("Straße", "STRASSE"),
            ("ẞ", "ss"),
            ("İstanbul ISPARTA ılık", "istanbul isparta ilik"),
            ("ΟΔΟΣ", "οδος"),
            ("Ødegård Æther Łódź Đà Nẵng", "odegard aether lodz da nang"),
            ("Йорк Ёлка", "йорк елка"),
            ("مُحَمَّد", "محمد"),
            ("شـــركة", "شركه"),
            ("أحمد إحمد آحمد", "احمد احمد احمد"),
            ("مبنى", "مبني"),
            ("٢٠٢٦ ۲۰۲۶ २०२६", "2026 2026 2026"),
            ("שָׁלוֹם", "שלום"),
            ("ｱｶﾞｻ ＡＢＣ", "アガサ abc"),
            ("\u{1112}\u{1161}\u{11ab}\u{ae00}", "한글"),
            ("Hawaiʻi O’Reilly", "hawai'i o'reilly"),
            ("so\u{ad}ft می\u{200c}خواهم", "soft ميخواهم"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} and {right}");
        }
    }

    #[test]
    fn marks_that_are_letters_stay() {
        for (left, right) in [("が", "か"), ("कि", "का"), ("क्", "क"), ("กุ", "กู"), ("한", "하")]
        {
            assert_ne!(fold(left), fold(right), "{left} and {right}");
        }
        assert_eq!(fold("ไม้"), fold("ไม"), "a tone mark is an accent");
    }

    #[test]
    fn every_character_folds_to_what_stays_as_it_is() {
        for c in '\0'..=char::MAX {
            let once = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(c));
        }
    }
}
