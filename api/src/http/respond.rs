//! Answers: the status that a stage means, the body's media type, compression, and how long a cache may keep it.

use std::io::Write;

use actix_web::{
    HttpResponse,
    http::{
        ConnectionType, StatusCode,
        header::{
            ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
            VARY,
        },
    },
    web::{self, Bytes},
};
use serde_json::json;

use super::media::{Media, quality};
use crate::schema::request::{
    code::Code,
    outcome::{Operation, Outcome},
    refusal::{Stage, code_of},
};

/// Bodies of more bytes than this are compressed, if the client can read it.
const COMPRESSED_FROM: usize = 1 << 10;
/// Bodies of more bytes than this are compressed on a thread of their own.
const INLINE_COMPRESSION: usize = 256 << 10;

/// What the log and the metrics may say of a GraphQL request; kept in the extensions of its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Handled {
    pub(super) operation: Option<Operation>,
    pub(super) codes: Vec<Code>,
}

/// A refusal by HTTP itself, in the shape of a GraphQL answer, so that a client needs one way to read errors.
pub(super) fn refuse(status: StatusCode, media: Media, code: Code, message: &str) -> HttpResponse {
    let mut response = HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, media.content_type()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(refusal_text(code, message));
    response.extensions_mut().insert(Handled { operation: None, codes: vec![code] });
    response
}

/// An answer to a request whose body was not read to its end, so that the connection cannot be used again.
pub(super) fn closing(mut response: HttpResponse) -> HttpResponse {
    response.head_mut().set_connection_type(ConnectionType::Close);
    response
}

/// An answer with one more header.
pub(super) fn with(mut response: HttpResponse, name: HeaderName, value: &'static str) -> HttpResponse {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}

fn refusal_text(code: Code, message: &str) -> String {
    json!({ "errors": [{ "message": message, "extensions": { "code": code.as_str() } }] }).to_string()
}

/// How a request was made, as far as its answer depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) media: Media,
    /// By GET or HEAD.
    pub(super) read: bool,
    pub(super) with_credentials: bool,
    pub(super) gzip: bool,
}

/// The answer to a GraphQL request.
pub(super) async fn answer(outcome: Outcome, asked: Asked) -> HttpResponse {
    let status = match (outcome.stage, asked.media) {
        (Stage::Malformed, _) => StatusCode::BAD_REQUEST,
        (Stage::MethodNotAllowed, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Stage::Request, Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Stage::Request, Media::Json) | (Stage::Execution, _) => StatusCode::OK,
    };
    let mut response = HttpResponse::build(status);
    if outcome.stage == Stage::MethodNotAllowed {
        response.insert_header((ALLOW, "POST"));
    }
    response
        .insert_header((CONTENT_TYPE, asked.media.content_type()))
        .insert_header((CACHE_CONTROL, cache_control(&outcome, asked)))
        .insert_header((VARY, "Accept, Accept-Encoding, Accept-Language, Authorization"));
    let codes = outcome.errors.iter().filter_map(code_of).collect();
    // Values are made of what JSON has, so this cannot fail; if it did, nothing half-written would go out.
    let body =
        serde_json::to_vec(&outcome).unwrap_or_else(|_| refusal_text(Code::Internal, "Internal error.").into_bytes());
    let body = Bytes::from(body);
    response.extensions_mut().insert(Handled { operation: outcome.operation, codes });
    if asked.gzip && body.len() > COMPRESSED_FROM {
        let plain = body.clone();
        let packed = if body.len() > INLINE_COMPRESSION {
            web::block(move || gzip(&plain)).await.unwrap_or_else(|_| Err(std::io::ErrorKind::Interrupted.into()))
        } else {
            gzip(&plain)
        };
        if let Ok(packed) = packed {
            return response.insert_header((CONTENT_ENCODING, "gzip")).body(packed);
        }
    }
    response.body(body)
}

fn cache_control(outcome: &Outcome, asked: Asked) -> String {
    let kept = outcome.stage == Stage::Execution && outcome.errors.is_empty() && asked.read;
    match (kept, asked.with_credentials, outcome.cache_control.max_age) {
        (false, _, _) => "no-store".to_owned(),
        (true, true, _) => "private, no-store".to_owned(),
        (true, false, seconds) if seconds > 0 && outcome.cache_control.public => format!("public, max-age={seconds}"),
        // A cache may keep it, but must ask each time: what the directory shows is never old.
        (true, false, _) => "no-cache".to_owned(),
    }
}

fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 4), flate2::Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

/// Whether the client reads gzip.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let texts = headers.get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|part| {
        let mut parts = part.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let refused =
            parts.find_map(|part| part.strip_prefix("q=")).is_some_and(|text| quality(text).unwrap_or(0) == 0);
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use actix_web::{body::to_bytes, http::header::HeaderValue};
    use async_graphql::{CacheControl, Value};

    use super::*;
    use crate::schema::request::refusal::{Refusal, problem};

    fn executed(text: &str) -> Outcome {
        Outcome {
            stage: Stage::Execution,
            errors: Vec::new(),
            data: Value::from(text),
            ..Outcome::from(Refusal::malformed(""))
        }
    }

    const READ: Asked = Asked { media: Media::Json, read: true, with_credentials: false, gzip: true };

    #[test]
    fn caches_keep_only_what_everybody_may_see() {
        let public = || Outcome { cache_control: CacheControl { public: true, max_age: 60 }, ..executed("a") };
        assert_eq!(cache_control(&public(), READ), "public, max-age=60");
        assert_eq!(cache_control(&executed("a"), READ), "no-cache");
        assert_eq!(cache_control(&public(), Asked { with_credentials: true, ..READ }), "private, no-store");
        assert_eq!(cache_control(&public(), Asked { read: false, ..READ }), "no-store");
        let failed = Outcome { errors: vec![problem(Code::NotFound, "x")], ..public() };
        assert_eq!(cache_control(&failed, READ), "no-store");
    }

    #[actix_web::test]
    async fn long_bodies_are_compressed_and_short_ones_are_not() {
        for (length, packed) in [(500, false), (5_000, true), (500_000, true)] {
            let response = answer(executed(&"a".repeat(length)), READ).await;
            assert_eq!(response.headers().contains_key(CONTENT_ENCODING), packed, "{length}");
            let bytes = to_bytes(response.into_body()).await.unwrap();
            assert_eq!(bytes.len() < length, packed);
        }
        let response = answer(executed(&"a".repeat(5_000)), Asked { gzip: false, ..READ }).await;
        assert!(!response.headers().contains_key(CONTENT_ENCODING));
    }

    #[test]
    fn gzip_is_used_for_those_who_read_it() {
        for (text, takes) in
            [("gzip", true), ("br, GZIP;q=0.5", true), ("*", true), ("gzip;q=0", false), ("br", false), ("", false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap());
            assert_eq!(takes_gzip(&headers), takes, "{text}");
        }
    }
}
