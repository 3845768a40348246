//! Import, the reading half: CSV and JSONL files become typed records by a column mapping file, row by row.
//!
//! [`mapping`] says which column is what, [`reader`] streams rows, [`record`] is what a row becomes, [`problem`] what can
//! be wrong with one, [`report`] what is told at the end. Memory does not grow with the number of rows, and no row
//! stops the file. Nothing here knows a database, GraphQL or HTTP: it reads from `std::io` and is otherwise pure.

mod build;
mod bundled;
mod csv_rows;
mod fields;
mod jsonl_rows;
mod kind;
mod lines;
mod lists;
pub mod mapping;
mod mapping_error;
mod mapping_file;
pub mod problem;
pub mod reader;
pub mod record;
pub mod report;

pub use bundled::{bundled_mapping, bundled_names};
pub use kind::Kind;
pub use mapping::{Format, Mapping};
pub use mapping_error::MappingError;
pub use problem::{Code, Rejection, RowError, Severity};
pub use reader::{ReadFault, Reader, Row, open};
pub use record::Record;
pub use report::{Outcome, Report, ReportWriter, Tally};

#[cfg(test)]
mod landscape_tests;
#[cfg(test)]
mod tests;
