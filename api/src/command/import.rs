//! `partnergraph import`.

use super::{data, failure::Failed, terminal};
use crate::import::{
    BATCH_ROWS, ImportFault, Kind, Mapping, Progress, Report, RunSettings, Step, bundled_mapping, bundled_names, run,
};
use clap::{Args, builder::NonEmptyStringValueParser};
use std::{
    io::{IsTerminal, Write, stderr},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

/// Between two lines of progress where nobody watches: a log should not fill with them.
const LOG_EVERY: Duration = Duration::from_secs(10);
/// Between two signs of progress on a terminal.
const SHOW_EVERY: Duration = Duration::from_millis(200);
/// Exit code of an import that is done and rejected some rows.
const SOME_REJECTED: u8 = 3;
/// Which file of a published set of data belongs to the mapping of another name.
const DATA_OF: [(&str, &str); 1] = [("landscape/memberships", "partners")];

/// Load organizations, memberships, listings, integrations and histories from CSV or JSONL files.
///
/// A mapping file says which column is what, so that any spreadsheet can be loaded without code. An import is applied
/// as a whole or not at all, and adds and changes, but never removes: a second run of the same files changes nothing.
/// It acts as the operator: no invitations, no reviews. Rows that cannot be taken are listed in the report with line,
/// column, value and reason, and do not stop the others, unless --strict is given.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  partnergraph import landscape --from ../data/landscape --report problems.csv
  partnergraph import --mapping partners.toml partners.csv --mapping products.toml products.jsonl --dry-run
  partnergraph import --mapping landscape/organizations organizations.csv

Exit codes: 0 all rows were taken, 3 done but some rows were rejected, 1 nothing was applied.")]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(false).args(["set", "mapping"])))]
pub(super) struct Import {
    /// A set of mappings that comes with the program: landscape. Needs --from.
    #[arg(value_name = "SET", requires = "from", value_parser = NonEmptyStringValueParser::new())]
    set: Option<String>,
    /// The folder with the set's data files, each named after what it holds (organizations.csv, partners.csv, ...).
    #[arg(long, value_name = "FOLDER", requires = "set")]
    from: Option<PathBuf>,
    /// A mapping file (or the name of one that comes with the program) and its data file; may be given several times.
    #[arg(long, num_args = 2, value_names = ["MAPPING", "DATA"])]
    mapping: Vec<PathBuf>,
    /// Do everything, report, and take it back.
    #[arg(long)]
    dry_run: bool,
    /// Apply nothing if a single row is rejected.
    #[arg(long)]
    strict: bool,
    /// Write every problem into this CSV file, over whatever is there.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Rows that are in memory at once, 1 to 5000.
    #[arg(long, value_name = "ROWS", default_value_t = BATCH_ROWS)]
    batch: usize,
}

impl Import {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let files = match (&self.set, &self.from) {
            (Some(set), Some(folder)) => files_of_set(set, folder)?,
            _ => pairs(&self.mapping)?,
        };
        let world = data::world().await?;
        let op = data::operator(&world, "import");
        let settings = RunSettings {
            files,
            dry_run: self.dry_run,
            strict: self.strict,
            report: self.report.clone(),
            batch_rows: self.batch,
        };
        let mut shown = Shown::default();
        let outcome = run(&op, &settings, &mut |progress| shown.show(progress)).await;
        shown.end();
        data::close(&world.db).await;
        match outcome {
            Ok(report) => Ok(self.conclude(&report)),
            Err(ImportFault::Strict { report }) => {
                terminal::say(report.to_string().trim_end());
                let rejected = report.total().rejected;
                Err(Failed::new(format!("{rejected} rows were rejected, so nothing was applied.")).advise(match &self
                    .report
                {
                    Some(file) => format!("{} says which and why.", file.display()),
                    None => "Run it again with --report FILE to see which and why.".to_owned(),
                }))
            }
            Err(fault) => Err(Failed::new(format!("{fault}."))),
        }
    }

    fn conclude(&self, report: &Report) -> ExitCode {
        terminal::say(report.to_string().trim_end());
        if self.dry_run {
            terminal::say("Nothing was applied: this was a dry run.");
        }
        if let Some(open) = report.applying {
            terminal::note(&format!("The one transaction was open for {:.3} s.", open.as_secs_f64()));
        }
        let total = report.total();
        if let Some(file) = &self.report
            && total.rejected + total.warnings > 0
        {
            terminal::note(&format!("{} says what was rejected or doubtful, and why.", file.display()));
        }
        if total.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REJECTED) }
    }
}

