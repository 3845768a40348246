//! Why a request was not executed, and how its errors are made. It knows no status codes: the transport derives them
//! from the stage.

use async_graphql::{ErrorExtensionValues, Pos, ServerError};

use super::code::Code;

/// How far a request came. A transport decides by this, never by looking into messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is no GraphQL request: bad JSON, a parameter of the wrong kind, a batch.
    Malformed,
    /// The operation is a mutation, and the method is one that must not change anything.
    MethodNotAllowed,
    /// It is a GraphQL request, but was refused before execution: there is no `data` in the answer.
    Request,
    /// Execution began: there is `data` in the answer, perhaps null, perhaps beside errors.
    Execution,
}

/// A request that was refused before its execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// How far it came; never [`Stage::Execution`].
    pub stage: Stage,
    /// Why; never empty, every error coded.
    pub errors: Vec<ServerError>,
}

impl Refusal {
    /// It is no GraphQL request.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self { stage: Stage::Malformed, errors: vec![problem(Code::BadUserInput, message)] }
    }

    /// A GraphQL request that cannot be executed, for one reason.
    pub fn request(error: ServerError) -> Self {
        Self { stage: Stage::Request, errors: vec![error] }
    }

    /// A mutation over a method that is for reading.
    pub fn method(message: impl Into<String>) -> Self {
        Self { stage: Stage::MethodNotAllowed, errors: vec![problem(Code::BadUserInput, message)] }
    }
}

/// An error with a code.
pub fn problem(code: Code, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    set_code(&mut error, code);
    error
}

/// An error with a code and the place in the document that it speaks of.
pub fn problem_at(code: Code, message: impl Into<String>, position: Pos) -> ServerError {
    let mut error = problem(code, message);
    error.locations.push(position);
    error
}

/// The error for asking for more than `allowed` of `limit`, which is the name of a field of
/// [`Limits`](super::limits::Limits).
pub fn limit_exceeded(limit: &'static str, allowed: u64) -> ServerError {
    let words = limit.replace('_', " ");
    let mut error = problem(Code::LimitExceeded, format!("The request exceeds the limit of {allowed} for {words}"));
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("limit", limit);
    extensions.set("value", allowed);
    error
}

/// Gives `error` the code, keeping its other extensions.
pub fn set_code(error: &mut ServerError, code: Code) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code.as_str());
}

/// The code of an error, if it has one of the closed set.
pub fn code_of(error: &ServerError) -> Option<Code> {
    match error.extensions.as_ref()?.get("code")? {
        async_graphql::Value::String(text) => Code::from_name(text),
        async_graphql::Value::Enum(name) => Code::from_name(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_names_itself_and_its_value() {
        let error = limit_exceeded("root_fields", 20);
        assert_eq!(code_of(&error), Some(Code::LimitExceeded));
        assert_eq!(error.message, "The request exceeds the limit of 20 for root fields");
        let extensions = error.extensions.unwrap_or_default();
        assert_eq!(extensions.get("limit"), Some(&"root_fields".into()));
        assert_eq!(extensions.get("value"), Some(&20.into()));
    }

    #[test]
    fn a_code_outside_of_the_set_is_no_code() {
        let mut error = ServerError::new("x", None);
        error.extensions.get_or_insert_with(Default::default).set("code", "OOPS");
        assert_eq!(code_of(&error), None);
    }
}
