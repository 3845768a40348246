//! Media types: which one the client wants back, and whether it sent JSON. No other room knows their names.

use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};

/// A media type that answers come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status says how far the request came.
    GraphqlResponse,
    /// `application/json`: a GraphQL request that was understood is answered with 200, whatever came of it.
    Json,
}

impl Media {
    /// The value of the answer's `Content-Type`.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// Whether the client takes an answer as a stream of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Events {
    /// It does not.
    No,
    /// It takes JSON as well: a stream is for what answers more than once.
    IfSubscription,
    /// It wants a stream more than anything else that there is here.
    Always,
}

/// One range of an `Accept` header.
struct Range<'h> {
    kind: &'h str,
    subkind: &'h str,
    /// Thousandths.
    quality: u16,
}

/// The media type to answer in, or `None` if the client takes neither. Without an `Accept` it is JSON, which is what
/// clients of before the specification expect.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Media> {
    let mut ranges = Vec::new();
    for value in headers.get_all(ACCEPT) {
        ranges.extend(value.to_str().ok()?.split(',').filter_map(range));
    }
    if ranges.is_empty() {
        let blank = headers.get_all(ACCEPT).all(|value| value.as_bytes().trim_ascii().is_empty());
        return blank.then_some(Media::Json);
    }
    let graphql = judged(&ranges, "graphql-response+json");
    let json = judged(&ranges, "json");
    // Where a client takes both alike, the one that it named is better than the one that a `*` covers, and the new
    // one, whose statuses say more, better than the old.
    match (graphql, json) {
        ((0, _), (0, _)) => None,
        (graphql, json) if graphql > json || (graphql == json && graphql.1 == 2) => Some(Media::GraphqlResponse),
        _ => Some(Media::Json),
    }
}

/// Whether to answer as a stream of events. Only a client that names the media type is one that can read it.
pub(super) fn events(headers: &HeaderMap) -> Events {
    let texts = headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok());
    let ranges: Vec<_> = texts.flat_map(|text| text.split(',')).filter_map(range).collect();
    let named = |range: &&Range<'_>| {
        range.kind.eq_ignore_ascii_case("text") && range.subkind.eq_ignore_ascii_case("event-stream")
    };
    let wanted = ranges.iter().find(named).map_or(0, |range| range.quality);
    let json = judged(&ranges, "graphql-response+json").0.max(judged(&ranges, "json").0);
    match wanted {
        0 => Events::No,
        wanted if wanted > json => Events::Always,
        _ => Events::IfSubscription,
    }
}

/// Quality of `application/<subkind>` and how exactly the deciding range names it (2 in full, 0 not at all).
fn judged(ranges: &[Range<'_>], subkind: &str) -> (u16, u8) {
    judged_as(ranges, "application", subkind)
}

fn judged_as(ranges: &[Range<'_>], kind: &str, subkind: &str) -> (u16, u8) {
    let named = |range: &Range<'_>| {
        let kind = range.kind.eq_ignore_ascii_case(kind);
        match (range.kind, range.subkind) {
            ("*", "*") => Some(0),
            (_, "*") if kind => Some(1),
            (_, other) if kind && other.eq_ignore_ascii_case(subkind) => Some(2),
            _ => None,
        }
    };
    ranges
        .iter()
        .filter_map(|range| named(range).map(|exactness| (exactness, range.quality)))
        .max()
        .map_or((0, 0), |(exactness, quality)| (quality, exactness))
}

fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let (kind, subkind) = parts.next()?.split_once('/')?;
    let quality = match parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))) {
        Some(text) => quality(text)?,
        None => 1000,
    };
    Some(Range { kind, subkind, quality })
}

/// A quality in thousandths; `None` if it is not one.
pub(super) fn quality(text: &str) -> Option<u16> {
    let value: f32 = text.trim().parse().ok()?;
    (0.0..=1.0).contains(&value).then(|| (value * 1000.0).round() as u16)
}

/// Whether the client takes `kind/subkind`; without an `Accept` it takes everything.
pub(super) fn takes(headers: &HeaderMap, kind: &str, subkind: &str) -> bool {
    let texts = headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok());
    let ranges: Vec<_> = texts.flat_map(|text| text.split(',')).filter_map(range).collect();
    if ranges.is_empty() {
        return headers.get_all(ACCEPT).all(|value| value.as_bytes().trim_ascii().is_empty());
    }
    judged_as(&ranges, kind, subkind).0 > 0
}

/// Whether the body is declared to be JSON in UTF-8. Nothing else is read as JSON: browsers send forms to other sites
/// without asking, but this type only after a preflight.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    is_utf_8(headers, "application/json")
}

