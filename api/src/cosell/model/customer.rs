//! What a customer is known by: the registrable domain of its website, its DUNS number, and its name as spellings of it
//! have it in common.

use crate::{
    op::{ErrorCode, Refusal},
    text::{cut_chars, normalize},
};

/// Characters of a name's key at most; more tells no two companies apart.
const KEY_MAX: usize = 200;

/// Words for the form of a company, which one writes and another leaves out.
const LEGAL_FORMS: [&str; 46] = [
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bhd",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "doo",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "nyrt",
    "oo",
    "ou",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "sdn",
    "se",
    "sl",
    "spa",
    "srl",
    "sro",
    "zrt",
];

/// The registrable domain of a website: `shop.acme.co.uk` and `www.acme.co.uk` are both `acme.co.uk`. `None` for what has
/// none, and for sites that many companies have a page on. The rule is that of account mapping.
#[must_use]
pub fn registrable_domain(website: &str) -> Option<String> {
    matching::registrable_domain(website)
}

/// A DUNS number: nine digits, which people group with blanks and hyphens.
///
/// # Errors
/// [`ErrorCode::InvalidFormat`].
pub fn duns(path: &str, text: &str) -> Result<String, Refusal> {
    match matching::duns(text) {
        Some(number) => Ok(format!("{number:09}")),
        None => Err(Refusal::of(path, ErrorCode::InvalidFormat, "A DUNS number has nine digits.")),
    }
}

/// What spellings of a company's name have in common: its words, folded, without the legal form at the end. Never empty for
/// a name that has a letter or a digit.
#[must_use]
pub fn name_key(name: &str) -> String {
    let words = joined_initials(cut_chars(&normalize(name), KEY_MAX));
    let mut words: Vec<&str> = words.split(' ').collect();
    while words.len() > 1 && words.last().is_some_and(|word| LEGAL_FORMS.contains(word)) {
        words.pop();
    }
    words.join(" ")
}

/// Single letters that follow each other, as one word: "S.A." is "SA".
fn joined_initials(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut after_initial = false;
    for word in text.split_whitespace() {
        let is_initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        if !(joined.is_empty() || is_initial && after_initial) {
            joined.push(' ');
        }
        joined.push_str(word);
        after_initial = is_initial;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_domain_is_the_one_that_was_registered() {
        for (website, expected) in [
            ("https://www.acme.example/", Some("acme.example")),
            ("https://shop.acme.co.uk/x?y=1", Some("acme.co.uk")),
            ("http://acme.com:8080", Some("acme.com")),
            ("https://bücher.de", Some("xn--bcher-kva.de")),
            ("https://acme.github.io/", Some("acme.github.io")),
            ("https://www.linkedin.com/company/acme", None),
            ("https://co.uk/", None),
            ("http://10.0.0.1/", None),
            ("http://intranet/", None),
        ] {
            assert_eq!(registrable_domain(website).as_deref(), expected, "{website}");
        }
    }

    #[test]
    fn spellings_of_a_name_have_one_key() {
        for (one, other) in [
            ("Acme, Inc.", "ACME"),
            ("Acme GmbH", "acme"),
            ("Crédit Acme S.A.", "Credit Acme SA"),
            ("Acme Holding Co., Ltd.", "acme holding"),
            ("Müller & Söhne KG", "muller sohne"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one} and {other}");
        }
        assert_ne!(name_key("Acme North"), name_key("Acme South"));
        assert_eq!(name_key("SE"), "se");
        assert_eq!(name_key("Co. Ltd."), "co");
    }

    #[test]
    fn a_duns_number_has_nine_digits() {
        assert_eq!(duns("x", "15-048-3782").unwrap(), "150483782");
        for bad in ["", "12345678", "1234567890", "12345678x", "１２３４５６７８９"] {
            assert_eq!(duns("x", bad).unwrap_err().code, ErrorCode::InvalidFormat, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_bounded_and_stable(name in "[\\w .,&éß株-]{0,60}") {
            let key = name_key(&name);
            prop_assert!(key.chars().count() <= KEY_MAX);
            prop_assert_eq!(key.is_empty(), !normalize(&name).chars().any(char::is_alphanumeric));
            // A legal form that stands alone is a name.
            prop_assume!(!key.is_empty());
            prop_assert_eq!(name_key(&format!("{key} gmbh")), name_key(&key));
        }
    }
}
