//! Opportunities as CSV files: those of an organization in, from its CRM, and those that a viewer sees out. The columns of
//! both are the same, so that a file that went out can come in again.
//!
//! Rules are not written a second time: a row that comes in is judged by what `opportunityCreate`, `opportunityUpdate` and
//! `opportunityAdvance` are judged by, and a cell that goes out holds what the field of the schema shows. This part of the
//! room knows no HTTP and no GraphQL; it is handed whole files and gives streams.

mod cell;
mod column;
mod export;
mod file;
mod import;
mod judge;
mod parameters;
mod report;

pub use export::OpportunityOutlet;
pub use import::OpportunityIntake;

/// Bytes of the longest row. All fields at their longest fit in twice.
const ROW_BYTES_MAX: usize = 64 * 1024;
/// Rows that are taken at once.
const ROWS_MAX: usize = 5_000;
/// Problems that a report lists; further ones are counted.
const PROBLEMS_MAX: usize = 1_000;
