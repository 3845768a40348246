//! Names for addresses: `a-z`, `0-9` and single hyphens.

use super::fold::fold;
use super::search::normalize;

/// Characters of the longest slug.
pub const SLUG_MAX: usize = 80;

/// Hexadecimal digits of the number that stands for letters which a slug cannot have.
const MARK_LEN: usize = 16;

/// A slug of any text: 1 to [`SLUG_MAX`] characters of `a-z0-9-`, no hyphen at an end and no two together.
///
/// Latin letters lose their accents. A name without any Latin letter gets a number made of its folded letters (the same
/// on every machine and in every version), and so does a name that is too long: different names keep different slugs.
/// Two names may still share one ("A & B", "A B"); who stores slugs decides what then happens.
pub fn slug(text: &str) -> String {
    let folded = fold(text);
    let mut ascii = String::with_capacity(folded.len());
    let mut dropped = false;
    let mut gap = false;
    for c in folded.chars() {
        if c.is_ascii_alphanumeric() {
            if gap && !ascii.is_empty() {
                ascii.push('-');
            }
            gap = false;
            ascii.push(c);
        } else {
            dropped |= c.is_alphanumeric();
            gap = true;
        }
    }
    let has_letter = ascii.bytes().any(|b| b.is_ascii_alphabetic());
    if ascii.is_empty() {
        return format!("n-{}", mark(text));
    }
    if dropped && !has_letter {
        return bounded(&format!("{ascii}-{}", mark(text)));
    }
    bounded(&ascii)
}

/// The slug of a category: the slugs of its parts from the top, joined by `-`; at most [`SLUG_MAX`] characters.
/// `None` for no parts.
pub fn category_slug(parts: &[&str]) -> Option<String> {
    if parts.is_empty() {
        return None;
    }
    Some(bounded(&parts.iter().map(|part| slug(part)).collect::<Vec<_>>().join("-")))
}

/// True for what [`slug`] can make: 1 to [`SLUG_MAX`] of `a-z0-9-`, no hyphen at an end, no two together.
pub fn is_slug(text: &str) -> bool {
    (1..=SLUG_MAX).contains(&text.len())
        && text
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

fn bounded(slug: &str) -> String {
    if slug.len() <= SLUG_MAX {
        return slug.to_owned();
    }
    let start = super::cut_bytes(slug, SLUG_MAX - MARK_LEN - 1).trim_end_matches('-');
    format!("{start}-{}", mark(slug))
}

/// FNV-1a of the normalized text: stable by definition, unlike the hashers of `std`, and nothing secret hangs on it.
fn mark(text: &str) -> String {
    let hash = normalize(text)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::{SLUG_MAX, category_slug, is_slug, slug};
    use proptest::prelude::*;

    #[test]
    fn names_become_readable_slugs() {
        for (name, expected) in [
            ("QUANTUM C&S", "quantum-c-s"),
            ("Kiratech S.p.A.", "kiratech-s-p-a"),
            ("Amoniac OÜ", "amoniac-ou"),
            ("Ænix", "aenix"),
            ("  --Straße №5!! ", "strasse-no5"),
            ("中国移动 (China Mobile)", "china-mobile"),
            ("Sogou C++ Workflow", "sogou-c-workflow"),
            ("3-Shake", "3-shake"),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn names_without_latin_letters_get_different_slugs_which_stay() {
        assert_eq!(slug("中国移动"), slug(" 中国移动 "));
        assert_ne!(slug("中国移动"), slug("中国联通"));
        assert_ne!(slug("Группа 1"), slug("Компания 1"), "a digit alone does not tell names apart");
        // The number is stored and part of addresses, so it may never change.
        assert_eq!(slug(""), "n-cbf29ce484222325");
        assert_eq!(slug("a").as_str(), "a");
    }

    #[test]
    fn categories_join_their_parts() {
        assert_eq!(
            category_slug(&["Provisioning", "Automation & Configuration"]).as_deref(),
            Some("provisioning-automation-configuration")
        );
        assert_eq!(category_slug(&["App"]).as_deref(), Some("app"));
        assert_eq!(category_slug(&[]), None);
        let long = "x".repeat(79);
        let (left, right) = (category_slug(&[&long, "a"]), category_slug(&[&long, "b"]));
        assert_ne!(left, right);
        assert!(left.is_some_and(|slug| is_slug(&slug)));
    }

    #[test]
    fn what_is_no_slug_is_refused() {
        for text in ["", "-a", "a-", "a--b", "A", "a b", "é", "a_b", &"a".repeat(SLUG_MAX + 1)] {
            assert!(!is_slug(text), "{text:?}");
        }
        assert!(is_slug(&"a".repeat(SLUG_MAX)) && is_slug("a-1-b"));
    }

    proptest! {
        #[test]
        fn every_slug_is_one_and_stays_one(text in any::<String>()) {
            let made = slug(&text);
            prop_assert!(is_slug(&made), "{made}");
            prop_assert_eq!(slug(&made), made);
        }

        #[test]
        fn long_names_keep_apart(start in "[a-z]{100}", left in "[a-z]{5}", right in "[a-z]{5}") {
            prop_assume!(left != right);
            prop_assert_ne!(slug(&format!("{start}{left}")), slug(&format!("{start}{right}")));
        }
    }
}
