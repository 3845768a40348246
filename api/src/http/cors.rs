//! Which sites' scripts may read answers. Nothing is allowed that the operator did not name, and no `Origin` is ever
//! sent back because it was sent. Cookies are not used, so no answer allows credentials of a browser.

use actix_web::{
    HttpResponse,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HOST,
            HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
        },
    },
};

/// Whose scripts may read answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origins {
    /// Only pages of this server's own address.
    #[default]
    Own,
    /// These origins (`https://partners.example`), compared as texts; they may send `Authorization`.
    Listed(Vec<String>),
    /// Every page, but only as a visitor: `Authorization` is not allowed, and what is asked with one stays unreadable.
    Any,
}

impl Origins {
    /// Reads the setting: nothing, `*`, or origins separated by commas.
    ///
    /// # Errors
    /// The part that is no origin: an origin is a scheme, a host and perhaps a port, without a path.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Ok(Self::Own),
            ["*"] => Ok(Self::Any),
            _ => parts.into_iter().map(origin).collect::<Result<_, _>>().map(Self::Listed),
        }
    }

    fn allowed(&self, origin: &HeaderValue, with_credentials: bool) -> Option<HeaderValue> {
        match self {
            Self::Own => None,
            Self::Any => (!with_credentials).then(|| HeaderValue::from_static("*")),
            Self::Listed(origins) => {
                origins.iter().find(|listed| listed.as_bytes() == origin.as_bytes()).map(|_| origin.clone())
            }
        }
    }
}

fn origin(text: &str) -> Result<String, String> {
    let plain = url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text);
    if plain { Ok(text.to_owned()) } else { Err(text.to_owned()) }
}

/// The answer to a browser that asks whether it may send a request; `None` if this is no such question.
pub(super) fn preflight(origins: &Origins, method: &Method, headers: &HeaderMap) -> Option<HttpResponse> {
    let asked = method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let origin = headers.get(ORIGIN).filter(|_| asked)?;
    let mut response = HttpResponse::NoContent();
    if let Some(allowed) = origins.allowed(origin, false) {
        let accepted = match origins {
            Origins::Any => "content-type, accept, accept-language, x-request-id",
            _ => "content-type, accept, accept-language, x-request-id, authorization",
        };
        response
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, allowed))
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, accepted))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "7200"));
    }
    response.insert_header((VARY, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"));
    Some(response.finish())
}

/// How a page stands that opens a connection on which it could read whatever is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// One of this server, one that the operator named, or no page at all.
    Welcome,
    /// Any page may, without credentials.
    AsVisitor,
    /// Its scripts could not read an answer, so they may not have a connection either.
    Foreign,
}

/// Judges by `Origin`, which a browser sends with every WebSocket and no script can change.
pub(super) fn page(origins: &Origins, headers: &HeaderMap) -> Page {
    let Some(origin) = headers.get(ORIGIN) else { return Page::Welcome };
    let host = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    // A proxy may put its own name into `Host`; a script can set neither of the two.
    let own = [HOST, HeaderName::from_static("x-forwarded-host")];
    if host.is_some_and(|host| own.iter().any(|name| headers.get(name).is_some_and(|value| value == host))) {
        return Page::Welcome;
    }
    match origins {
        Origins::Listed(_) if origins.allowed(origin, true).is_some() => Page::Welcome,
        Origins::Any => Page::AsVisitor,
        Origins::Own | Origins::Listed(_) => Page::Foreign,
    }
}

/// What an answer must be marked with, decided before the request is consumed.
pub(super) fn grant(origins: &Origins, headers: &HeaderMap) -> Option<HeaderValue> {
    origins.allowed(headers.get(ORIGIN)?, headers.contains_key(AUTHORIZATION))
}

/// Marks an answer. `Vary` always names `Origin`: a cache must not give one site what was granted to another.
pub(super) fn mark(granted: Option<HeaderValue>, headers: &mut HeaderMap) {
    if let Some(origin) = granted {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-request-id, retry-after"));
    }
    headers.append(VARY, HeaderValue::from_static("Origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &str, authorization: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_str(origin).unwrap());
        headers.insert(ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("POST"));
        if authorization {
            headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
        }
        headers
    }

    #[test]
    fn only_listed_origins_are_granted() {
        let origins = Origins::parse("https://a.example, http://localhost:3000").unwrap();
        assert_eq!(grant(&origins, &headers("https://a.example", true)).unwrap(), "https://a.example");
        for other in ["https://a.example.evil.example", "http://a.example", "null", "https://A.example"] {
            assert_eq!(grant(&origins, &headers(other, false)), None, "{other}");
        }
        assert_eq!(grant(&Origins::Own, &headers("https://a.example", false)), None);
    }

    #[test]
    fn any_origin_reads_as_a_visitor_only() {
        let any = Origins::parse("*").unwrap();
        assert_eq!(grant(&any, &headers("https://a.example", false)).unwrap(), "*");
        assert_eq!(grant(&any, &headers("https://a.example", true)), None);
        let answer = preflight(&any, &Method::OPTIONS, &headers("https://a.example", false)).unwrap();
        let accepted = answer.headers().get(ACCESS_CONTROL_ALLOW_HEADERS).unwrap().to_str().unwrap();
        assert!(!accepted.contains("authorization"));
    }

    #[test]
    fn a_question_of_an_unknown_site_is_answered_without_a_grant() {
        let origins = Origins::parse("https://a.example").unwrap();
        let answer = preflight(&origins, &Method::OPTIONS, &headers("https://b.example", false)).unwrap();
        assert!(answer.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN).is_none());
        assert!(preflight(&origins, &Method::POST, &headers("https://a.example", false)).is_none());
        assert!(preflight(&origins, &Method::OPTIONS, &HeaderMap::new()).is_none());
    }

    #[test]
    fn pages_connect_where_they_may_read() {
        let with = |origin: &'static str, host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
            headers.insert(HOST, HeaderValue::from_static(host));
            headers
        };
        let listed = Origins::parse("https://a.example").unwrap();
        for (origins, origin, expected) in [
            (&Origins::Own, "https://own.example:8080", Page::Welcome),
            (&Origins::Own, "https://own.example", Page::Foreign),
            (&Origins::Own, "null", Page::Foreign),
            (&listed, "https://a.example", Page::Welcome),
            (&listed, "https://b.example", Page::Foreign),
            (&Origins::Any, "https://b.example", Page::AsVisitor),
            (&Origins::Any, "https://own.example:8080", Page::Welcome),
        ] {
            assert_eq!(page(origins, &with(origin, "own.example:8080")), expected, "{origin}");
        }
        assert_eq!(page(&Origins::Own, &HeaderMap::new()), Page::Welcome);
        let mut proxied = with("https://front.example", "127.0.0.1:8080");
        proxied.insert(HeaderName::from_static("x-forwarded-host"), HeaderValue::from_static("front.example"));
        assert_eq!(page(&Origins::Own, &proxied), Page::Welcome);
    }

    #[test]
    fn settings_that_are_no_origins_are_named() {
        assert_eq!(Origins::parse(" "), Ok(Origins::Own));
        for bad in ["https://a.example/", "a.example", "https://a.example/x", "ftp://a.example", "https://a.example,*"]
        {
            assert!(Origins::parse(bad).is_err(), "{bad}");
        }
    }
}
