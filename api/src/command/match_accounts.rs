//! `partnergraph match`.

use super::{failure::Failed, terminal};
use clap::Args;
use matching::file::{FileFault, Files, Report, run};
use std::{path::PathBuf, process::ExitCode};

/// Find which accounts of two CSV files are the same company.
///
/// Needs no setting and no database: it is the engine of account mapping by itself. Each file has a header; the columns
/// account_id and name have to be there, website, country, email_domain and duns count where they are, all others are left
/// alone. Every pair says how sure it is (a score from 0.5 to 1, and POSSIBLE, LIKELY or CERTAIN) and why.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  partnergraph match --left ours.csv --right theirs.csv --out pairs.csv
  partnergraph match --left ours.csv --right theirs.csv --out sure.csv --least 0.99")]
pub(super) struct Match {
    /// The CSV file of one list of accounts.
    #[arg(long, value_name = "FILE")]
    left: PathBuf,
    /// The CSV file of the other.
    #[arg(long, value_name = "FILE")]
    right: PathBuf,
    /// Write the pairs into this CSV file (a_id, b_id, score, confidence, reasons), over whatever is there.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Leave out pairs of a lesser score, from 0.5 to 1.
    #[arg(long, value_name = "SCORE", default_value_t = 0.5)]
    least: f32,
}

impl Match {
    pub(super) fn run(self) -> Result<ExitCode, Failed> {
        let files = Files { left: self.left, right: self.right, out: self.out, least: self.least };
        let Report { left, right, pairs, .. } = run(&files).map_err(|fault| {
            let failed = Failed::new(format!("{fault}."));
            match fault {
                FileFault::Column { .. } => failed.advise("Name the columns account_id, name, website and country."),
                _ => failed,
            }
        })?;
        terminal::say(&format!("{pairs} pairs of {left} and {right} accounts are in {}.", files.out.display()));
        Ok(ExitCode::SUCCESS)
    }
}
