//! Measures the live feeds over real sockets, and beside the server a Node peer and a bare loop of `write`, so that figures
//! are ratios of one run on one machine. Whatever it measures, it also checks every socket for gaps, repeats and order.

mod append;
mod cast;
mod fleet;
mod hints;
mod log;
mod peer;
mod rights;
mod side;
mod soak;
mod source;
mod stage;
mod stalled;
mod storm;
mod table;
mod wire;
mod write_loop;

pub(crate) use write_loop::write_loop;

use crate::{Result, neighbor::Server};
use append::Appender;
use cast::{CROWD, Cast};
use clap::Args;
use fleet::Fleet;
use log::Faults;
use peer::Peer;
use side::{Crowd, Stand, Step};
use source::Source;
use stage::Stage;
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

/// Measure the live feeds against a release server, beside a Node peer and a bare loop of `write`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Sockets of the crowd, which all follow one feed; the files that a process may have open are the limit.
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// Sockets of the small crowd, and of the one in which some stop reading.
    #[arg(long, default_value_t = 1_000)]
    few: usize,
    /// Organizations with a few sockets each.
    #[arg(long, default_value_t = 1_000)]
    tenants: usize,
    /// Sockets of each of these.
    #[arg(long, default_value_t = 10)]
    each: usize,
    /// Alerts that go to a crowd one after the other.
    #[arg(long, default_value_t = 10)]
    alerts: usize,
    /// Alerts a second for the tenants, at most.
    #[arg(long, default_value_t = 1_000.0)]
    rate: f64,
    /// Mutations a second while Redis is away, and in the soak.
    #[arg(long, default_value_t = 50.0)]
    calm: f64,
    /// Seconds of each rate.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Seconds in which sockets come and go; 0 leaves it out.
    #[arg(long, default_value_t = 60)]
    soak: u64,
    /// The core that the measured process runs on alone; without it, it runs wherever the system puts it.
    #[arg(long)]
    core: Option<usize>,
    /// The folder of the Node peer; `none` leaves it out.
    #[arg(long, default_value = "bench/peer")]
    peer: PathBuf,
    /// The server's program; `none` leaves it out, to try the peers alone.
    #[arg(long, default_value = "target/release/partnergraph")]
    server: PathBuf,
}

/// What was measured of one side.
#[derive(Default)]
struct Side {
    crowd: Crowd,
    tenants: Option<Step>,
}

/// What was measured of the product alone.
#[derive(Default)]
struct Own {
    /// With mutations as they come, at the rate that they reach.
    changes: Option<Step>,
    tenants_memory: f64,
    storms: Vec<storm::Storm>,
    hints: Option<hints::Hints>,
    stalled: Option<stalled::Stalled>,
    expired: Option<rights::Ends>,
    removed: Option<rights::Ends>,
    soak: Option<soak::Soak>,
    left_over: [f64; 3],
    faults: Faults,
}

