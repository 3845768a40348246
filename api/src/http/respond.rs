//! Answers: the status that a stage means, the body's media type, and how long a cache may keep it.

use actix_web::{
    HttpResponse,
    http::{
        ConnectionType, StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, VARY},
    },
};
use serde_json::{Value, json};

use super::media::Media;
use crate::schema::request::{
    code::Code,
    outcome::{Operation, Outcome},
    refusal::{Stage, code_of},
};

/// What the log and the metrics may say of a GraphQL request; kept in the extensions of its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Handled {
    pub(super) operation: Option<Operation>,
    pub(super) codes: Vec<Code>,
}

/// A refusal by HTTP itself, in the shape of a GraphQL answer, so that a client needs one way to read errors.
pub(super) fn refuse(status: StatusCode, media: Media, code: Code, message: &str) -> HttpResponse {
    coded(status, media, code, refusal(code, message))
}

/// A refusal that says more than its error: `{"errors": [...], "report": ...}`.
pub(super) fn refuse_with_report(status: StatusCode, code: Code, message: &str, report: Value) -> HttpResponse {
    let mut body = refusal(code, message);
    if let Some(body) = body.as_object_mut() {
        body.insert("report".to_owned(), report);
    }
    coded(status, Media::Json, code, body)
}

fn coded(status: StatusCode, media: Media, code: Code, body: Value) -> HttpResponse {
    let mut response = HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, media.content_type()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body.to_string());
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

fn refusal(code: Code, message: &str) -> Value {
    json!({ "errors": [{ "message": message, "extensions": { "code": code.as_str() } }] })
}

/// How a request was made, as far as its answer depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) media: Media,
    /// By GET or HEAD.
    pub(super) read: bool,
    pub(super) with_credentials: bool,
}

/// The answer to a GraphQL request.
pub(super) fn answer(outcome: Outcome, asked: Asked) -> HttpResponse {
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
        .insert_header((VARY, "Accept, Accept-Language, Authorization"));
    let codes = outcome.errors.iter().filter_map(code_of).collect();
    // Values are made of what JSON has, so this cannot fail; if it did, nothing half-written would go out.
    let body = serde_json::to_vec(&outcome)
        .unwrap_or_else(|_| refusal(Code::Internal, "Internal error.").to_string().into_bytes());
    response.extensions_mut().insert(Handled { operation: outcome.operation, codes });
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

#[cfg(test)]
mod tests {
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

    const READ: Asked = Asked { media: Media::Json, read: true, with_credentials: false };

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
}
