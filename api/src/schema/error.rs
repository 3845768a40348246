//! Errors as clients see them: `extensions.code` from a closed set at the top level, coded `userErrors` in payloads.

use crate::op::{ErrorCode, Failure, Fault, Op, Outcome, Refusal};
use async_graphql::{Context, Enum, Error, ErrorExtensions, SimpleObject};

/// The closed set of codes of `extensions.code`.
pub mod code {
    /// An argument, variable, id or cursor is wrong.
    pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
    /// Credentials are missing or not accepted.
    pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
    /// The API key lacks a scope.
    pub const FORBIDDEN: &str = "FORBIDDEN";
    /// The thing that was asked for does not exist or is invisible.
    pub const NOT_FOUND: &str = "NOT_FOUND";
    /// The request asks for more than a limit allows.
    pub const LIMIT_EXCEEDED: &str = "LIMIT_EXCEEDED";
    /// Too many requests in a time.
    pub const RATE_LIMITED: &str = "RATE_LIMITED";
    /// The answer took too long.
    pub const TIMEOUT: &str = "TIMEOUT";
    /// A feed cannot go on from this cursor.
    pub const CURSOR_EXPIRED: &str = "CURSOR_EXPIRED";
    /// The document is not GraphQL.
    pub const GRAPHQL_PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
    /// The document does not fit the schema.
    pub const GRAPHQL_VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
    /// The hash of a persisted query is not known; send the text with it.
    pub const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
    /// Persisted queries of this kind or version are not supported.
    pub const PERSISTED_QUERY_NOT_SUPPORTED: &str = "PERSISTED_QUERY_NOT_SUPPORTED";
    /// A fault of the server; `extensions.requestId` names it in the logs.
    pub const INTERNAL: &str = "INTERNAL";
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let code = match &fault {
            Fault::BadInput(_) => code::BAD_USER_INPUT,
            Fault::Unauthenticated => code::UNAUTHENTICATED,
            Fault::Forbidden(_) => code::FORBIDDEN,
            Fault::CursorExpired => code::CURSOR_EXPIRED,
            Fault::LimitExceeded(_) => code::LIMIT_EXCEEDED,
            Fault::Timeout => code::TIMEOUT,
            Fault::Internal(_) => {
                // The boundary: logged once, here, within the span of the request; the client gets no cause.
                tracing::error!(error = %fault.chain(), "internal fault");
                code::INTERNAL
            }
        };
        Self::new(fault.message()).extend_with(|_, extensions| extensions.set("code", code))
    }
}

/// The stable codes of `userErrors`.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "ErrorCode")]
pub enum UserErrorCode {
    /// The object does not exist, or the viewer may not see it.
    NotFound,
    /// The viewer sees the object and may not change it so.
    NotAllowed,
    /// Somebody changed the object in between; `currentRevision` says what it is now.
    RevisionMismatch,
    /// The idempotency key came with another input within 24 hours.
    IdempotencyKeyReused,
    /// A required value is missing or blank.
    Required,
    /// The text is too long.
    TooLong,
    /// Too many entries.
    TooMany,
    /// The value is outside its bounds.
    OutOfRange,
    /// The value does not have the form that it must have.
    InvalidFormat,
    /// The value is well formed and makes no sense here.
    InvalidValue,
    /// The value is taken by another object.
    Taken,
    /// It is there already.
    AlreadyExists,
    /// The object's present state does not allow this.
    InvalidState,
    /// The time for it has passed.
    Expired,
    /// The organization would be left without an owner.
    LastOwner,
    /// It would be a circle.
    Cycle,
}

/// Why a mutation did nothing: the business says no.
#[derive(SimpleObject, Clone, Debug)]
pub struct UserError {
    /// Where in the input, outermost first, with indexes of lists as digits; null where no field is to blame.
    pub field: Option<Vec<String>>,
    /// For people, in English.
    pub message: String,
    /// For programs; stable.
    pub code: UserErrorCode,
    /// With `REVISION_MISMATCH`: what the revision is now.
    pub current_revision: Option<i32>,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        Self {
            field: (!refusal.field.is_empty()).then_some(refusal.field),
            message: refusal.message,
            code: refusal.code.into(),
            current_revision: refusal.current_revision,
        }
    }
}

/// Splits what a use case gave into the two halves of a payload; exactly one is filled.
///
/// # Errors
/// Faults go to the top level.
pub fn settle<T>(outcome: Outcome<T>) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match outcome {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(Failure::Refused(refusals)) => Ok((None, refusals.into_iter().map(UserError::from).collect())),
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}

/// The operation that the request runs as. Named access, so that resolvers never look things up by type.
pub trait ContextExt {
    /// Who acts, when, with which ids.
    ///
    /// # Errors
    /// An internal fault where the transport forgot to set it.
    fn op(&self) -> async_graphql::Result<&Op>;
}

impl ContextExt for Context<'_> {
    fn op(&self) -> async_graphql::Result<&Op> {
        self.data_opt::<Op>().ok_or_else(|| Fault::internal("no operation in the context").into())
    }
}
