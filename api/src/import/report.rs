//! What is told of an import: numbers for people, and a CSV file of every problem.

use super::kind::Kind;
use super::problem::RowError;
use crate::sheet::inert;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::time::Duration;

/// What became of a row that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    Unchanged,
}

/// Numbers of rows, and of warnings (of which a row may have several).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub rejected: u64,
    pub warnings: u64,
}

impl Tally {
    /// Counts a row that was taken.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }

    /// Rows in all.
    pub fn rows(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.rejected
    }
}

/// What was made although no row is it: it was only named by rows or by a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Besides {
    pub organizations: u64,
    pub programs: u64,
    pub tiers: u64,
    pub memberships: u64,
    pub categories: u64,
}

/// The numbers of one import, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    by_kind: BTreeMap<Kind, Tally>,
    /// What was made besides the rows.
    pub besides: Besides,
    /// How long the one transaction was open that applied everything; others could read all the while, and on PostgreSQL
    /// write too. None where nothing was to be applied.
    pub applying: Option<Duration>,
}

impl Report {
    /// The numbers of a kind, to add to. A kind that was asked for is shown, even with no rows.
    pub fn of(&mut self, kind: Kind) -> &mut Tally {
        self.by_kind.entry(kind).or_default()
    }

    /// The numbers of each kind that was read.
    pub fn tallies(&self) -> impl Iterator<Item = (Kind, Tally)> {
        self.by_kind.iter().map(|(kind, tally)| (*kind, *tally))
    }

    /// The numbers of all kinds together.
    pub fn total(&self) -> Tally {
        self.by_kind.values().fold(Tally::default(), |sum, tally| Tally {
            created: sum.created + tally.created,
            updated: sum.updated + tally.updated,
            unchanged: sum.unchanged + tally.unchanged,
            rejected: sum.rejected + tally.rejected,
            warnings: sum.warnings + tally.warnings,
        })
    }

    /// True where the import made or changed nothing.
    pub fn changed_nothing(&self) -> bool {
        let total = self.total();
        total.created == 0 && total.updated == 0 && self.besides == Besides::default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, tally) in &self.by_kind {
            let Tally { created, updated, unchanged, rejected, warnings } = tally;
            writeln!(
                f,
                "{kind}: {} rows: {created} created, {updated} updated, {unchanged} unchanged, {rejected} rejected; \
                 {warnings} warnings",
                tally.rows()
            )?;
        }
        let Besides { organizations, programs, tiers, memberships, categories } = self.besides;
        if self.besides != Besides::default() {
            writeln!(
                f,
                "besides: {organizations} organizations, {programs} programs, {tiers} tiers, {memberships} memberships, \
                 {categories} categories created"
            )?;
        }
        if self.changed_nothing() {
            writeln!(f, "Nothing changed.")?;
        }
        Ok(())
    }
}

/// Writes the CSV file of problems: `severity,file,line,column,value,code,reason`, safe to open in a spreadsheet.
pub struct ReportWriter<W: Write> {
    rows: csv::Writer<W>,
}

impl<W: Write> ReportWriter<W> {
    /// Writes the header.
    pub fn new(output: W) -> Result<Self, csv::Error> {
        let mut rows = csv::Writer::from_writer(output);
        rows.write_record(["severity", "file", "line", "column", "value", "code", "reason"])?;
        Ok(Self { rows })
    }

    /// Writes one problem of a row of `file`.
    pub fn write(&mut self, file: &str, problem: &RowError) -> Result<(), csv::Error> {
        let line = if problem.line == 0 { String::new() } else { problem.line.to_string() };
        self.rows.write_record([
            problem.severity.as_str(),
            &inert(file),
            &line,
            &inert(problem.column.as_deref().unwrap_or_default()),
            &inert(&problem.value),
            problem.code.as_str(),
            &inert(&problem.reason),
        ])
    }

    /// Writes what is still held back. Dropping the writer does so too, but cannot tell whether it went well.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.rows.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Report, ReportWriter};
    use crate::import::{Code, Kind, RowError, Severity};

    #[test]
    fn cells_cannot_become_formulas() {
        let mut output = Vec::new();
        let mut writer = ReportWriter::new(&mut output).unwrap();
        for value in ["=1+1", "+A1", "-2", "@x", "\t=1", " =1", "＝1", "a\"b,c\nd", "\u{0}\u{1b}x", "plain"] {
            let problem = RowError::new(7, Severity::Rejected, Code::InvalidUrl, "no address").at("=site", value);
            writer.write("a.csv", &problem).unwrap();
        }
        writer.finish().unwrap();
        let mut reader = csv::Reader::from_reader(output.as_slice());
        let values: Vec<String> = reader.records().map(|row| row.unwrap().get(4).unwrap().to_owned()).collect();
        assert_eq!(
            values,
            ["'=1+1", "'+A1", "'-2", "'@x", "'\u{fffd}=1", "' =1", "'＝1", "a\"b,c\nd", "\u{fffd}\u{fffd}x", "plain"]
        );
        let text = String::from_utf8(output).unwrap();
        assert!(text.starts_with(
            "severity,file,line,column,value,code,reason\nREJECTED,a.csv,7,'=site,'=1+1,INVALID_URL,no address\n"
        ));
    }

    #[test]
    fn the_summary_tells_every_number_and_that_nothing_changed() {
        let mut report = Report::default();
        report.of(Kind::Organizations).count(Outcome::Unchanged);
        report.of(Kind::Listings).rejected += 2;
        report.of(Kind::Listings).warnings += 1;
        assert_eq!(
            report.to_string(),
            "organizations: 1 rows: 0 created, 0 updated, 1 unchanged, 0 rejected; 0 warnings\n\
             listings: 2 rows: 0 created, 0 updated, 0 unchanged, 2 rejected; 1 warnings\nNothing changed.\n"
        );
        report.of(Kind::Listings).count(Outcome::Created);
        assert!(!report.to_string().contains("Nothing changed"));
        assert_eq!(report.total().rows(), 4);
    }
}
