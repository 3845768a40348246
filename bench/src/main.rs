//! Measures a release server, and proves that its feeds lose nothing.
//!
//! It starts and stops the servers itself, on loopback, bounded in count and time. See bench/README.md.

mod api;
mod live;
mod mapping;
mod measure;
mod neighbor;
mod process;
mod proof;

use clap::{Parser, Subcommand};
use std::{error::Error, process::ExitCode};

/// What can go wrong here is only told.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Measures a release server, and proves that its feeds lose nothing.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Live(live::Arguments),
    Mapping(mapping::Arguments),
    Measure(measure::Arguments),
    Proof(proof::Arguments),
    #[command(hide = true)]
    WriteLoop,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    match Arguments::parse().command {
        Command::Live(arguments) => live::run(arguments).await,
        Command::Mapping(arguments) => mapping::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Measure(arguments) => measure::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Proof(arguments) => proof::run(arguments).await,
        Command::WriteLoop => live::write_loop(),
    }
}
