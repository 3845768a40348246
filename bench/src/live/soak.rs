//! Goal 12, shortened: sockets come and go for a while, and memory and what is counted must not grow.

use super::{
    Arguments,
    fleet::Fleet,
    log::Faults,
    side::{Stand, caught_up},
    source::Source,
    stage::Stage,
};
use crate::{Result, process};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The part of all sockets that is reset each second: 5 % a minute.
const CHURN: f64 = 0.05 / 60.0;

/// How memory was, in KiB.
pub(super) struct Soak {
    pub(super) seconds: u64,
    /// In the first fifth, and in the last.
    pub(super) begin: f64,
    pub(super) end: f64,
    pub(super) resets: usize,
}

/// Publishes and resets.
pub(super) async fn soak(
    stand: Stand,
    source: Source<'_>,
    fleet: &Fleet,
    arguments: &Arguments,
    faults: &mut Faults,
) -> Result<Soak> {
    let organizations: Vec<_> = (1..=arguments.tenants).collect();
    let (begun, time) = (Instant::now(), Duration::from_secs(arguments.soak));
    let (mut resets, mut memory) = (0, Vec::new());
    while begun.elapsed() < time {
        let due = (begun.elapsed().as_secs_f64() * CHURN * fleet.len() as f64) as usize;
        // A step that shares no factor with usual numbers of sockets, so that all have their turn.
        fleet.reset((resets..due).map(|number| number * 7919));
        resets = due;
        source.at_rate(arguments.calm, Duration::from_secs(1), &organizations).await?;
        memory.push(process::resident(stand.pid)? as f64);
        if memory.len() % 10 == 0 {
            caught_up(source, fleet, faults).await?;
        }
    }
    caught_up(source, fleet, faults).await?;
    let part = (memory.len() / 5).max(1);
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len().max(1) as f64;
    Ok(Soak {
        seconds: arguments.soak,
        begin: mean(&memory[..part.min(memory.len())]),
        end: mean(&memory[memory.len() - part.min(memory.len())..]),
        resets,
    })
}

/// What is still counted a moment after the last socket has gone: connections, groups, feeds.
pub(super) async fn left_over(stage: &Stage) -> Result<[f64; 3]> {
    sleep(Duration::from_secs(3)).await;
    Ok([
        stage.metric("live_connections").await?,
        stage.metric("live_groups").await?,
        stage.metric("feed_topics").await?,
    ])
}
