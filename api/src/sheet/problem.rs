//! What is wrong with the rows of a file, as a report lists it: as many problems as somebody reads, and the number of the
//! others. Pure.

use super::{SHOWN_MAX, TableRowFault};
use crate::text::cut_chars;
use serde::Serialize;

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The physical line on which the row starts, from 1.
    pub line: u64,
    /// The column, where one is at fault.
    pub column: Option<String>,
    /// The cell, or how the row begins; at most [`SHOWN_MAX`] characters.
    pub value: String,
    /// For programs; stable.
    pub code: String,
    /// For people.
    pub message: String,
}

impl Problem {
    /// A problem of the row on `line`; of `value` the beginning is kept.
    pub fn new(
        line: u64,
        column: Option<&str>,
        value: &str,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            line,
            column: column.map(str::to_owned),
            value: cut_chars(value, SHOWN_MAX).to_owned(),
            code: code.into(),
            message: message.into(),
        }
    }

    /// A row that cannot be taken apart; `column` is the name of the column at fault, where one is.
    #[must_use]
    pub fn of_row(line: u64, fault: TableRowFault, column: Option<&str>) -> Self {
        Self {
            line,
            column: column.map(str::to_owned),
            value: fault.shown,
            code: fault.code.to_owned(),
            message: fault.message,
        }
    }
}

/// The problems of a file, in the order of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problems {
    problems: Vec<Problem>,
    problems_left_out: u64,
}

impl Problems {
    /// Adds a problem, or counts it where `most` are listed already.
    pub fn add(&mut self, problem: Problem, most: usize) {
        if self.problems.len() < most {
            self.problems.push(problem);
        } else {
            self.problems_left_out += 1;
        }
    }

    /// Those that are listed.
    #[must_use]
    pub fn listed(&self) -> &[Problem] {
        &self.problems
    }

    /// How many are not.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.problems_left_out
    }
}