/// Measures and prints a table. The exit code is a failure if an alert was lost, repeated or out of order, and never
/// because of a time.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let begun = Instant::now();
    let (ours, own) = match arguments.server.as_os_str() == "none" {
        true => Default::default(),
        false => product(&arguments).await?,
    };
    let write_loop = env::current_exe()?;
    let bare = beside("the bare loop of write", peer(&arguments, &write_loop, &["write-loop"])).await;
    let script = arguments.peer.join("serve.mjs");
    let script = script.to_str().ok_or("the peer's folder has a strange name")?;
    let words = ["--max-semi-space-size=32", script];
    let node = match arguments.peer.as_os_str() == "none" {
        true => None,
        false => beside("the Node peer", peer(&arguments, Path::new("node"), &words)).await,
    };
    println!("{}", table::render(&arguments, &ours, &own, node.as_ref(), bare.as_ref()));
    println!("\nMeasured in {} s.", begun.elapsed().as_secs());
    for (name, side) in [("Node", node.as_ref()), ("write loop", bare.as_ref())] {
        if let Some(side) = side {
            println!("{name}: {}", side.crowd.faults);
        }
    }
    println!("partnergraph: {}", own.faults);
    Ok(if own.faults.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a peer cannot do is no reason to throw away what was measured: its column stays empty.
async fn beside(name: &str, measured: impl Future<Output = Result<Side>>) -> Option<Side> {
    say(name);
    measured.await.inspect_err(|error| eprintln!("bench: {name}: {error}")).ok()
}

/// Everything that is measured of a peer.
async fn peer(arguments: &Arguments, program: &Path, words: &[&str]) -> Result<Side> {
    let peer = Peer::start(arguments.core, program, words)?;
    let stand = Stand { address: peer.address, pid: peer.pid() };
    let source = Source::Peer(&peer);
    let (mut crowd, fleet) = side::crowd(stand, source, arguments).await?;
    fleet.close().await;
    // Who only writes learns by the answer to a first writing, and so at the second one, that somebody has gone.
    for _ in 0..2 {
        peer.publish(CROWD)?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let mut fleet = Fleet::new(stand.habit());
    for organization in 1..=arguments.tenants {
        fleet.add(std::iter::repeat_n(peer.ticket(organization), arguments.each));
    }
    fleet.opened().await?;
    let step = side::tenants(stand, source, &fleet, arguments.rate, arguments, &mut crowd.faults).await?;
    fleet.close().await;
    Ok(Side { crowd, tenants: Some(step) })
}

/// Everything that is measured of the product.
async fn product(arguments: &Arguments) -> Result<(Side, Own)> {
    say("partnergraph: the stage");
    let stage = Stage::set(&arguments.server, arguments.core).await?;
    let cast = Cast::assemble(&stage, arguments.tenants).await?;
    let mut redis = Server::from_environment("REDIS")?;
    let stand = Stand { address: stage.sockets.address, pid: stage.sockets.pid() };
    let changes = Source::Changes(&stage, &cast);
    let mut own = Own::default();

    say("partnergraph: the crowd");
    let (crowd, fleet) = side::crowd(stand, changes, arguments).await?;
    own.faults += crowd.faults.clone();
    let appender = Appender::open(&stage, &cast).await?;
    let appends = Source::Appends(&appender);
    say("partnergraph: the crowd is cut off");
    for patiently in [false, true] {
        let crowd = ("one feed", &[CROWD][..]);
        own.storms.push(storm::storm(&stage, appends, &fleet, crowd, patiently, &mut own.faults).await?);
    }
    fleet.close().await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    say("partnergraph: tenants");
    let before = stage.resident()?;
    let mut fleet = Fleet::new(stand.habit());
    let tickets = cast.tenants(&stage, arguments.each).await?;
    fleet.open(tickets).await?;
    own.tenants_memory = stage.resident()?.saturating_sub(before) as f64 / fleet.len().max(1) as f64;
    own.changes = Some(side::tenants(stand, changes, &fleet, arguments.rate, arguments, &mut own.faults).await?);
    let step = side::tenants(stand, appends, &fleet, arguments.rate, arguments, &mut own.faults).await?;
    say("partnergraph: tenants are cut off");
    let organizations: Vec<_> = (1..=arguments.tenants).collect();
    for patiently in [false, true] {
        let all = ("all tenants", &organizations[..]);
        own.storms.push(storm::storm(&stage, appends, &fleet, all, patiently, &mut own.faults).await?);
    }
    say("partnergraph: without Redis");
    own.hints = Some(hints::hints(&mut redis, &stage, changes, &fleet, arguments, &mut own.faults).await?);
    if arguments.soak > 0 {
        say("partnergraph: sockets come and go");
        own.soak = Some(soak::soak(stand, changes, &fleet, arguments, &mut own.faults).await?);
    }
    fleet.close().await;
    own.left_over = soak::left_over(&stage).await?;

    say("partnergraph: some stop reading");
    own.stalled = Some(stalled::stalled(&stage, stand, changes, arguments, &mut own.faults).await?);
    say("partnergraph: rights end");
    let count = arguments.few.min(100);
    own.expired = Some(rights::expired(stand, &cast, changes, count, &mut own.faults).await?);
    own.removed = Some(rights::removed(&stage, stand, &cast, changes, count, &mut own.faults).await?);
    Ok((Side { crowd, tenants: Some(step) }, own))
}

/// What is done now, for who waits.
fn say(what: &str) {
    eprintln!("bench: {what}");
}
