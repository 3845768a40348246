//! Sheets: CSV files as spreadsheets and other programs write and read them. Rows come in within bounds, whatever the file
//! is; cells go out so that no spreadsheet runs them.
//!
//! Reads from `std::io` and is otherwise pure. What a column means is a matter of the rooms that use it.

mod cell;
mod lines;
mod problem;
mod rows;
mod table;
mod writer;

pub use cell::{defused, inert, revived};
pub use lines::{Line, Lines};
pub use problem::{Problem, Problems};
pub use rows::{CsvRow, CsvRows, RowFault, RowFaultKind};
pub use table::{Table, TableFault, TableRow, TableRowFault};
pub use writer::{line, words};

/// Characters of a value or of the start of a row that a report shows.
pub const SHOWN_MAX: usize = 200;
