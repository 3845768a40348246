//! Languages of texts: BCP 47 tags, which way they are written, and which of several texts a reader wants.

/// Bytes of a tag at most; RFC 5646 asks for 35.
const TAG_MAX: usize = 35;

/// Which way a text runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextDirection {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

/// Scripts from right to left.
const RTL_SCRIPTS: [&str; 13] =
    ["Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi", "Hung"];

/// Languages that are written from right to left where no script is named.
const RTL_LANGUAGES: [&str; 37] = [
    "acm", "aeb", "apc", "ar", "arc", "ars", "ary", "arz", "azb", "bal", "bgn", "bqi", "ckb", "dv", "fa", "glk", "haz",
    "he", "iw", "ji", "khw", "ks", "lrc", "mzn", "nqo", "pnb", "prs", "ps", "sd", "sdh", "skr", "syr", "ug", "ur",
    "yi", "rhg", "lki",
];

/// Languages whose writing hangs on the region, as CLDR's likely subtags have it, and which way it then runs.
const BY_REGION: [(&str, &str, TextDirection); 9] = [
    ("az", "IR", TextDirection::Rtl),
    ("ha", "SD", TextDirection::Rtl),
    ("kk", "CN", TextDirection::Rtl),
    ("ku", "IQ", TextDirection::Rtl),
    ("ku", "IR", TextDirection::Rtl),
    ("ky", "CN", TextDirection::Rtl),
    ("pa", "PK", TextDirection::Rtl),
    ("sd", "IN", TextDirection::Ltr),
    ("uz", "AF", TextDirection::Rtl),
];

/// The tag in its usual spelling (`pt-br` is `pt-BR`, `zh-hant-tw` is `zh-Hant-TW`); `None` for what is no BCP 47 tag that
/// begins with a language of two or three letters. Whether the language exists is not asked.
#[must_use]
pub fn canonical(tag: &str) -> Option<String> {
    if tag.len() > TAG_MAX {
        return None;
    }
    let mut parts = tag.split('-').peekable();
    let language = parts.next().filter(|part| (2..=3).contains(&part.len()) && alphabetic(part))?;
    let mut spelled = language.to_ascii_lowercase();
    let mut add = |part: String| {
        spelled.push('-');
        spelled.push_str(&part);
    };
    if let Some(script) = parts.next_if(|part| part.len() == 4 && alphabetic(part)) {
        let (first, rest) = script.split_at(1);
        add(first.to_ascii_uppercase() + &rest.to_ascii_lowercase());
    }
    if let Some(region) =
        parts.next_if(|part| (part.len() == 2 && alphabetic(part)) || (part.len() == 3 && numeric(part)))
    {
        add(region.to_ascii_uppercase());
    }
    while let Some(variant) = parts.next_if(|part| is_variant(part)) {
        add(variant.to_ascii_lowercase());
    }
    // Extensions and private use: a single letter or digit, then one or more parts.
    while let Some(singleton) = parts.next_if(|part| part.len() == 1 && alphanumeric(part)) {
        let singleton = singleton.to_ascii_lowercase();
        let least = if singleton == "x" { 1 } else { 2 };
        add(singleton);
        let mut count = 0;
        while let Some(part) = parts.next_if(|part| (least..=8).contains(&part.len()) && alphanumeric(part)) {
            add(part.to_ascii_lowercase());
            count += 1;
        }
        if count == 0 {
            return None;
        }
    }
    parts.next().is_none().then_some(spelled)
}

fn alphabetic(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn numeric(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

fn alphanumeric(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_variant(part: &str) -> bool {
    let digit_first = part.len() == 4 && part.starts_with(|c: char| c.is_ascii_digit());
    ((5..=8).contains(&part.len()) || digit_first) && alphanumeric(part)
}

/// Which way texts of this locale run: by its script, else by its language and region.
#[must_use]
pub fn direction(tag: &str) -> TextDirection {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let mut region = None;
    for part in parts.take_while(|part| part.len() > 1) {
        match part.len() {
            4 if alphabetic(part) => {
                let rtl = RTL_SCRIPTS.iter().any(|script| script.eq_ignore_ascii_case(part));
                return if rtl { TextDirection::Rtl } else { TextDirection::Ltr };
            }
            2 => region = Some(part),
            _ => {}
        }
    }
    let by_region = BY_REGION.iter().find(|(of, at, _)| {
        of.eq_ignore_ascii_case(language) && region.is_some_and(|region| at.eq_ignore_ascii_case(region))
    });
    match by_region {
        Some((_, _, direction)) => *direction,
        None if RTL_LANGUAGES.iter().any(|rtl| rtl.eq_ignore_ascii_case(language)) => TextDirection::Rtl,
        None => TextDirection::Ltr,
    }
}

/// The one of `available` (canonical, in ascending order) that suits a reader who wants one of `wanted`, best first:
/// the same tag, or what is left of it when subtags are taken off its end (`pt-BR` is met by `pt`), or where only a
/// language is wanted, its first region (`pt` is met by `pt-BR`). `None` where nothing suits.
#[must_use]
pub fn choose<'a>(wanted: impl IntoIterator<Item = impl AsRef<str>>, available: &[&'a str]) -> Option<&'a str> {
    wanted.into_iter().filter_map(|tag| canonical(tag.as_ref())).find_map(|tag| look_up(&tag, available))
}