/// The mappings of a set with their files in a folder, as far as they are there.
fn files_of_set(set: &str, folder: &Path) -> Result<Vec<(PathBuf, Mapping)>, Failed> {
    let prefix = format!("{set}/");
    let names: Vec<&str> = bundled_names().filter(|name| name.starts_with(&prefix)).collect();
    if names.is_empty() {
        let mut known: Vec<&str> = bundled_names().filter_map(|name| name.split('/').next()).collect();
        known.dedup();
        return Err(Failed::new(format!("There is no set `{set}`; there is {}.", known.join(", "))));
    }
    let mut files = Vec::new();
    for name in names {
        let stem = DATA_OF.iter().find(|(mapping, _)| *mapping == name).map_or(&name[prefix.len()..], |(_, data)| data);
        let found =
            ["csv", "jsonl"].iter().map(|format| folder.join(format!("{stem}.{format}"))).find(|path| path.exists());
        match found {
            Some(path) => files.push((path, mapping(Path::new(name))?)),
            None => terminal::note(&format!("{} has no {stem}.csv or {stem}.jsonl; left out.", folder.display())),
        }
    }
    if files.is_empty() {
        return Err(Failed::new(format!("{} has none of the files of the set `{set}`.", folder.display())));
    }
    Ok(files)
}

fn pairs(arguments: &[PathBuf]) -> Result<Vec<(PathBuf, Mapping)>, Failed> {
    arguments.chunks_exact(2).map(|pair| Ok((pair[1].clone(), mapping(&pair[0])?))).collect()
}

/// A mapping by path; by name where there is no such file.
fn mapping(name: &Path) -> Result<Mapping, Failed> {
    let bundled = name.to_str().and_then(bundled_mapping).filter(|_| !name.exists());
    let read = match bundled {
        Some(text) => Mapping::parse(text),
        None => Mapping::load(name),
    };
    read.map_err(|cause| {
        let names: Vec<&str> = bundled_names().collect();
        Failed::new(format!("The mapping {} cannot be used: {cause}.", name.display()))
            .advise(format!("Mappings that come with the program: {}.", names.join(", ")))
    })
}

/// What is shown while an import runs: one changing line for people, a line now and then for logs.
#[derive(Default)]
struct Shown {
    last: Option<(Instant, Step, Option<Kind>)>,
    /// Whether the line on the terminal is not ended.
    open: bool,
}

impl Shown {
    fn show(&mut self, progress: Progress) {
        let terminal = stderr().is_terminal();
        let every = if terminal { SHOW_EVERY } else { LOG_EVERY };
        let due = self
            .last
            .is_none_or(|(at, step, kind)| at.elapsed() >= every || step != progress.step || kind != progress.kind);
        if !due {
            return;
        }
        // A log line that opens a kind comes too early for a number to mean anything.
        let opens = self.last.is_none_or(|(_, step, kind)| step != progress.step || kind != progress.kind);
        self.last = Some((Instant::now(), progress.step, progress.kind));
        let line = match progress.kind {
            Some(kind) if opens && !terminal && progress.step == Step::Reading => format!("reading {}", kind.as_str()),
            _ => sentence(progress),
        };
        if terminal {
            // Erases what the longer line before may have left.
            let _ = write!(stderr(), "\r\u{1b}[K{line}").and_then(|()| stderr().flush());
            self.open = true;
        } else {
            terminal::note(&line);
        }
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.open) {
            terminal::note("");
        }
    }
}

fn sentence(progress: Progress) -> String {
    let Progress { step, kind, read, taken } = progress;
    let kind = kind.map(Kind::as_str).unwrap_or_default();
    match step {
        Step::Reading => format!("reading {kind}: {read} rows, {taken} taken"),
        Step::Concluding => "comparing what all rows say together".to_owned(),
        Step::Applying => "applying".to_owned(),
        Step::Applied => format!("applied {kind}: {taken} of {read} rows changed something"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mapping_of_a_set_finds_its_file() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["organizations.csv", "partners.jsonl", "listings.csv", "integrations.csv", "membership-events.csv"]
        {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let files = files_of_set("landscape", folder.path()).unwrap();
        let kinds: Vec<Kind> = files.iter().map(|(_, mapping)| mapping.kind).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
        assert!(files_of_set("landscapes", folder.path()).is_err());
        assert!(files_of_set("landscape", &folder.path().join("none")).is_err());
    }

    #[test]
    fn a_mapping_is_a_file_or_one_that_comes_with_the_program() {
        assert!(mapping(Path::new("landscape/organizations")).is_ok());
        let failed = mapping(Path::new("no/such.toml")).unwrap_err().to_string();
        assert!(failed.contains("no/such.toml") && failed.contains("landscape/listings"), "{failed}");
    }
}
