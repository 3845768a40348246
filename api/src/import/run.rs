//! The use case: files in, a report out, and the database changed as a whole or not at all.
//!
//! Everything that can fail or take long (reading, judging, looking up, comparing) happens before the one transaction, in
//! batches whose results are staged in tables that nobody reads, and what is new is laid out where nobody finds it yet. So
//! memory does not grow with the rows, others are not held up, and a crash leaves nothing but what the next run removes.

use super::{
    fault::ImportFault,
    findings::{Findings, Place},
    incoming::Incoming,
    kind::Kind,
    mapping::Mapping,
    mapping_error::MappingError,
    plan::Plan,
    problem::{Code, Rejection},
    reader::{ReadFault, open},
    record::Record,
    report::Report,
    store::Stage,
};
use crate::op::{Actor, Op};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Rows of a batch where nothing else is said.
pub const BATCH_ROWS: usize = 500;

/// Rows of a batch at most: a batch is what memory holds.
pub const BATCH_ROWS_MAX: usize = 5_000;

/// What to import and how.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// Files with their mappings, in any order: they are applied in the order of [`Kind::ALL`].
    pub files: Vec<(PathBuf, Mapping)>,
    /// Do everything, and take it back at the end.
    pub dry_run: bool,
    /// Apply nothing if a single row is rejected.
    pub strict: bool,
    /// Where the problems go, as CSV; over whatever is there.
    pub report: Option<PathBuf>,
    /// Rows of a batch, 1 to [`BATCH_ROWS_MAX`].
    pub batch_rows: usize,
}

/// What an import is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reads and stages rows.
    Reading,
    /// Works out what follows from all rows together.
    Concluding,
    /// Applies what is staged.
    Applying,
    /// Has applied it.
    Applied,
}

/// A sign of progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is at.
    pub step: Step,
    /// Of which kind, while reading; after it is applied, of each kind in turn.
    pub kind: Option<Kind>,
    /// Rows read of this kind so far, rejected ones included.
    pub read: u64,
    /// Rows of this kind staged so far, or applied in the end.
    pub taken: u64,
}

