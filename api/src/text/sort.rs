//! The key by which names sort.

use super::cut_bytes;
use super::fold::{is_accent, is_invisible};
use unicode_normalization::UnicodeNormalization as _;

/// Bytes of the longest sort key. PostgreSQL refuses an index row over some 2,700 bytes, and a key shares its row with
/// the other columns of the order; names that agree so far sort by id.
pub const SORT_KEY_MAX_BYTES: usize = 1_024;

/// The stored key by which `NAME` orders sort: NFKD, accents off, lower case, blanks collapsed; to be compared bytewise.
///
/// Letters that Unicode does not decompose keep their own place ("ø" after "z", as Danish has it), unlike in searching.
/// Idempotent; at most [`SORT_KEY_MAX_BYTES`] long.
pub fn sort_key(name: &str) -> String {
    let folded: String = name.nfkd().filter(|&c| !is_accent(c) && !is_invisible(c)).map(blank_for_control).collect();
    let mut key = String::with_capacity(folded.len());
    for word in folded.to_lowercase().split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key.truncate(cut_bytes(&key, SORT_KEY_MAX_BYTES).trim_end().len());
    key
}

fn blank_for_control(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::{SORT_KEY_MAX_BYTES, sort_key};
    use proptest::prelude::*;

    #[test]
    fn is_decomposed_without_accents_in_lower_case() {
        for (name, key) in [
            ("Banco de Crédito BCP", "banco de credito bcp"),
            ("  Amoniac\u{a0} OÜ\n", "amoniac ou"),
            ("Ænix", "ænix"),
            ("İZMİR", "izmir"),
            ("ＡＢＣ ﬁn", "abc fin"),
            ("ΟΔΟΣ", "οδος"),
            ("Acme\u{0}Corp", "acme corp"),
            ("", ""),
        ] {
            assert_eq!(sort_key(name), key, "{name:?}");
        }
    }

    #[test]
    fn orders_as_readers_expect() {
        let mut names = ["Žižka", "zoo", "Éclair", "eagle", "Ørsted", "EDB", "한국", "하나"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["eagle", "Éclair", "EDB", "Žižka", "zoo", "Ørsted", "하나", "한국"]);
    }

    proptest! {
        #[test]
        fn is_idempotent_and_bounded(name in any::<String>()) {
            let key = sort_key(&name);
            prop_assert!(key.len() <= SORT_KEY_MAX_BYTES);
            prop_assert_eq!(sort_key(&key), key);
        }

        #[test]
        fn long_names_are_cut_between_characters(name in "[가-힣 éa]{300,600}") {
            let key = sort_key(&name);
            prop_assert!(key.len() <= SORT_KEY_MAX_BYTES);
            prop_assert_eq!(sort_key(&key), key);
        }
    }
}
