//! What a request came to, ready for any transport: the stage, the data, and errors that say nothing of the inside.

use std::collections::BTreeMap;

use async_graphql::{CacheControl, ErrorExtensionValues, Response, ServerError, Value, parser::types::OperationType};
use serde::{Serialize, Serializer, ser::SerializeMap};
use tokio::time::Instant;

use super::{
    code::Code,
    complete::Plan,
    limits::Limits,
    refusal::{Refusal, Stage, code_of, problem, set_code},
};

/// Which operation a request ran; what logs and metrics may say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// A name from the document, if it has one.
    pub name: Option<String>,
    /// `query`, `mutation` or `subscription`.
    pub kind: OperationType,
}

impl Operation {
    /// The kind in lower case.
    pub fn kind(&self) -> &'static str {
        match self.kind {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        }
    }
}

/// The answer to one request. Serialized, it is the body: `errors` first, `data` only if execution began.
#[derive(Debug)]
pub struct Outcome {
    /// How far the request came.
    pub stage: Stage,
    /// Coded errors, at most [`Limits::errors`] and one that counts the rest.
    pub errors: Vec<ServerError>,
    /// What execution answered; only read at [`Stage::Execution`].
    pub data: Value,
    /// The answer's own extensions.
    pub extensions: BTreeMap<String, Value>,
    /// How long the schema lets this answer be kept.
    pub cache_control: CacheControl,
    /// What was run, as far as it was known.
    pub operation: Option<Operation>,
    /// Of an item of a subscription: what a client names to go on behind it. Not part of the body.
    pub resume: Option<String>,
    /// Of an item of a subscription: whether it depends on the person who asks.
    pub personal: bool,
    /// Of an item of a subscription: when it began to be resolved.
    pub begun: Option<Instant>,
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        Self {
            stage: refusal.stage,
            errors: refusal.errors,
            data: Value::Null,
            extensions: BTreeMap::new(),
            cache_control: CacheControl::default(),
            operation: None,
            resume: None,
            personal: false,
            begun: None,
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if self.stage == Stage::Execution {
            map.serialize_entry("data", &self.data)?;
        }
        if !self.extensions.is_empty() {
            map.serialize_entry("extensions", &self.extensions)?;
        }
        map.end()
    }
}

/// Turns what the executor answered into an outcome.
///
/// The executor reports validation and execution in one shape. Errors of execution always carry the path of their
/// field, errors of validation never do; and without any error, execution happened.
pub(super) fn of_response(
    response: Response,
    plan: &Plan,
    operation: Operation,
    request_id: &str,
    limits: &Limits,
) -> Outcome {
    let before = response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    let stage = if before { Stage::Request } else { Stage::Execution };
    let data = if before { Value::Null } else { plan.complete(response.data, &response.errors) };
    let mut errors = response.errors;
    let found = errors.len();
    errors.truncate(limits.errors);
    for error in &mut errors {
        present(error, stage, request_id);
    }
    errors.extend(rest(found, limits));
    Outcome {
        stage,
        errors,
        data,
        extensions: response.extensions,
        cache_control: response.cache_control,
        operation: Some(operation),
        resume: None,
        personal: false,
        begun: None,
    }
}

/// The outcome of an execution that ended without an answer.
pub(super) fn without_answer(error: ServerError, operation: Operation) -> Outcome {
    Outcome { stage: Stage::Execution, operation: Some(operation), ..Outcome::from(Refusal::request(error)) }
}

/// Cuts errors to the limit, with one more that says how many were left out.
pub(super) fn bounded(mut errors: Vec<ServerError>, limits: &Limits) -> Vec<ServerError> {
    let found = errors.len();
    errors.truncate(limits.errors);
    errors.extend(rest(found, limits));
    errors
}

fn rest(found: usize, limits: &Limits) -> Option<ServerError> {
    let left_out = found.checked_sub(limits.errors).filter(|left_out| *left_out > 0)?;
    let mut error = problem(Code::LimitExceeded, format!("{left_out} more errors were left out"));
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("limit", "errors");
    extensions.set("value", limits.errors as u64);
    Some(error)
}

/// The error that a client sees for a fault of ours.
pub(super) fn internal(request_id: &str) -> ServerError {
    let mut error = problem(Code::Internal, "Internal error.");
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("requestId", request_id);
    error
}

