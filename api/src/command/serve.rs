//! `partnergraph serve`.

use super::{data, failure::Failed, serving, terminal};
use crate::{
    app::{App, BuildError},
    config::Config,
    db::SqliteFile,
    http::server::stop_signal,
    telemetry,
};
use clap::Args;
use std::process::ExitCode;

/// Start the server.
///
/// Needs JWT_SECRET and a migrated database; everything else has a default (`partnergraph config` lists them). Serves
/// GraphQL at /graphql, the GraphiQL page at /, /livez, /readyz and /metrics. On SIGTERM or SIGINT it takes no new
/// connections, lets running requests end, and exits with 0.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  JWT_SECRET=$(openssl rand -hex 32) DATABASE_URL=sqlite:partnergraph.db MIGRATE_ON_START=true partnergraph serve
  LISTEN=0.0.0.0:8080 DATABASE_URL=postgres://... REDIS_URL=redis://... JWT_SECRET=... partnergraph serve")]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self) -> Result<ExitCode, Failed> {
        let config = data::from_environment(Config::read)?;
        telemetry::start(config.log);
        // An address that is taken is said before the database is touched.
        serving::check_free(config.server.listen, "Stop it, or choose another address with LISTEN")?;
        if config.migrate_on_start {
            if let Some(file) = SqliteFile::of_url(&config.database.url) {
                file.make_folder().map_err(|cause| {
                    Failed::new(format!("Cannot make the folder of {}: {cause}.", file.path().display()))
                })?;
            }
        } else {
            data::check_exists(&config.database)?;
        }
        let app = App::build(&config).await.map_err(|error| match error {
            BuildError::Database(cause) => data::open_failed(&cause),
            BuildError::Cache(cause) => Failed::new(format!("{cause}.")),
        })?;
        data::check_migrated(&app.world.db).await?;
        let listening = app.listen(&config).map_err(|error| serving::refused(error, "LISTEN"))?;
        tracing::info!(address = %listening.address(), "listening");
        // Not among the log lines, which may be for a machine.
        terminal::say(&format!("Listening on http://{}", serving::reachable(listening.address())));
        serving::run(app, listening, stop_signal()).await?;
        Ok(ExitCode::SUCCESS)
    }
}
