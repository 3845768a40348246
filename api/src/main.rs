//! The program: reads its arguments, runs the command, and ends with its exit code.

use clap::Parser;
use mimalloc::MiMalloc;
use partnergraph::command::Cli;
use std::process::ExitCode;

/// Argued in docs/adr/0029.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    Cli::parse().run()
}
