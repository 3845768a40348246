//! `partnergraph feed`.

use super::{data, failure::Failed, terminal};
use crate::event::feed;
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Look after the feeds of alerts.
#[derive(Debug, Args)]
pub(super) struct Feed {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Begin a new epoch of all feeds, after the database was put back to an earlier state.
    ///
    /// Every client of the feed holds a cursor: the number of the last alert that it has. A database that was restored
    /// from a backup, or a standby that took over without the last commits, gives those numbers out a second time, and
    /// a client would miss the new alerts without knowing. With a new epoch each client is told that its feed begins
    /// anew, and goes on with the oldest alert that is kept. Run it once, after the restore and before `serve`; running
    /// servers notice it within a second. Nothing is deleted, and what people have read stays read. `restore` of an
    /// SQLite file does it by itself.
    #[command(after_help = "\
Example:
  pg_restore --clean --if-exists --exit-on-error --single-transaction --dbname=\"$DATABASE_URL\" partnergraph.dump
  partnergraph feed new-epoch")]
    NewEpoch,
}

impl Feed {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        match self.action {
            Action::NewEpoch => new_epoch().await,
        }
    }
}

async fn new_epoch() -> Result<ExitCode, Failed> {
    let world = data::world().await?;
    let op = data::operator(&world, "feed");
    let begun = feed::new_epoch(&op).await;
    data::close(&world.db).await;
    let epoch = begun.map_err(|fault| {
        Failed::new(format!("Cannot begin a new epoch: {}.", fault.chain())).advise("Nothing was changed. Try again.")
    })?;
    terminal::say(&format!("The feeds are in epoch {epoch} now; clients with older cursors are told to begin anew."));
    Ok(ExitCode::SUCCESS)
}
