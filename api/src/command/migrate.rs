//! `partnergraph migrate`.

use super::{data, failure::Failed, terminal};
use crate::{config, db::Migration, telemetry};
use clap::Args;
use std::process::ExitCode;

/// Bring the database's tables up to date.
///
/// Applies, in order, the migrations that DATABASE_URL lacks; what is there already stays. Run it once before
/// `serve`, after every update of the program, and by one process only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  DATABASE_URL=sqlite:partnergraph.db partnergraph migrate
  partnergraph migrate --status     only tell; exits with 1 when something is missing")]
pub(super) struct Migrate {
    /// Change nothing: list the migrations and whether they are applied; exits with 1 when one is missing.
    #[arg(long)]
    status: bool,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let database = data::from_environment(config::read_database)?;
        telemetry::start(data::from_environment(config::read_log)?);
        let db = if self.status { data::open_existing(&database).await? } else { data::open(&database).await? };
        let before = db.migrations().await.map_err(|cause| data::migration_failed(&cause))?;
        let missing: Vec<&Migration> = before.iter().filter(|migration| !migration.applied).collect();
        if self.status {
            for migration in &before {
                let state = if migration.applied { "applied" } else { "missing" };
                terminal::say(&format!("{state}  {}", migration.name));
            }
            data::close(&db).await;
            return Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        db.migrate().await.map_err(|cause| {
            Failed::new(format!("A migration failed: {cause}."))
                .advise("What was applied before it stays; `partnergraph migrate --status` lists it.")
        })?;
        data::close(&db).await;
        match missing.as_slice() {
            [] => terminal::say("The database is up to date already."),
            applied => {
                for migration in applied {
                    terminal::say(&format!("applied  {}", migration.name));
                }
                terminal::say("The database is up to date.");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
