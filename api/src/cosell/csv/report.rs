//! What is told of a file that came in. Pure.

use super::{PROBLEMS_MAX, column::Column};
use crate::{
    op::Refusal,
    sheet::{Problem, Problems, TableRowFault},
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

/// A row that cannot be taken apart.
pub(super) fn of_row(line: u64, fault: TableRowFault, columns: &[Column]) -> Problem {
    let column = fault.place.and_then(|place| columns.get(place)).map(|column| column.name());
    Problem::of_row(line, fault, column)
}

/// A row that has the key of an earlier one.
pub(super) fn repeated(line: u64, column: Column, value: &str, earlier: u64) -> Problem {
    let message = format!("The row on line {earlier} is about the same opportunity.");
    Problem::new(line, Some(column.name()), value, "DUPLICATE_ROW", message)
}

/// What the rules say of a row; `value` is the cell of the column.
pub(super) fn refused(line: u64, column: Option<Column>, value: &str, refusal: Refusal) -> Problem {
    Problem::new(line, column.map(Column::name), value, refusal.code.word(), refusal.message)
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
    #[serde(flatten)]
    problems: Problems,
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
            self.problems.add(problem, PROBLEMS_MAX);
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
    use crate::{op::ErrorCode, sheet::SHOWN_MAX};

    #[test]
    fn a_report_lists_a_bounded_number_of_problems_and_counts_all() {
        let mut report = Report::default();
        let refusal = || Refusal::of("input.title", ErrorCode::TooLong, "At most.");
        for line in 0..1_500 {
            report.reject(vec![refused(line, Some(Column::Title), &"x".repeat(500), refusal())]);
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
