//! The proof that the feeds lose nothing: subscribers write down what they get while writers write and faults happen. At
//! the end each record must equal the committed alerts of its organization: no gap, no repeat, in order, nothing of
//! another organization, and everything that a writer was told is done must be there.
//!
//! It knows the product by its public face alone: documents that clients send, the program's commands, and, for the
//! verdict, the table of alerts.

mod cast;
mod faults;
mod line;
mod services;
mod subscriber;
mod verdict;
mod writer;

use crate::{Result, api};
use clap::Args;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use subscriber::Watch;

/// Prove that subscribers get every alert once and in order, whatever breaks meanwhile.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Seconds of writing and faults.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Organizations that own and share opportunities; one more has no part in anything.
    #[arg(long, default_value_t = 4)]
    organizations: usize,
    /// Subscribers of each organization.
    #[arg(long, default_value_t = 8)]
    subscribers: usize,
    /// Writers of each organization.
    #[arg(long, default_value_t = 1)]
    writers: usize,
    /// Milliseconds that a writer waits between two changes.
    #[arg(long, default_value_t = 20)]
    pause: u64,
    /// The faults, over and over in an order that the seed gives; `none` for none.
    #[arg(long, value_delimiter = ',', default_value = "replica,redis,flush,postgres,network,freeze,stuck")]
    faults: Vec<faults::Fault>,
    /// Where the order of the faults begins.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The server's program.
    #[arg(long, default_value = "target/release/partnergraph")]
    server: PathBuf,
}

/// How long nobody may get anything, once the faults are over, before it counts as lost what is missing then.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long everybody may take to have everything.
const CATCH_UP: Duration = Duration::from_secs(600);

/// Runs the proof and prints what was seen. The exit code is a failure if anything was lost, doubled, out of order or
/// seen by a stranger.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let mut services = services::Services::start(&arguments.server).await?;
    let cast = Arc::new(cast::assemble(&services, arguments.organizations).await?);
    let watch = Arc::new(Watch::default());
    let stopped = Arc::new(AtomicBool::new(false));

    let mut subscribers = Vec::new();
    for member in &cast.members {
        let head = api::head_cursor(&services.client, &services.url(0), &member.token).await?;
        for number in 0..arguments.subscribers {
            let subscriber = subscriber::Subscriber {
                organization: member.slug.clone(),
                token: member.token.clone(),
                start: head.clone(),
                addresses: services.addresses(),
                may_be_stuck: number % 5 == 0,
                watch: Arc::clone(&watch),
            };
            subscribers.push(tokio::spawn(subscriber.run()));
        }
    }
    let begun = Instant::now();
    let mut writers = Vec::new();
    for number in 0..arguments.organizations * arguments.writers {
        let writer = writer::Writer {
            number,
            cast: Arc::clone(&cast),
            urls: services.urls(),
            client: services.client.clone(),
            pause: Duration::from_millis(arguments.pause),
            stopped: Arc::clone(&stopped),
        };
        writers.push(tokio::spawn(writer.run()));
    }

    let until = begun + Duration::from_secs(arguments.seconds);
    let mut chance = StdRng::seed_from_u64(arguments.seed);
    let mut happened = Vec::new();
    tokio::time::sleep(Duration::from_secs(2)).await;
    while Instant::now() < until {
        match faults::next(&arguments.faults, &mut chance, &happened) {
            Some(fault) => {
                faults::strike(fault, &mut services, &watch, chance.random_range(0..2)).await?;
                happened.push(fault);
            }
            None => tokio::time::sleep(Duration::from_millis(500)).await,
        }
    }
    stopped.store(true, Ordering::Relaxed);
    let mut written = writer::Written::default();
    for writer in writers {
        written.add(writer.await?);
    }
    let expected = verdict::committed(&services, &cast).await?;
    let over = Instant::now();
    let caught_up = watch.all_reached(&expected.heads(), subscribers.len(), PATIENCE, CATCH_UP).await;
    let behind = over.elapsed();
    watch.stop();
    let mut records = Vec::new();
    for subscriber in subscribers {
        records.push(subscriber.await?);
    }
    let report = verdict::judge(&expected, &cast, &written, &records);
    println!("{} s, {} replicas, faults: {}", begun.elapsed().as_secs(), services.replicas(), faults::tally(&happened));
    println!("{report}");
    match caught_up {
        true => println!("Everybody had everything {:.1} s after the last change.", behind.as_secs_f64()),
        false => println!("Not everybody had everything when nothing more came, {} s later.", behind.as_secs()),
    }
    services.stop().await?;
    Ok(if report.holds() && caught_up { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