/// Whether the body is declared to be CSV in UTF-8. Browsers send this type to other sites only after a preflight too.
pub(super) fn is_csv(headers: &HeaderMap) -> bool {
    is_utf_8(headers, "text/csv")
}

fn is_utf_8(headers: &HeaderMap, kind: &str) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE);
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(text) = value.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    let named = parts.next().is_some_and(|own| own.eq_ignore_ascii_case(kind));
    named
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                let value = value.trim().trim_matches('"');
                value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
            }
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn the_client_gets_what_it_asks_for() {
        use Media::{GraphqlResponse, Json};
        for (accept, expected) in [
            (&[][..], Some(Json)),
            (&[""], Some(Json)),
            (&["*/*"], Some(Json)),
            (&["application/*"], Some(Json)),
            (&["application/json"], Some(Json)),
            (&["application/json; charset=utf-8"], Some(Json)),
            (&["application/graphql-response+json"], Some(GraphqlResponse)),
            (&["Application/GraphQL-Response+JSON;charset=utf-8"], Some(GraphqlResponse)),
            (&["application/graphql-response+json, application/json;q=0.9"], Some(GraphqlResponse)),
            (&["application/json, application/graphql-response+json"], Some(GraphqlResponse)),
            (&["application/json", "application/graphql-response+json"], Some(GraphqlResponse)),
            (&["application/graphql-response+json;q=0.8, application/json"], Some(Json)),
            (&["application/graphql-response+json;q=0.8, */*;q=0.1"], Some(GraphqlResponse)),
            (&["application/json, */*"], Some(Json)),
            (&["application/json;q=0, */*"], Some(GraphqlResponse)),
            (&["application/json;q=0, application/graphql-response+json;q=0, */*"], None),
            (&["text/html, */*;q=0.8"], Some(Json)),
            (&["text/html"], None),
            (&["text/event-stream"], None),
            (&["*/*;q=0"], None),
            (&["application/json;q=2"], None),
            (&["nonsense"], None),
        ] {
            assert_eq!(negotiate(&headers(ACCEPT, accept)), expected, "{accept:?}");
        }
    }

    #[test]
    fn events_are_for_those_who_name_them() {
        use Events::{Always, IfSubscription, No};
        for (accept, expected) in [
            (&[][..], No),
            (&["*/*"], No),
            (&["text/*"], No),
            (&["application/json"], No),
            (&["text/event-stream;q=0, */*"], No),
            (&["text/event-stream"], Always),
            (&["TEXT/Event-Stream; charset=utf-8"], Always),
            (&["text/event-stream, application/json;q=0.9"], Always),
            (&["text/event-stream, */*;q=0.1"], Always),
            (
                &["application/graphql-response+json, application/json, text/event-stream, multipart/mixed"],
                IfSubscription,
            ),
            (&["application/json", "text/event-stream;q=0.5"], IfSubscription),
        ] {
            assert_eq!(events(&headers(ACCEPT, accept)), expected, "{accept:?}");
        }
    }

    #[test]
    fn only_json_in_utf_8_is_json() {
        for value in [
            "application/json",
            "Application/JSON",
            "application/json; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(&headers(CONTENT_TYPE, &[value])), "{value}");
        }
        for values in [
            &[][..],
            &["text/plain"],
            &["application/x-www-form-urlencoded"],
            &["multipart/form-data; boundary=x"],
            &["application/json; charset=latin1"],
            &["application/jsonx"],
            &["image/png"],
            &["application/json", "text/plain"],
        ] {
            assert!(!is_json(&headers(CONTENT_TYPE, values)), "{values:?}");
        }
    }

    #[test]
    fn a_file_is_taken_by_those_who_do_not_say_otherwise() {
        for (accept, takes_csv) in [
            (&[][..], true),
            (&["", ""], true),
            (&["*/*"], true),
            (&["text/*;q=0.1"], true),
            (&["Text/CSV; header=present"], true),
            (&["application/json", "text/csv"], true),
            (&["application/json"], false),
            (&["text/csv;q=0, */*"], false),
            (&["application/csv"], false),
            (&["nonsense"], false),
        ] {
            assert_eq!(takes(&headers(ACCEPT, accept), "text", "csv"), takes_csv, "{accept:?}");
        }
        assert!(is_csv(&headers(CONTENT_TYPE, &["text/csv; charset=utf-8; header=present"])));
        for value in ["application/json", "text/csv; charset=latin1", "text/plain", "multipart/form-data"] {
            assert!(!is_csv(&headers(CONTENT_TYPE, &[value])), "{value}");
        }
    }
}
