//! Account lists as CSV files that come in: from the network as a stream, and from the command line.
//!
//! The file is taken apart and judged on a thread of its own, some rows ahead of the database; memory does not grow with
//! its length. This part of the room knows no HTTP and no GraphQL.

mod column;
mod file;
mod import;
mod intake;
mod report;

pub use file::Source;
pub use import::{Asked, ImportFault, import};
pub use intake::AccountIntake;
pub use report::Report;

/// Bytes of the longest row. All fields at their longest fit in.
const ROW_BYTES_MAX: usize = 64 * 1024;
/// Rows that are judged, laid out and committed together.
const ROWS_AT_ONCE: usize = 1_000;
/// Bytes of the longest file, unpacked: a million rows of two kilobytes.
const FILE_BYTES_MAX: u64 = 2 << 30;
/// Problems that a report lists; further ones are counted.
const PROBLEMS_MAX: usize = 1_000;