/// Makes an error fit to be seen. Coded errors are written for clients; everything else of an execution is a fault of
/// ours, whose words go to the log, once, here.
fn present(error: &mut ServerError, stage: Stage, request_id: &str) {
    match (code_of(error), stage) {
        // Logged where it was made, with its chain.
        (Some(Code::Internal), _) => {}
        (Some(_), _) => return,
        (None, Stage::Execution) => {
            // The library's parsers of scalars have no code to give, and words of their own.
            if let Some(name) = unreadable_type(&error.message) {
                error.message = format!("The value is not a valid {name}");
                set_code(error, Code::BadUserInput);
                return;
            }
            tracing::error!(path = %path(error), cause = %error.message, "internal fault");
        }
        (None, _) => {
            error.message = error.message.chars().take(500).collect();
            set_code(error, Code::GraphqlValidationFailed);
            return;
        }
    }
    let (locations, path) = (std::mem::take(&mut error.locations), std::mem::take(&mut error.path));
    *error = internal(request_id);
    error.locations = locations;
    error.path = path;
}

/// The type that the library failed to read an argument as, from the two forms of its messages.
fn unreadable_type(message: &str) -> Option<&str> {
    let rest = message.strip_prefix("Failed to parse \"").or_else(|| message.strip_prefix("Expected input type \""))?;
    let name = rest.split('"').next()?;
    let listed = |byte: u8| byte.is_ascii_alphanumeric() || b"_[]!".contains(&byte);
    (!name.is_empty() && name.bytes().all(listed)).then_some(name)
}

fn path(error: &ServerError) -> String {
    use async_graphql::PathSegment::{Field, Index};
    let segments = error.path.iter().map(|segment| match segment {
        Field(name) => name.clone(),
        Index(index) => index.to_string(),
    });
    segments.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use async_graphql::PathSegment;

    use super::*;

    fn presented(message: &str, code: Option<&str>) -> (String, Option<Code>) {
        let mut error = ServerError::new(message, None).with_path(vec![PathSegment::Field("a".into())]);
        if let Some(code) = code {
            error.extensions.get_or_insert_with(Default::default).set("code", code);
        }
        present(&mut error, Stage::Execution, "r1");
        assert_eq!(error.path.len(), 1);
        let code = code_of(&error);
        (error.message, code)
    }

    #[test]
    fn only_coded_errors_keep_their_words() {
        let internal = ("Internal error.".to_owned(), Some(Code::Internal));
        assert_eq!(presented("no such table: secrets", None), internal);
        assert_eq!(presented("no such table: secrets", Some("INTERNAL")), internal);
        assert_eq!(presented("no such table: secrets", Some("DB_ERROR")), internal);
        assert_eq!(presented("No cursor", Some("BAD_USER_INPUT")), ("No cursor".into(), Some(Code::BadUserInput)));
    }

    #[test]
    fn values_that_a_scalar_cannot_read_are_the_clients_fault() {
        let library = "Failed to parse \"DateTime\": premature end of input";
        let expected = ("The value is not a valid DateTime".to_owned(), Some(Code::BadUserInput));
        assert_eq!(presented(library, None), expected);
        assert_eq!(presented("Expected input type \"[Int!]\", found {}.", None).1, Some(Code::BadUserInput));
        assert_eq!(presented("Failed to parse \"<a b>\": x", None).1, Some(Code::Internal));
    }

    #[test]
    fn errors_are_counted_beyond_the_limit() {
        let limits = Limits { errors: 2, ..Limits::default() };
        let errors = |count| (0..count).map(|_| problem(Code::BadUserInput, "x")).collect::<Vec<_>>();
        assert_eq!(bounded(errors(2), &limits).len(), 2);
        let cut = bounded(errors(5), &limits);
        assert_eq!(cut.len(), 3);
        assert_eq!(cut[2].message, "3 more errors were left out");
        assert_eq!(code_of(&cut[2]), Some(Code::LimitExceeded));
    }

    #[test]
    fn data_is_there_exactly_if_execution_began() {
        let mut outcome = Outcome::from(Refusal::malformed("m"));
        let text = |outcome: &Outcome| serde_json::to_string(outcome).unwrap_or_default();
        assert_eq!(text(&outcome), r#"{"errors":[{"message":"m","extensions":{"code":"BAD_USER_INPUT"}}]}"#);
        outcome.stage = Stage::Execution;
        assert!(text(&outcome).ends_with(r#""data":null}"#));
        outcome.errors.clear();
        assert_eq!(text(&outcome), r#"{"data":null}"#);
    }
}
