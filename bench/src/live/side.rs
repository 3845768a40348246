//! What is measured alike of the product and of its peers: one alert to many sockets, as many deliveries as fit, many
//! tenants with a few sockets each, and what a socket costs while nothing happens.

use super::{
    Arguments,
    cast::CROWD,
    fleet::{Fleet, Habit},
    log::{Faults, Spread, last_of_each},
    source::Source,
};
use crate::{Result, process};
use std::{net::SocketAddr, time::Duration};
use tokio::time::{Instant, sleep};

/// How long all sockets may take to have what was published.
pub(super) const CATCH_UP: Duration = Duration::from_secs(90);
/// Deliveries that are later than this are too late, in microseconds.
const BOUND: i64 = 250_000;
/// Alerts a second to everybody, one step after the other until they come too late.
const STEPS: [f64; 9] = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0];
/// How long memory and connections may settle.
const SETTLE: Duration = Duration::from_secs(3);

/// Whom is measured.
#[derive(Clone, Copy)]
pub(super) struct Stand {
    pub(super) address: SocketAddr,
    pub(super) pid: u32,
}

/// One alert at a time to so many sockets.
pub(super) struct Fan {
    pub(super) sockets: usize,
    pub(super) spread: Spread,
    /// To the last socket.
    pub(super) last: Spread,
    /// Microseconds of CPU a delivery.
    pub(super) cpu: f64,
}

/// A steady rate.
pub(super) struct Step {
    /// Deliveries a second.
    pub(super) rate: f64,
    pub(super) spread: Spread,
    /// Microseconds of CPU a delivery.
    pub(super) cpu: f64,
    /// Of one core.
    pub(super) load: f64,
}

/// What was measured of one side with a crowd.
#[derive(Default)]
pub(super) struct Crowd {
    pub(super) fans: Vec<Fan>,
    /// The step with the most deliveries in time.
    pub(super) best: Option<Step>,
    /// KiB of memory a socket.
    pub(super) memory: f64,
    /// All sockets of it, one after the other as fast as they are let in.
    pub(super) opened: Duration,
    pub(super) handshake: Spread,
    pub(super) faults: Faults,
}

impl Stand {
    pub(super) fn habit(&self) -> Habit {
        Habit { address: self.address, small_window: false, returns: true }
    }

    fn cpu(&self) -> Result<Duration> {
        process::cpu(self.pid)
    }
}

/// The crowd, with few sockets and then with many. The fleet is left open, for what else is done with it.
pub(super) async fn crowd(stand: Stand, source: Source<'_>, arguments: &Arguments) -> Result<(Crowd, Fleet)> {
    let organization = CROWD;
    let ticket = source.ticket(organization).await?;
    let mut crowd = Crowd::default();
    let mut fleet = Fleet::new(stand.habit());
    let few = arguments.few.min(arguments.sockets);
    fleet.open(std::iter::repeat_n(ticket, few)).await?;
    crowd.fans.push(fan(stand, source, &fleet, organization, arguments, &mut crowd.faults).await?);
    if arguments.sockets > few {
        sleep(SETTLE).await;
        let before = process::resident(stand.pid)?;
        fleet.handshakes();
        // Those who come later begin behind what the first ones have had.
        let ticket = source.ticket(organization).await?;
        crowd.opened = fleet.open(std::iter::repeat_n(ticket, arguments.sockets - few)).await?;
        crowd.handshake = Spread::of(fleet.handshakes());
        sleep(SETTLE).await;
        let after = process::resident(stand.pid)?;
        crowd.memory = after.saturating_sub(before) as f64 / (arguments.sockets - few) as f64;
        crowd.fans.push(fan(stand, source, &fleet, organization, arguments, &mut crowd.faults).await?);
    }
    for alerts in STEPS {
        let (step, in_time) =
            step(stand, source, &fleet, alerts, &[organization], arguments, &mut crowd.faults).await?;
        if !in_time {
            break;
        }
        crowd.best = Some(step);
    }
    Ok((crowd, fleet))
}

/// Many tenants at a rate.
pub(super) async fn tenants(
    stand: Stand,
    source: Source<'_>,
    fleet: &Fleet,
    alerts: f64,
    arguments: &Arguments,
    faults: &mut Faults,
) -> Result<Step> {
    let organizations: Vec<_> = (1..=arguments.tenants).collect();
    Ok(step(stand, source, fleet, alerts, &organizations, arguments, faults).await?.0)
}

/// One alert after the other, each when everybody has the one before.
async fn fan(
    stand: Stand,
    source: Source<'_>,
    fleet: &Fleet,
    organization: usize,
    arguments: &Arguments,
    faults: &mut Faults,
) -> Result<Fan> {
    // One that is not counted, so that everything is as in a server that runs.
    source.publish(organization).await?;
    caught_up(source, fleet, faults).await?;
    let (begun, cpu) = (fleet.delivered(), stand.cpu()?);
    for _ in 0..arguments.alerts {
        let before = fleet.delivered();
        source.publish(organization).await?;
        if !fleet.reach(before + fleet.len(), CATCH_UP).await {
            return Err("one alert did not reach all sockets: see whether the server answers at all".into());
        }
        sleep(Duration::from_millis(200)).await;
    }
    let cpu = stand.cpu()?.saturating_sub(cpu);
    let deliveries = fleet.delivered() - begun;
    let got = caught_up(source, fleet, faults).await?;
    Ok(Fan {
        sockets: fleet.len(),
        spread: Spread::of(got.iter().map(|seen| seen.delay)),
        last: last_of_each(&got),
        cpu: cpu.as_secs_f64() * 1e6 / deliveries.max(1) as f64,
    })
}

/// A rate for a while; whether it was held in time.
async fn step(
    stand: Stand,
    source: Source<'_>,
    fleet: &Fleet,
    alerts: f64,
    organizations: &[usize],
    arguments: &Arguments,
    faults: &mut Faults,
) -> Result<(Step, bool)> {
    let (begun, cpu, start) = (fleet.delivered(), stand.cpu()?, Instant::now());
    let time = Duration::from_secs(arguments.seconds);
    let made = source.at_rate(alerts, time, organizations).await?;
    let (cpu, took) = (stand.cpu()?.saturating_sub(cpu), start.elapsed());
    let deliveries = (fleet.delivered() - begun).max(1) as f64;
    let got = caught_up(source, fleet, faults).await?;
    let spread = Spread::of(got.iter().map(|seen| seen.delay));
    let rate = deliveries / took.as_secs_f64();
    let wanted = (time.as_secs_f64() * alerts).floor() as usize;
    let in_time = spread.p99 <= BOUND && made * 10 >= wanted * 9;
    let load = cpu.as_secs_f64() / took.as_secs_f64();
    Ok((Step { rate, spread, cpu: cpu.as_secs_f64() * 1e6 / deliveries, load }, in_time))
}

/// Waits until everybody has everything, and compares.
pub(super) async fn caught_up(source: Source<'_>, fleet: &Fleet, faults: &mut Faults) -> Result<Vec<super::log::Seen>> {
    let log = source.log().await?;
    fleet.until(CATCH_UP, |fleet| fleet.missing(&log) == 0).await;
    let got = fleet.settle(&log, true);
    *faults += got.faults;
    Ok(got.seen)
}
