//! The program: reads its arguments, runs the command, and ends with its exit code.

use clap::Parser;
use partnergraph::command::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    Cli::parse().run()
}
