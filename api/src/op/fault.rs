//! How an operation can end badly: a refusal (the business says no), a fault of the request, or a fault of ours.

use super::Scope;
use sea_orm::{DbErr, SqlErr};
use std::sync::Arc;

/// A fault that ends the request's field, with a code from the closed set of `schema::error`.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The request itself is wrong. The text is for the client.
    BadInput(String),
    /// Nobody is signed in, and somebody must be.
    Unauthenticated,
    /// The key lacks a scope.
    Forbidden(Scope),
    /// The cursor points to where the feed cannot go on from.
    CursorExpired,
    /// Too much was asked for. The text is for the client.
    LimitExceeded(String),
    /// The database had no connection free in time.
    Timeout,
    /// Ours. The cause is logged once, at the boundary, and never sent.
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    /// A fault of ours with a cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// A fault of the request.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::BadInput(message.into())
    }
}

// No `Display`: async-graphql turns whatever can be displayed into an error by itself, and the code would be lost.
impl Fault {
    /// What the client is told.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::BadInput(message) | Self::LimitExceeded(message) => message.clone(),
            Self::Unauthenticated => "Sign in to do this.".to_owned(),
            Self::Forbidden(scope) => format!("This key lacks the scope {}.", scope.word()),
            Self::CursorExpired => "The cursor is no longer kept.".to_owned(),
            Self::Timeout => "The server did not answer in time. Try again.".to_owned(),
            Self::Internal(_) => "Internal error.".to_owned(),
        }
    }

    /// The whole chain of causes, for logs only.
    #[must_use]
    pub fn chain(&self) -> String {
        let Self::Internal(cause) = self else { return self.message() };
        let mut text = cause.to_string();
        let mut next = cause.source();
        while let Some(inner) = next {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            next = inner.source();
        }
        text
    }
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) => Self::Timeout,
            error => Self::internal(error),
        }
    }
}

/// Why an action was not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Nobody is signed in.
    SignedOut,
    /// The key lacks this scope.
    Scope(Scope),
    /// The actor's organization is not active.
    Inactive,
    /// The rule says no.
    Rule,
}

/// The stable codes of refusals. Clients switch on them; words may be added, never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The object does not exist, or the viewer may not see it.
    NotFound,
    /// The viewer sees the object and may not change it so.
    NotAllowed,
    /// Somebody changed the object in between; `currentRevision` says what it is now.
    RevisionMismatch,
    /// The idempotency key was used with another input.
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

impl ErrorCode {
    /// The code as clients read it, for example `TOO_LONG`.
    #[must_use]
    pub fn word(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        }
    }
}

/// A business refusal: one entry of a payload's `userErrors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where in the input, outermost first; empty where no field is to blame.
    pub field: Vec<String>,
    /// For people.
    pub message: String,
    /// For programs.
    pub code: ErrorCode,
    /// With [`ErrorCode::RevisionMismatch`]: what the revision is now.
    pub current_revision: Option<i32>,
}

impl Refusal {
    /// A refusal of the field at `path`, whose parts are joined by dots.
    pub fn of(path: &str, code: ErrorCode, message: impl Into<String>) -> Self {
        let field = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { field, message: message.into(), code, current_revision: None }
    }

    /// The object named by the field at `path` is unknown or invisible.
    pub fn not_found(path: &str) -> Self {
        Self::of(path, ErrorCode::NotFound, "There is no such object, or you may not see it.")
    }

    /// The object is in a state that does not allow this.
    pub fn invalid_state(message: impl Into<String>) -> Self {
        Self::of("", ErrorCode::InvalidState, message)
    }

    /// Somebody else was faster.
    #[must_use]
    pub fn revision_mismatch(current: i32) -> Self {
        Self {
            current_revision: Some(current),
            ..Self::of(
                "expectedRevision",
                ErrorCode::RevisionMismatch,
                "The object was changed in between. Read it again.",
            )
        }
    }
}

/// How a use case can fail.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The business says no; never empty.
    Refused(Vec<Refusal>),
    /// The request or the server is at fault.
    Fault(Fault),
}

impl Failure {
    /// What is left where nobody asked and so nobody can be refused: a refusal then is a fault of ours.
    #[must_use]
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Refused(refusals) => {
                let messages: Vec<String> = refusals.into_iter().map(|refusal| refusal.message).collect();
                Fault::internal(format!("refused what the clock asked for: {}", messages.join(" ")))
            }
        }
    }
}

/// What a use case gives.
pub type Outcome<T> = Result<T, Failure>;

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignedOut => Fault::Unauthenticated.into(),
            Denied::Scope(scope) => Fault::Forbidden(scope).into(),
            Denied::Inactive => Refusal::of(
                "",
                ErrorCode::NotAllowed,
                "Your organization is not active, so it can read but not change.",
            )
            .into(),
            Denied::Rule => Refusal::of("", ErrorCode::NotAllowed, "You may not do this.").into(),
        }
    }
}

/// Turns the loss of a race for a unique key into the refusal of the field at `path`; other errors stay faults.
pub fn taken(error: DbErr, path: &str) -> Failure {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Refusal::of(path, ErrorCode::Taken, "This value is taken.").into()
        }
        _ => error.into(),
    }
}

/// Refuses when `expected` was given and is not `current`.
///
/// # Errors
/// [`ErrorCode::RevisionMismatch`] with the current revision.
pub fn check_revision(expected: Option<i32>, current: i32) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != current => Err(Refusal::revision_mismatch(current)),
        _ => Ok(()),
    }
}
