//! Goal 10: some readers stop reading. What they cost, what the others notice, and how they come back.

use super::{
    Arguments,
    cast::CROWD,
    fleet::{Fleet, Habit},
    log::{Faults, Log, Spread},
    side::{CATCH_UP, Stand, caught_up},
    source::Source,
    stage::Stage,
};
use crate::{Result, process};
use std::time::Duration;
use tokio::time::Instant;

/// How long the stalled may stay: until the server's patience is over, which begins when nothing more fits.
const PATIENCE: Duration = Duration::from_secs(60);
/// Alerts a second, to everybody.
const RATE: f64 = 20.0;
/// Bytes that wait for a socket that does read are fewer than this.
const LITTLE: u64 = 8 << 10;

/// What was seen.
pub(super) struct Stalled {
    pub(super) sockets: usize,
    pub(super) stalled: usize,
    pub(super) before: Spread,
    /// Of those who read.
    pub(super) meanwhile: Spread,
    /// KiB of the server's memory more, a stalled socket.
    pub(super) server: f64,
    /// KiB that waited in the system for one of them at most.
    pub(super) kernel: f64,
    /// How many were closed with 1013.
    pub(super) closed: usize,
}

/// Opens a fleet of its own, and has a tenth of it stop reading.
pub(super) async fn stalled(
    stage: &Stage,
    stand: Stand,
    source: Source<'_>,
    arguments: &Arguments,
    faults: &mut Faults,
) -> Result<Stalled> {
    let sockets = arguments.few;
    let count = sockets / 10;
    let mut fleet = Fleet::new(Habit { small_window: true, ..stand.habit() });
    fleet.open(std::iter::repeat_n(source.ticket(CROWD).await?, sockets)).await?;
    let time = Duration::from_secs(arguments.seconds);
    source.at_rate(RATE, time, &[CROWD]).await?;
    let before = Spread::of(caught_up(source, &fleet, faults).await?.iter().map(|seen| seen.delay));

    let (slow, memory) = (stage.metric("websocket_slow_closes_total").await?, process::resident(stand.pid)?);
    fleet.closes();
    fleet.stall(count, true);
    let (mut server, mut kernel) = (0_u64, 0_u64);
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until && stage.metric("websocket_slow_closes_total").await? - slow < count as f64 {
        source.at_rate(RATE, Duration::from_secs(1), &[CROWD]).await?;
        server = server.max(process::resident(stand.pid)?.saturating_sub(memory));
        kernel = kernel.max(process::unsent(stand.address.port(), LITTLE)?.into_iter().max().unwrap_or_default());
    }
    let log: Log = source.log().await?;
    // The others must have everything while the stalled still stand still.
    fleet.until(CATCH_UP, |fleet| fleet.missing_of(&log, count..sockets) == 0).await;
    let others = fleet.settle_some(&log, true, count..sockets);
    *faults += others.faults;
    fleet.stall(count, false);
    fleet.until(CATCH_UP, |fleet| fleet.missing(&log) == 0).await;
    let late = fleet.settle_some(&log, true, 0..count);
    *faults += late.faults;
    let closed = fleet.closes().iter().filter(|(code, _)| *code == 1013).count();
    fleet.close().await;
    Ok(Stalled {
        sockets,
        stalled: count,
        before,
        meanwhile: Spread::of(others.seen.iter().map(|seen| seen.delay)),
        server: server as f64 / count.max(1) as f64,
        kernel: kernel as f64 / 1024.0,
        closed,
    })
}
