//! What is told of a file that came in. Pure.

use super::PROBLEMS_MAX;
use crate::{
    account::model::{AccountImportMode, Counts},
    sheet::{Problem, Problems},
};
use serde::Serialize;
use serde_json::Value;

/// The report: numbers of rows, and what is wrong with those that were not taken or not taken in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The id of the import.
    pub import: String,
    /// What becomes of accounts that the file does not have.
    pub mode: AccountImportMode,
    /// Whether everything was taken back in the end.
    pub dry_run: bool,
    /// Whether the list is another one now.
    pub written: bool,
    /// The version of the list that is shown now; none where the import broke off.
    pub version: Option<i64>,
    /// Accounts of that version.
    pub account_count: Option<i32>,
    /// Rows looked at.
    pub rows: i64,
    /// Accounts that are new in the list.
    pub created: i64,
    /// Accounts that say something else than before.
    pub updated: i64,
    /// Accounts that say what was there already.
    pub unchanged: i64,
    /// Accounts that the file does not have, and that go.
    pub removed: i64,
    /// Rows that were not taken.
    pub rejected: i64,
    /// Rows that were taken without a cell that cannot be read.
    pub doubtful: i64,
    #[serde(flatten)]
    problems: Problems,
}

impl Report {
    /// The report of an import of which no row was looked at yet.
    pub(super) fn begin(import: String, mode: AccountImportMode, dry_run: bool) -> Self {
        Self {
            import,
            mode,
            dry_run,
            written: false,
            version: None,
            account_count: None,
            rows: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            removed: 0,
            rejected: 0,
            doubtful: 0,
            problems: Problems::default(),
        }
    }

    /// Adds a problem.
    pub(super) fn add(&mut self, problem: Problem) {
        self.problems.add(problem, PROBLEMS_MAX);
    }

    /// Takes the numbers over.
    pub(super) fn count(&mut self, counts: Counts) {
        let Counts { read, created, updated, unchanged, removed, rejected } = counts;
        self.rows = read;
        self.created = created;
        self.updated = updated;
        self.unchanged = unchanged;
        self.removed = removed;
        self.rejected = rejected;
    }

    /// The problems that are listed, and how many are not.
    #[must_use]
    pub fn problems(&self) -> (&[Problem], u64) {
        (self.problems.listed(), self.problems.left_out())
    }

    /// As it is sent.
    pub(super) fn value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