fn look_up<'a>(tag: &str, available: &[&'a str]) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        if let Some(found) = available.iter().find(|candidate| **candidate == rest) {
            return Some(found);
        }
        let Some((shorter, _)) = rest.rsplit_once('-') else { break };
        // A single letter begins an extension and means nothing without what followed it.
        rest = match shorter.rsplit_once('-') {
            Some((before, single)) if single.len() == 1 => before,
            _ => shorter,
        };
    }
    let within = |candidate: &&&str| candidate.strip_prefix(tag).is_some_and(|more| more.starts_with('-'));
    if tag.contains('-') { None } else { available.iter().find(within).copied() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_have_one_spelling() {
        for (tag, expected) in [
            ("EN", "en"),
            ("pt-br", "pt-BR"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("de-ch-1996", "de-CH-1996"),
            ("sl-rozaj-biske", "sl-rozaj-biske"),
            ("en-u-CA-gregory", "en-u-ca-gregory"),
            ("en-x-a", "en-x-a"),
            ("ckb", "ckb"),
        ] {
            assert_eq!(canonical(tag).as_deref(), Some(expected), "{tag}");
        }
        for tag in [
            "",
            "e",
            "english",
            "pt_BR",
            "en-",
            "-en",
            "en--US",
            "en-u",
            "12",
            "en-é",
            "*",
            "x-foo",
            "en-abc-",
            "en-aaaaaaaaa",
            "en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd",
        ] {
            assert_eq!(canonical(tag), None, "{tag:?}");
        }
    }

    #[test]
    fn the_script_says_the_direction_and_else_the_language() {
        use TextDirection::{Ltr, Rtl};
        for (tag, expected) in [
            ("ar", Rtl),
            ("ar-EG", Rtl),
            ("he", Rtl),
            ("fa-IR", Rtl),
            ("ur", Rtl),
            ("ps", Rtl),
            ("dv", Rtl),
            ("yi", Rtl),
            ("ug", Rtl),
            ("sd", Rtl),
            ("ckb", Rtl),
            ("ar-Latn", Ltr),
            ("az-Arab", Rtl),
            ("az", Ltr),
            ("pa-PK", Rtl),
            ("pa-Guru-PK", Ltr),
            ("sd-IN", Ltr),
            ("en", Ltr),
            ("zh-Hant", Ltr),
            ("en-x-arab", Ltr),
        ] {
            assert_eq!(direction(tag), expected, "{tag}");
        }
    }

    #[test]
    fn a_reader_gets_the_nearest_text() {
        let available = ["ar", "de-CH", "en", "pt", "zh-Hans"];
        for (wanted, expected) in [
            (vec!["pt-BR"], Some("pt")),
            (vec!["AR-eg"], Some("ar")),
            (vec!["de"], Some("de-CH")),
            (vec!["de-AT"], None),
            (vec!["zh-Hant-TW"], None),
            (vec!["fr", "*", "en-GB-x-a"], Some("en")),
            (vec!["en-u-ca-gregory"], Some("en")),
            (vec![], None),
        ] {
            assert_eq!(choose(&wanted, &available), expected, "{wanted:?}");
        }
    }

    proptest! {
        #[test]
        fn a_canonical_tag_is_its_own(tag in "[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8}){0,4}") {
            if let Some(once) = canonical(&tag) {
                prop_assert_eq!(canonical(&once), Some(once.clone()));
                prop_assert_eq!(choose([&tag], &[once.as_str()]), Some(once.as_str()));
            }
        }

        #[test]
        fn any_text_is_no_panic(text in any::<String>()) {
            let _ = (canonical(&text), direction(&text), choose([&text], &["en"]));
        }
    }
}
