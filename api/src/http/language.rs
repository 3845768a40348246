//! The reader's languages, from `Accept-Language`.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use super::media::quality;

/// More languages than this nobody reads; the rest is ignored.
const MOST: usize = 10;

/// BCP 47 tags, best first, at most ten. What is no tag, `*` and what the reader does not want are left out.
pub(super) fn preferred(headers: &HeaderMap) -> Vec<String> {
    let texts = headers.get_all(ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok());
    let mut tags: Vec<(u16, &str)> = texts.flat_map(|text| text.split(',')).filter_map(tag).take(MOST).collect();
    // Stable: of two with one quality, the first named is the better.
    tags.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    tags.into_iter().map(|(_, tag)| tag.to_owned()).collect()
}

fn tag(text: &str) -> Option<(u16, &str)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?;
    let quality = match parts.find_map(|part| part.strip_prefix("q=")) {
        Some(text) => quality(text)?,
        None => 1000,
    };
    let well_formed = (1..=35).contains(&tag.len())
        && tag
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (well_formed && quality > 0).then_some((quality, tag))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn languages(text: &str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(text).unwrap());
        preferred(&headers)
    }

    #[test]
    fn languages_come_best_first() {
        assert_eq!(languages("de;q=0.5, ar, zh-Hant-TW;q=0.9, *;q=0.1"), ["ar", "zh-Hant-TW", "de"]);
        assert_eq!(languages("en, fr"), ["en", "fr"]);
    }

    #[test]
    fn what_is_no_language_is_left_out() {
        assert!(languages("*, en;q=0, de;q=x, ../etc, a-verylongsubtag, ;;,").is_empty());
        assert_eq!(languages(&"en,".repeat(1000)).len(), MOST);
    }
}
