//! Why an import applied nothing.

use super::{mapping_error::MappingError, report::Report};
use crate::op::Fault;
use std::path::PathBuf;

/// Why nothing was applied. Each says what to do about it, for the one at the command line.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// Somebody else than the operator asked.
    #[error("only the operator of the installation may import")]
    NotOperator,
    /// The mapping does not fit the file.
    #[error("{}: {error}", .path.display())]
    Mapping {
        /// The data file.
        path: PathBuf,
        /// What does not fit.
        error: MappingError,
    },
    /// The settings make no sense together.
    #[error("{0}")]
    Setting(String),
    /// The file could not be read to its end.
    #[error("{} could not be read to its end, so nothing was applied: {error}", .path.display())]
    Read {
        /// The data file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The last row breaks off.
    #[error("{} breaks off in the middle of its last row, so nothing was applied; get the whole file", .path.display())]
    CutOff {
        /// The data file.
        path: PathBuf,
    },
    /// The report could not be written.
    #[error("the report {} could not be written, so nothing was applied: {reason}", .path.display())]
    ReportFile {
        /// The report file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Rows were rejected, and none were to be.
    #[error("{} rows were rejected, so nothing was applied (--strict)", .report.total().rejected)]
    Strict {
        /// What would have come of it.
        report: Box<Report>,
    },
    /// Another import is running.
    #[error("another import has been running since {since} and was last seen at {seen}; try again when it has ended")]
    Busy {
        /// When it began.
        since: chrono::DateTime<chrono::Utc>,
        /// Its last sign of life.
        seen: chrono::DateTime<chrono::Utc>,
    },
    /// What the import had compared with was changed before it could apply.
    #[error("somebody changed {what} while the import was reading, so nothing was applied; run it again")]
    Changed {
        /// The table.
        what: &'static str,
    },
    /// This run gave no sign of life for too long, and another one took its place.
    #[error("this import was taken for dead and another one took its place, so nothing was applied; run it again")]
    Displaced,
    /// The database failed.
    #[error("the database failed, so nothing was applied: {}", .0.chain())]
    Database(Fault),
}

impl From<Fault> for ImportFault {
    fn from(fault: Fault) -> Self {
        Self::Database(fault)
    }
}

impl From<sea_orm::DbErr> for ImportFault {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}
