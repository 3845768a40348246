//! Import: real directories in, from CSV and JSONL files with a column mapping file.
//!
//! The reading half makes typed records of rows: [`mapping`] says which column is what, [`reader`] streams rows,
//! [`record`] is what a row becomes, [`problem`] what can be wrong with one, [`report`] what is told at the end. It reads
//! from `std::io` and is otherwise pure.
//!
//! The applying half is [`run`]: `plan` compares batches of records with what is stored and stages what is to become of
//! them, `store` holds what is staged and applies it in one transaction. Memory does not grow with the number of rows, no
//! row stops the file, and nothing of a run is seen before all of it is. No room but the command line knows this one.

mod build;
mod bundled;
mod fault;
mod fields;
mod findings;
mod incoming;
mod jsonl_rows;
mod kind;
mod lists;
pub mod mapping;
mod mapping_error;
mod mapping_file;
mod plan;
mod policy;
pub mod problem;
pub mod reader;
pub mod record;
pub mod report;
mod run;
mod store;

pub use bundled::{bundled_mapping, bundled_names};
pub use fault::ImportFault;
pub use kind::Kind;
pub use mapping::{Format, Mapping};
pub use mapping_error::MappingError;
pub use problem::{Code, Rejection, RowError, Severity};
pub use reader::{ReadFault, Reader, Row, open};
pub use record::Record;
pub use report::{Besides, Outcome, Report, ReportWriter, Tally};
pub use run::{BATCH_ROWS, BATCH_ROWS_MAX, Progress, RunSettings, Step, run};

/// Who acts in the audit trail. The operator is nobody in particular: no person and no key, so it has no id.
const ACTOR: &str = "operator";

#[cfg(test)]
mod landscape_tests;
#[cfg(test)]
mod tests;
