//! Goal 9: without Redis alerts still arrive, later; with it again they come as before.

use super::{
    Arguments,
    fleet::Fleet,
    log::{Faults, Seen, Spread},
    side::caught_up,
    source::Source,
};
use crate::{Result, live::stage::Stage, neighbor::Server};
use std::time::Duration;

/// How alerts come in the three times.
pub(super) struct Hints {
    pub(super) before: Spread,
    pub(super) away: Spread,
    /// From one second after it came back.
    pub(super) back: Spread,
    pub(super) closes: usize,
}

/// Publishes at a rate while Redis goes and comes. The source must not need Redis itself.
pub(super) async fn hints(
    redis: &mut Server,
    stage: &Stage,
    source: Source<'_>,
    fleet: &Fleet,
    arguments: &Arguments,
    faults: &mut Faults,
) -> Result<Hints> {
    let organizations: Vec<_> = (1..=arguments.tenants).collect();
    let time = Duration::from_secs(arguments.seconds);
    let spread = |seen: Vec<Seen>| Spread::of(seen.iter().map(|one| one.delay));
    fleet.closes();
    source.at_rate(arguments.calm, time, &organizations).await?;
    let before = spread(caught_up(source, fleet, faults).await?);
    redis.kill()?;
    source.at_rate(arguments.calm, time * 2, &organizations).await?;
    let away = spread(caught_up(source, fleet, faults).await?);
    stage.start_redis(redis).await?;
    source.at_rate(arguments.calm, Duration::from_secs(1), &organizations).await?;
    caught_up(source, fleet, faults).await?;
    source.at_rate(arguments.calm, time, &organizations).await?;
    let back = spread(caught_up(source, fleet, faults).await?);
    Ok(Hints { before, away, back, closes: fleet.closes().len() })
}
