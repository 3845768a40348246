//! `partnergraph schema`.

use super::{failure::Failed, terminal};
use crate::schema;
use clap::Args;
use std::process::ExitCode;

/// Print the GraphQL schema.
///
/// Needs no setting and no database: the schema is part of the program.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  partnergraph schema > schema.graphql")]
pub(super) struct PrintSchema {}

impl PrintSchema {
    pub(super) fn run(self) -> Result<ExitCode, Failed> {
        terminal::say(schema::sdl().trim_end_matches('\n'));
        Ok(ExitCode::SUCCESS)
    }
}
