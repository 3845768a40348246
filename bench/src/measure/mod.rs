//! Measures the contract documents against a release server over PostgreSQL and Redis: requests a second, latency, CPU of
//! the server and of the database a request, statements a request.
//!
//! The data set is generated, the same for the same size, and goes in through `partnergraph import` like anybody's.

mod data;
mod documents;
mod load;
mod target;

use crate::Result;
use clap::Args;
use std::{path::PathBuf, time::Duration};

/// Measure the contract documents against a release server.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Organizations in the data set; each has two listings, and nine of ten are members of the program.
    #[arg(long, default_value_t = 2000)]
    organizations: usize,
    /// Seconds of load for each document.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Connections that ask at once.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// The server's program.
    #[arg(long, default_value = "target/release/partnergraph")]
    server: PathBuf,
}

/// Measures and prints a table.
pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let target = target::prepare(&arguments.server, arguments.organizations).await?;
    println!(
        "organizations: {}, connections: {}, seconds a document: {}",
        arguments.organizations, arguments.connections, arguments.seconds
    );
    println!(
        "| document | requests/s | p50 ms | p99 ms | server us/request | database us/request | statements/request | bytes |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for case in documents::cases(arguments.organizations)? {
        // One round that is not counted: connections, caches and prepared statements as they are in a running server.
        load::run(&target, &case, arguments.connections, Duration::from_secs(1)).await?;
        let measured = load::run(&target, &case, arguments.connections, Duration::from_secs(arguments.seconds)).await?;
        println!("{}", measured.row(case.name));
    }
    target.stop().await
}
