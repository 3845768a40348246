//! A file on its way into a list: read some rows ahead, laid out part by part, shown in the end.

use super::{
    file::{FileFault, Part, Reading, Source},
    report::Report,
};
use crate::{
    account::{
        model::{AccountImportMode, Became},
        service::{Import, Stopped},
    },
    op::{Failure, Op},
    sheet::Problem,
};
use entity::id::{AccountListId, TypedId};
use std::time::Duration;

/// How long the file may bring nothing before its import says that it is alive: a quarter of a lease.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// How a file is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What becomes of accounts that the file does not have.
    pub mode: AccountImportMode,
    /// Whether everything is taken back in the end.
    pub dry_run: bool,
}

/// Why a file was not taken. Nothing of it was, then.
#[derive(Clone, Debug)]
pub enum ImportFault {
    /// It is no file of accounts. The text is for people.
    Unusable(String),
    /// The list cannot be written, or not by this actor.
    Refused(Failure),
    /// It broke off; the report says what was found until then.
    Stopped(Stopped, Box<Report>),
}

/// Takes a file into a list.
///
/// # Errors
/// [`ImportFault`]; nothing of the file was taken then.
pub async fn import(op: &Op, list: AccountListId, asked: Asked, source: Source) -> Result<Report, ImportFault> {
    let length = source.length.and_then(|length| i64::try_from(length).ok());
    let mut file = Reading::begin(source).await.map_err(|fault| match fault {
        FileFault::Unusable(message) => ImportFault::Unusable(message),
        FileFault::Broken(problem) => ImportFault::Refused(Stopped::Problem(problem).into_failure()),
    })?;
    let begun = Import::begin(op, list, asked.mode, asked.dry_run, length).await;
    let mut import = begun.map_err(ImportFault::Refused)?;
    let mut report = Report::begin(import.row().id.global(), asked.mode, asked.dry_run);
    match run(&mut import, &mut file, &mut report).await {
        Ok(()) => Ok(report),
        Err(stopped) => {
            report.count(import.counts());
            if let Err(fault) = import.break_off(&stopped).await {
                // Whoever finds the import dead takes it back.
                tracing::warn!(error = %fault.chain(), "an import was not taken back at once");
            }
            Err(ImportFault::Stopped(stopped, Box::new(report)))
        }
    }
}

async fn run(import: &mut Import, file: &mut Reading, report: &mut Report) -> Result<(), Stopped> {
    loop {
        match tokio::time::timeout(SIGN_OF_LIFE, file.next()).await {
            Err(_) => import.wait(file.bytes()).await?,
            Ok(Err(problem)) => return Err(Stopped::Problem(problem)),
            Ok(Ok(None)) => break,
            Ok(Ok(Some(part))) => take(import, part, file.bytes(), report).await?,
        }
    }
    let list = import.finish(file.bytes()).await?;
    report.count(import.counts());
    report.written = import.counts().changes() && !report.dry_run;
    report.version = Some(list.version);
    report.account_count = Some(list.account_count);
    Ok(())
}

async fn take(import: &mut Import, part: Part, bytes: i64, report: &mut Report) -> Result<(), Stopped> {
    let mut problems = part.problems;
    (0..part.rejected).for_each(|_| import.reject());
    report.doubtful += i64::try_from(part.doubtful).unwrap_or_default();
    let (lines, contents): (Vec<_>, Vec<_>) = part.rows.into_iter().map(|row| (row.line, row.content)).unzip();
    let became = import.take(&contents, bytes).await?;
    for ((line, content), became) in lines.into_iter().zip(&contents).zip(became) {
        if became == Became::Repeated {
            let message =
                "A row before this one has the same external id; where a file has none, the same domain or name.";
            problems.push(Problem::new(line, None, &content.external_id, "DUPLICATE_ROW", message));
        }
    }
    problems.sort_by_key(|problem| problem.line);
    problems.into_iter().for_each(|problem| report.add(problem));
    Ok(())
}
