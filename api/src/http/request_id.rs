//! A name for each request: the caller's if it sent one, so that it can follow it through its own systems.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// The header, in both directions.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of the present request, kept in its extensions.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

impl RequestId {
    /// The caller's id if it is 1 to 64 letters, digits, `.`, `_` or `-`; else a new one of 32 hexadecimal digits.
    /// Anything longer or stranger would end up in logs.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|text| well_formed(text));
        Self(given.map_or_else(|| format!("{:032x}", rand::random::<u128>()), str::to_owned))
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

fn well_formed(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(text) = text {
            headers.insert(REQUEST_ID, HeaderValue::from_str(text).unwrap());
        }
        RequestId::of(&headers).0
    }

    #[test]
    fn a_good_id_is_kept_and_another_replaced() {
        assert_eq!(id(Some("a-B_1.9")), "a-B_1.9");
        for bad in [None, Some(""), Some("a b"), Some("x\"y"), Some(&*"a".repeat(65))] {
            let made = id(bad);
            assert_eq!(made.len(), 32);
            assert_ne!(made, id(bad));
        }
    }
}
