//! Why a file cannot be read at all.

use super::kind::Kind;
use std::io;
use std::path::PathBuf;

/// Why a mapping file, or a data file as a whole, cannot be used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    #[error("the mapping file is not as it should be: {0}")]
    Syntax(String),
    #[error("columns.{field}: {kind} have no such field; they have {known}")]
    UnknownField { kind: Kind, field: String, known: String },
    #[error("columns.{field}: this field of {kind} is required, but the mapping does not name a column for it")]
    MissingField { kind: Kind, field: &'static str },
    #[error("columns.{field}: {reason}")]
    Column { field: &'static str, reason: String },
    #[error("{key}: {reason}")]
    Setting { key: String, reason: String },
    #[error("columns.{field}: the file has no column {column:?}; it has {header}")]
    MissingColumn { field: String, column: String, header: String },
    #[error("the file has the column {0:?} more than once")]
    RepeatedColumn(String),
    #[error("{}: the name does not tell the format; set `format = \"csv\"` or `\"jsonl\"` in the mapping file", .0.display())]
    UnknownFormat(PathBuf),
    #[error("the file has no header row: {0}")]
    Header(String),
    #[error("the file is {0}; save it as UTF-8")]
    Encoding(&'static str),
    #[error("the file ends its lines with a carriage return only; save it with LF or CRLF")]
    LineEnds,
    #[error("{}: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
}