/// Imports files as the operator.
///
/// Rows that are missing from a file are left as they are: an import adds and changes, and never removes. Fields that a
/// mapping does not name stay as they are.
///
/// # Errors
/// [`ImportFault`]; nothing was applied then.
pub async fn run(
    op: &Op,
    settings: &RunSettings,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, ImportFault> {
    if !matches!(op.actor, Actor::Operator) {
        return Err(ImportFault::NotOperator);
    }
    let mut files: Vec<&(PathBuf, Mapping)> = settings.files.iter().collect();
    // Stable, so that files of one kind keep the order in which they were given.
    files.sort_by_key(|(_, mapping)| mapping.kind);
    check(op, settings)?;
    let paths: Vec<&Path> = files.iter().map(|(path, _)| path.as_path()).collect();
    let stage = Stage::begin(op).await?;
    // Only now: an import that is refused must not write over the report of the one that runs.
    let findings = match Findings::begin(&paths, settings.report.as_deref()) {
        Ok(findings) => findings,
        Err(fault) => {
            end(&stage, op).await;
            return Err(fault);
        }
    };
    let mut plan = Plan::new(op, stage, findings);
    let outcome = whole(&mut plan, settings, &files, progress).await;
    end(&plan.stage, op).await;
    outcome.map(|()| plan.findings.report)
}

/// What was staged is of no use any more. Where even this fails, the next run does it.
async fn end(stage: &Stage, op: &Op) {
    if let Err(fault) = stage.end(op).await {
        tracing::warn!(%fault, "what an import staged or laid out was left behind");
    }
}

fn check(op: &Op, settings: &RunSettings) -> Result<(), ImportFault> {
    if settings.files.is_empty() {
        return Err(ImportFault::Setting("there is no file to import".to_owned()));
    }
    if !(1..=BATCH_ROWS_MAX).contains(&settings.batch_rows) {
        return Err(ImportFault::Setting(format!("a batch has 1 to {BATCH_ROWS_MAX} rows")));
    }
    let ahead = |mapping: &&Mapping| mapping.effective_on.is_some_and(|day| day > op.today());
    if let Some(mapping) = settings.files.iter().map(|(_, mapping)| mapping).find(ahead) {
        let day = mapping.effective_on.unwrap_or_default();
        return Err(ImportFault::Setting(format!("effective_on = {day} is yet to come; give the day of the file")));
    }
    Ok(())
}

async fn whole(
    plan: &mut Plan<'_>,
    settings: &RunSettings,
    files: &[&(PathBuf, Mapping)],
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), ImportFault> {
    plan.find_house().await?;
    for (file, (path, mapping)) in files.iter().enumerate() {
        plan.declare_programs(mapping).await?;
        read(plan, path, mapping, i64::try_from(file).unwrap_or(i64::MAX), settings.batch_rows, progress).await?;
    }
    progress(Progress { step: Step::Concluding, kind: None, read: 0, taken: 0 });
    let has = |kind| files.iter().any(|(_, mapping)| mapping.kind == kind);
    plan.shared(Kind::Organizations).await?;
    plan.shared(Kind::Listings).await?;
    if has(Kind::MembershipEvents) {
        plan.streams().await?;
        plan.without_events().await?;
    } else if has(Kind::Memberships) {
        plan.settle().await?;
    }
    plan.history().await?;
    plan.findings.finish()?;
    let report = &plan.findings.report;
    if settings.strict && report.total().rejected > 0 {
        return Err(ImportFault::Strict { report: Box::new(report.clone()) });
    }
    progress(Progress { step: Step::Applying, kind: None, read: 0, taken: 0 });
    let open = plan.stage.apply(plan.op, settings.dry_run).await?;
    plan.findings.report.applying = open.to_std().ok();
    let report = &plan.findings.report;
    if !settings.dry_run {
        for (kind, tally) in report.tallies() {
            let taken = tally.created + tally.updated;
            progress(Progress { step: Step::Applied, kind: Some(kind), read: tally.rows(), taken });
        }
    }
    Ok(())
}

async fn read(
    plan: &mut Plan<'_>,
    path: &Path,
    mapping: &Mapping,
    file: i64,
    batch_rows: usize,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), ImportFault> {
    let unfit = |error| match error {
        MappingError::Read { error, .. } => ImportFault::Read { path: path.to_owned(), error },
        error => ImportFault::Mapping { path: path.to_owned(), error },
    };
    let mut reader = open(path, mapping).map_err(unfit)?;
    plan.findings.report.of(mapping.kind);
    let mut batch = Vec::with_capacity(batch_rows);
    let (mut read, mut rejected) = (0, 0);
    let mut last: Option<Rejection> = None;
    for row in reader.by_ref() {
        read += 1;
        last = None;
        match row {
            Ok(row) => {
                let place = Place { kind: mapping.kind, file, line: row.line };
                for warning in &row.warnings {
                    plan.findings.problem(place, warning)?;
                }
                batch.push(Incoming::new(place, row.record, mapping, &row.warnings));
            }
            Err(ReadFault::Row(rejection)) => {
                rejected += 1;
                plan.findings.reject(Place { kind: mapping.kind, file, line: rejection.line }, &rejection)?;
                last = Some(rejection);
            }
            Err(ReadFault::Io(error)) => return Err(ImportFault::Read { path: path.to_owned(), error }),
        }
        if batch.len() == batch_rows {
            stage(plan, mapping, std::mem::take(&mut batch)).await?;
            progress(Progress { step: Step::Reading, kind: Some(mapping.kind), read, taken: read - rejected });
        }
    }
    if last.is_some_and(|rejection| broken_off(&rejection)) && !ends_with_a_line(path) {
        return Err(ImportFault::CutOff { path: path.to_owned() });
    }
    for unseen in reader.unseen_columns() {
        plan.findings.problem(Place { kind: mapping.kind, file, line: 0 }, &unseen)?;
    }
    stage(plan, mapping, batch).await?;
    progress(Progress { step: Step::Reading, kind: Some(mapping.kind), read, taken: read - rejected });
    Ok(())
}

/// Whether a row is faulty in the way that the last row of half a file is.
fn broken_off(rejection: &Rejection) -> bool {
    let torn = |code| matches!(code, Code::RaggedRow | Code::UnclosedQuote | Code::InvalidJson | Code::InvalidUtf8);
    rejection.problems.iter().any(|problem| torn(problem.code))
}

/// Whether the last byte of the file ends a line. A file that cannot be asked counts as whole.
fn ends_with_a_line(path: &Path) -> bool {
    let last = || {
        let mut file = File::open(path).ok()?;
        file.seek(SeekFrom::End(-1)).ok()?;
        let mut byte = [0];
        file.read_exact(&mut byte).ok()?;
        Some(byte == [b'\n'])
    };
    last().unwrap_or(true)
}

async fn stage(plan: &mut Plan<'_>, mapping: &Mapping, batch: Vec<Incoming<Record>>) -> Result<(), ImportFault> {
    match mapping.kind {
        Kind::Organizations => {
            let rows = typed(batch, |record| match record {
                Record::Organization(record) => Some(*record),
                _ => None,
            });
            plan.organizations(mapping, rows).await?;
        }
        Kind::Memberships => {
            let rows = typed(batch, |record| match record {
                Record::Membership(record) => Some(*record),
                _ => None,
            });
            plan.memberships(mapping, rows).await?;
        }
        Kind::Listings => {
            let rows = typed(batch, |record| match record {
                Record::Listing(record) => Some(*record),
                _ => None,
            });
            plan.listings(mapping, rows).await?;
        }
        Kind::Integrations => {
            let rows = typed(batch, |record| match record {
                Record::Integration(record) => Some(*record),
                _ => None,
            });
            plan.integrations(mapping, rows).await?;
        }
        Kind::MembershipEvents => {
            let rows = typed(batch, |record| match record {
                Record::MembershipEvent(record) => Some(*record),
                _ => None,
            });
            plan.events(mapping, rows).await?;
        }
    }
    plan.stage.seen(plan.op).await
}

/// The rows as what their mapping's kind makes of them; a reader gives records of that kind only.
fn typed<R>(batch: Vec<Incoming<Record>>, pick: fn(Record) -> Option<R>) -> Vec<Incoming<R>> {
    batch.into_iter().filter_map(|row| row.filter_map(pick)).collect()
}
