//! What can be wrong with a row, and how it is told.

use crate::{
    sheet::{RowFault, RowFaultKind, SHOWN_MAX},
    text::cut_chars,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Characters of a faulty value that a report shows.
pub const VALUE_MAX: usize = SHOWN_MAX;

/// Whether a problem keeps the row out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// The row is taken, without the faulty value.
    Warning,
    /// The row is not taken.
    Rejected,
}

impl Severity {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "WARNING",
            Self::Rejected => "REJECTED",
        }
    }
}

/// The kind of a problem: stable, for programs that read reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The row is longer than the reader takes.
    RowTooLong,
    /// A quoted cell does not end.
    UnclosedQuote,
    /// Text follows the closing quote of a cell.
    BadQuoting,
    /// More or fewer cells than the header has.
    RaggedRow,
    /// A cell is not UTF-8.
    InvalidUtf8,
    /// The line is not JSON.
    InvalidJson,
    /// The line is JSON, but no object.
    NotAnObject,
    /// A JSON value of a type that the field does not take.
    WrongType,
    /// No row of a JSONL file has a column that the mapping names.
    ColumnNeverSeen,
    /// A required value is empty.
    RequiredMissing,
    /// A value is longer than its field takes.
    TooLong,
    /// A list has more items than its field takes.
    TooMany,
    /// No date, or one out of range.
    InvalidDate,
    /// Neither yes nor no.
    InvalidBoolean,
    /// No ISO 3166-1 alpha-2 country code.
    InvalidCountry,
    /// No http or https address.
    InvalidUrl,
    /// No domain name.
    InvalidDomain,
    /// No slug.
    InvalidSlug,
    /// None of the values that the field takes.
    InvalidChoice,
    /// Not of the form "left / right".
    InvalidPair,
    /// A program that the mapping does not declare.
    UnknownProgram,
    /// A tier that its program does not have.
    UnknownTier,
    /// An event whose tiers do not fit its kind.
    InconsistentEvent,
    /// An external id that an earlier row of the file has.
    DuplicateExternalId,
    /// A slug that another object has.
    DuplicateSlug,
    /// An organization that no row and no stored object is.
    UnknownOrganization,
    /// A listing that no row and no stored object is.
    UnknownListing,
    /// An event that names its organization only by name.
    OrganizationWithoutKey,
    /// An event that does not fit the state before it.
    EventContradictsState,
    /// Events leave a member where no membership row is.
    EventWithoutMembership,
    /// A membership row where events leave no member, or another tier.
    MembershipWithoutEvent,
    /// A website that several organizations give as theirs.
    SharedWebsite,
    /// A key that names another organization already.
    SharedMatchKey,
    /// A name that several listings have.
    SharedName,
    /// A listing that names no vendor.
    MissingVendor,
    /// An integration whose other end is only a name so far.
    DanglingIntegration,
    /// A name that several objects have, so that it names none.
    AmbiguousName,
}

impl Code {
    /// The code as reports show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RowTooLong => "ROW_TOO_LONG",
            Self::UnclosedQuote => "UNCLOSED_QUOTE",
            Self::BadQuoting => "BAD_QUOTING",
            Self::RaggedRow => "RAGGED_ROW",
            Self::InvalidUtf8 => "INVALID_UTF8",
            Self::InvalidJson => "INVALID_JSON",
            Self::NotAnObject => "NOT_AN_OBJECT",
            Self::WrongType => "WRONG_TYPE",
            Self::ColumnNeverSeen => "COLUMN_NEVER_SEEN",
            Self::RequiredMissing => "REQUIRED_MISSING",
            Self::TooLong => "TOO_LONG",
            Self::TooMany => "TOO_MANY",
            Self::InvalidDate => "INVALID_DATE",
            Self::InvalidBoolean => "INVALID_BOOLEAN",
            Self::InvalidCountry => "INVALID_COUNTRY",
            Self::InvalidUrl => "INVALID_URL",
            Self::InvalidDomain => "INVALID_DOMAIN",
            Self::InvalidSlug => "INVALID_SLUG",
            Self::InvalidChoice => "INVALID_CHOICE",
            Self::InvalidPair => "INVALID_PAIR",
            Self::UnknownProgram => "UNKNOWN_PROGRAM",
            Self::UnknownTier => "UNKNOWN_TIER",
            Self::InconsistentEvent => "INCONSISTENT_EVENT",
            Self::DuplicateExternalId => "DUPLICATE_EXTERNAL_ID",
            Self::DuplicateSlug => "DUPLICATE_SLUG",
            Self::UnknownOrganization => "UNKNOWN_ORGANIZATION",
            Self::UnknownListing => "UNKNOWN_LISTING",
            Self::OrganizationWithoutKey => "ORGANIZATION_WITHOUT_KEY",
            Self::EventContradictsState => "EVENT_CONTRADICTS_STATE",
            Self::EventWithoutMembership => "EVENT_WITHOUT_MEMBERSHIP",
            Self::MembershipWithoutEvent => "MEMBERSHIP_WITHOUT_EVENT",
            Self::SharedWebsite => "SHARED_WEBSITE",
            Self::SharedMatchKey => "SHARED_MATCH_KEY",
            Self::SharedName => "SHARED_NAME",
            Self::MissingVendor => "MISSING_VENDOR",
            Self::DanglingIntegration => "DANGLING_INTEGRATION",
            Self::AmbiguousName => "AMBIGUOUS_NAME",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One problem of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The physical line on which the row starts, from 1; 0 for what concerns the whole file.
    pub line: u64,
    pub severity: Severity,
    pub code: Code,
    /// The column of the source; `None` for what concerns the whole row.
    pub column: Option<String>,
    /// The faulty value, at most [`VALUE_MAX`] characters of it.
    pub value: String,
    /// For people, in a sentence without the value.
    pub reason: String,
}

impl RowError {
    /// A problem of the row at `line`. The value is cut here, so that no report grows with what a cell holds.
    pub fn new(line: u64, severity: Severity, code: Code, reason: impl Into<String>) -> Self {
        Self { line, severity, code, column: None, value: String::new(), reason: reason.into() }
    }

    /// Names the column and its value.
    #[must_use]
    pub fn at(mut self, column: &str, value: &str) -> Self {
        self.column = Some(column.to_owned());
        self.value = cut_chars(value, VALUE_MAX).to_owned();
        self
    }

    /// Shows the start of the row where no single column is at fault.
    #[must_use]
    pub fn showing(mut self, value: &str) -> Self {
        self.value = cut_chars(value, VALUE_MAX).to_owned();
        self
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {} ({})", self.reason, self.code)
    }
}

/// A row that is not taken, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The physical line on which the row starts, from 1.
    pub line: u64,
    /// At least one of them is [`Severity::Rejected`].
    pub problems: Vec<RowError>,
}

impl From<RowError> for Rejection {
    fn from(problem: RowError) -> Self {
        Self { line: problem.line, problems: vec![problem] }
    }
}

impl From<RowFault> for RowError {
    fn from(fault: RowFault) -> Self {
        let code = match fault.kind {
            RowFaultKind::TooLong => Code::RowTooLong,
            RowFaultKind::UnclosedQuote => Code::UnclosedQuote,
            RowFaultKind::BadQuoting => Code::BadQuoting,
        };
        Self::new(fault.line, Severity::Rejected, code, fault.reason).showing(&fault.start)
    }
}

impl From<RowFault> for Rejection {
    fn from(fault: RowFault) -> Self {
        RowError::from(fault).into()
    }
}
