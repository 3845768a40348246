//! What is told of a file that came in. Pure.

use super::{PROBLEMS_MAX, column::Column};
use crate::{
    op::{ErrorCode, Refusal},
    sheet::{SHOWN_MAX, TableRowFault},
    text::cut_chars,
};
use serde::Serialize;
use serde_json::Value;

/// What became of a row that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    Created,
    Updated,
    /// Its edits wait for the end of a review.
    Waiting,
    Unchanged,
}

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Problem {
    /// The physical line on which the row starts, from 1.
    line: u64,
    column: Option<String>,
    /// The cell, or how the row begins; at most [`SHOWN_MAX`] characters.
    value: String,
    code: String,
    message: String,
}

impl Problem {
    /// A row that cannot be taken apart.
    pub(super) fn of_row(line: u64, fault: TableRowFault, columns: &[Column]) -> Self {
        let column = fault.place.and_then(|place| columns.get(place)).map(|column| column.name().to_owned());
        Self { line, column, value: fault.shown, code: fault.code.to_owned(), message: fault.message }
    }

    /// A row that has the key of an earlier one.
    pub(super) fn repeated(line: u64, column: Column, value: &str, earlier: u64) -> Self {
        let message = format!("The row on line {earlier} is about the same opportunity.");
        Self::new(line, Some(column), value, "DUPLICATE_ROW".to_owned(), message)
    }

    /// What the rules say of a row; `value` is the cell of the column.
    pub(super) fn refused(line: u64, column: Option<Column>, value: &str, refusal: Refusal) -> Self {
        Self::new(line, column, value, word(refusal.code), refusal.message)
    }

    fn new(line: u64, column: Option<Column>, value: &str, code: String, message: String) -> Self {
        let column = column.map(|column| column.name().to_owned());
        Self { line, column, value: cut_chars(value, SHOWN_MAX).to_owned(), code, message }
    }
}

fn word(code: ErrorCode) -> String {
    match serde_json::to_value(code) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The report: numbers of rows, and what is wrong with those that were not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    dry_run: bool,
    strict: bool,
    /// Whether anything was written.
    pub(super) written: bool,
    /// The line of the first row that was not looked at, because time was up.
    pub(super) stopped_before_line: Option<u64>,
    rows: u64,
    created: u64,
    updated: u64,
    waiting: u64,
    unchanged: u64,
    rejected: u64,
    problems: Vec<Problem>,
    problems_left_out: u64,
}

impl Report {
    /// The report of a file of which no row was looked at yet.
    pub(super) fn begin(strict: bool, dry_run: bool) -> Self {
        Self { strict, dry_run, ..Self::default() }
    }

    /// Counts a row that was taken.
    pub(super) fn count(&mut self, became: Became) {
        self.rows += 1;
        match became {
            Became::Created => self.created += 1,
            Became::Updated => self.updated += 1,
            Became::Waiting => self.waiting += 1,
            Became::Unchanged => self.unchanged += 1,
        }
    }

    /// Counts a row that was not taken.
    pub(super) fn reject(&mut self, problems: Vec<Problem>) {
        self.rows += 1;
        self.rejected += 1;
        for problem in problems {
            if self.problems.len() < PROBLEMS_MAX {
                self.problems.push(problem);
            } else {
                self.problems_left_out += 1;
            }
        }
    }

    /// Whether every row was taken.
    pub(super) fn is_clean(&self) -> bool {
        self.rejected == 0 && self.stopped_before_line.is_none()
    }

    /// As it is sent.
    pub(super) fn value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_lists_a_bounded_number_of_problems_and_counts_all() {
        let mut report = Report::default();
        let refusal = || Refusal::of("input.title", ErrorCode::TooLong, "At most.");
        for line in 0..1_500 {
            report.reject(vec![Problem::refused(line, Some(Column::Title), &"x".repeat(500), refusal())]);
        }
        report.count(Became::Waiting);
        let value = report.value();
        assert_eq!(value["problems"].as_array().unwrap().len(), PROBLEMS_MAX);
        assert_eq!((&value["rejected"], &value["problemsLeftOut"]), (&1_500.into(), &500.into()));
        assert_eq!((&value["rows"], &value["waiting"]), (&1_501.into(), &1.into()));
        let problem = &value["problems"][0];
        assert_eq!((&problem["code"], &problem["column"]), (&"TOO_LONG".into(), &"title".into()));
        assert_eq!(problem["value"].as_str().unwrap().len(), SHOWN_MAX);
        assert!(!report.is_clean());
    }
}
