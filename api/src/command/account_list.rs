//! `partnergraph account-list`.

use super::{data, failure::Failed, terminal};
use crate::{
    account::{
        csv::{Asked, ImportFault, Report, Source, import},
        model::{AccountImportMode, AccountList, AccountListKind, NewList},
        service,
    },
    op::Op,
};
use clap::{Args, Subcommand, ValueEnum};
use entity::id::{AccountListId, TypedId};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Exit code of an import that is done and rejected some rows.
const SOME_REJECTED: u8 = 3;
/// Problems that are shown.
const SHOWN: usize = 20;

/// Load lists of accounts (customers, open opportunities, prospects) for account mapping.
#[derive(Debug, Args)]
pub(super) struct AccountLists {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Load a CSV file into an account list, as a whole or not at all.
    ///
    /// The first row names the columns: name, and as far as they are there external id, website, country, email, DUNS,
    /// owner, stage, amount, currency; any other column is kept as a further field. The list is named by its id, or by its
    /// organization and name, and is then made if it is not there.
    #[command(after_help = "\
Examples:
  partnergraph account-list import --organization acme --name Customers --kind customers customers.csv
  partnergraph account-list import --list acl_0192... --mode merge --dry-run changes.csv

Exit codes: 0 all rows were taken, 3 done but some rows were rejected, 1 nothing was applied.")]
    Import(Import),
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("which").required(true).multiple(false).args(["list", "organization"])))]
struct Import {
    /// The list's id.
    #[arg(long, value_name = "ID")]
    list: Option<String>,
    /// The slug of the organization that has the list.
    #[arg(long, value_name = "SLUG", requires = "name")]
    organization: Option<String>,
    /// The list's name.
    #[arg(long, requires = "organization")]
    name: Option<String>,
    /// What its accounts are; needed where the list is to be made.
    #[arg(long, requires = "organization")]
    kind: Option<Kind>,
    /// The slug of the offline partner whose accounts they are; the organization's own without it.
    #[arg(long, value_name = "SLUG", requires = "organization")]
    partner: Option<String>,
    /// What becomes of accounts that the file does not have.
    #[arg(long, default_value = "replace")]
    mode: Mode,
    /// Do everything, report, and take it back.
    #[arg(long)]
    dry_run: bool,
    /// The CSV file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Customers,
    OpenOpportunities,
    Prospects,
    Custom,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// They go.
    Replace,
    /// They stay.
    Merge,
}

impl AccountLists {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let Action::Import(wanted) = self.action;
        // Before anything is made: a wrong path is the most usual mistake.
        let source = source(&wanted.file)?;
        let world = data::world().await?;
        let op = data::operator(&world, "account-list");
        let done = wanted.run(&op, source).await;
        data::close(&world.db).await;
        done
    }
}

impl Import {
    async fn run(&self, op: &Op, source: Source) -> Result<ExitCode, Failed> {
        let list = self.find_or_make(op).await?;
        let mode = match self.mode {
            Mode::Replace => AccountImportMode::Replace,
            Mode::Merge => AccountImportMode::Merge,
        };
        match import(op, list, Asked { mode, dry_run: self.dry_run }, source).await {
            Ok(report) => Ok(self.conclude(list, &report)),
            Err(ImportFault::Unusable(message)) => Err(Failed::new(message)),
            Err(ImportFault::Refused(failure)) => Err(failure.into()),
            Err(ImportFault::Stopped(stopped, report)) => {
                tell_problems(&report);
                Err(stopped.into_failure().into())
            }
        }
    }

    async fn find_or_make(&self, op: &Op) -> Result<AccountListId, Failed> {
        if let Some(text) = &self.list {
            let id = AccountListId::parse_global(text);
            return id.ok_or_else(|| Failed::new(format!("`{text}` is not the id of an account list.")));
        }
        let (Some(slug), Some(name)) = (&self.organization, &self.name) else {
            return Err(Failed::new("Name the list by --list, or by --organization and --name."));
        };
        let owner = data::organization(op, slug).await?.id;
        let subject = match &self.partner {
            Some(partner) => data::organization(op, partner).await?.id,
            None => owner,
        };
        if let Some(found) = service::find_by_name(op, owner, subject, name).await? {
            return Ok(found.id);
        }
        let kind = self.kind.ok_or_else(|| {
            Failed::new(format!("{slug} has no list `{name}`."))
                .advise("Add --kind to make it, or look at the name again.")
        })?;
        let new = NewList { name: name.clone(), kind: kind.into(), partner: self.partner.clone() };
        let made: AccountList = service::create_for(op, owner, new, None).await.map_err(Failed::from)?;
        terminal::note(&format!("Made the list `{}` ({}).", made.name, made.id.global()));
        Ok(made.id)
    }

    fn conclude(&self, list: AccountListId, report: &Report) -> ExitCode {
        let Report { rows, created, updated, unchanged, removed, rejected, doubtful, .. } = report;
        terminal::say(&format!(
            "{}: {rows} rows, {created} created, {updated} updated, {unchanged} unchanged, {removed} removed, \
             {rejected} rejected, {doubtful} taken in part.",
            list.global()
        ));
        if let Some(count) = report.account_count {
            terminal::say(&format!("The list has {count} accounts."));
        }
        if self.dry_run {
            terminal::say("Nothing was applied: this was a dry run.");
        }
        tell_problems(report);
        if *rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REJECTED) }
    }
}

impl From<Kind> for AccountListKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Customers => Self::Customers,
            Kind::OpenOpportunities => Self::OpenOpportunities,
            Kind::Prospects => Self::Prospects,
            Kind::Custom => Self::Custom,
        }
    }
}

fn tell_problems(report: &Report) {
    let (problems, left_out) = report.problems();
    for problem in problems.iter().take(SHOWN) {
        let column = problem.column.as_ref().map(|column| format!(", {}", crate::sheet::inert(column)));
        terminal::note(&format!(
            "Line {}{}: {} ({}) `{}`",
            problem.line,
            column.unwrap_or_default(),
            problem.message,
            problem.code,
            crate::sheet::inert(&problem.value).replace('\n', " "),
        ));
    }
    let more = (problems.len() as u64 + left_out).saturating_sub(SHOWN as u64);
    if more > 0 {
        terminal::note(&format!("... and {more} more."));
    }
}

fn source(path: &Path) -> Result<Source, Failed> {
    let unread = |cause: io::Error| Failed::new(format!("Cannot read {}: {cause}.", path.display()));
    let file = File::open(path).map_err(unread)?;
    let length = file.metadata().map_err(unread)?.len();
    let count = Arc::new(AtomicU64::new(0));
    let reader = Counted { file, count: Arc::clone(&count) };
    Ok(Source { reader: Box::new(reader), count, length: Some(length) })
}

struct Counted {
    file: File,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
