//! Where the findings of an import go: numbers into the report, problems into the file for them as they are found.

use super::{
    fault::ImportFault,
    kind::Kind,
    problem::{Code, Rejection, RowError, Severity},
    report::{Outcome, Report, ReportWriter},
};
use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

/// Where a row was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Kind,
    /// The place of the file among the files of the run.
    pub(super) file: i64,
    /// From 1; 0 for what concerns no row.
    pub(super) line: u64,
}

impl Place {
    /// The line as the database holds it.
    pub(super) fn line_number(self) -> i64 {
        i64::try_from(self.line).unwrap_or(i64::MAX)
    }

    /// The place of a row that was noted in the database.
    pub(super) fn noted(kind: Kind, file: i64, line: i64) -> Self {
        Self { kind, file, line: u64::try_from(line).unwrap_or_default() }
    }
}

/// The report as it grows.
pub(super) struct Findings {
    pub(super) report: Report,
    files: Vec<String>,
    output: Option<(PathBuf, ReportWriter<BufWriter<File>>)>,
}

impl Findings {
    /// Begins the file of problems at `path`, over whatever was there.
    pub(super) fn begin(files: &[&Path], path: Option<&Path>) -> Result<Self, ImportFault> {
        let output = path
            .map(|path| {
                let file = File::create(path).map_err(|error| unwritable(path, &error))?;
                let writer = ReportWriter::new(BufWriter::new(file)).map_err(|error| unwritable(path, &error))?;
                Ok::<_, ImportFault>((path.to_owned(), writer))
            })
            .transpose()?;
        let files = files.iter().map(|path| path.display().to_string()).collect();
        Ok(Self { report: Report::default(), files, output })
    }

    pub(super) fn count(&mut self, kind: Kind, outcome: Outcome) {
        self.report.of(kind).count(outcome);
    }

    /// Notes a row that is not taken, with all that is wrong with it.
    pub(super) fn reject(&mut self, place: Place, rejection: &Rejection) -> Result<(), ImportFault> {
        self.report.of(place.kind).rejected += 1;
        rejection.problems.iter().try_for_each(|problem| self.problem(place, problem))
    }

    /// Notes a row that is not taken for one reason, found in `column`.
    pub(super) fn refuse(
        &mut self,
        place: Place,
        code: Code,
        (column, value): (&str, &str),
        reason: impl Into<String>,
    ) -> Result<(), ImportFault> {
        let problem = RowError::new(place.line, Severity::Rejected, code, reason).at(column, value);
        self.reject(place, &problem.into())
    }

    /// Notes something about a row that is taken.
    pub(super) fn warn(
        &mut self,
        place: Place,
        code: Code,
        (column, value): (&str, &str),
        reason: impl Into<String>,
    ) -> Result<(), ImportFault> {
        self.problem(place, &RowError::new(place.line, Severity::Warning, code, reason).at(column, value))
    }

    pub(super) fn problem(&mut self, place: Place, problem: &RowError) -> Result<(), ImportFault> {
        if problem.severity == Severity::Warning {
            self.report.of(place.kind).warnings += 1;
        }
        let file = usize::try_from(place.file).ok().and_then(|file| self.files.get(file));
        match &mut self.output {
            None => Ok(()),
            Some((path, writer)) => {
                writer.write(file.map_or("", String::as_str), problem).map_err(|error| unwritable(path, &error))
            }
        }
    }

    /// Writes what is still held back.
    pub(super) fn finish(&mut self) -> Result<(), ImportFault> {
        match self.output.take() {
            None => Ok(()),
            Some((path, writer)) => writer.finish().map_err(|error| unwritable(&path, &error)),
        }
    }
}

fn unwritable(path: &Path, error: &dyn std::error::Error) -> ImportFault {
    ImportFault::ReportFile { path: path.to_owned(), reason: error.to_string() }
}
