//! Goal 8: everybody is cut off at once, and comes back: without waiting at all, and as graphql-ws does by default, which
//! waits one second and 0.3 to 3 more. Of thousands that come in one moment the last one waits for all others, whatever a
//! handshake takes; so the time of a handshake is judged as clients come, and that everybody is back in both.

use super::{
    fleet::{Fleet, now},
    log::{Faults, Seen, Spread},
    side::{CATCH_UP, caught_up},
    source::Source,
    stage::Stage,
};
use crate::Result;
use std::time::Duration;
use tokio::time::sleep;

/// How the statements begin that are not the server's but those of the one who measures.
const OWN: [&str; 2] = ["WITH raised", "SELECT organization_id, id, (extract"];

/// What a storm took.
pub(super) struct Storm {
    /// Whose sockets.
    pub(super) whose: &'static str,
    pub(super) feeds: usize,
    /// Whether they waited before they came back.
    pub(super) patiently: bool,
    pub(super) sockets: usize,
    /// Microseconds until the last one had what was committed meanwhile.
    pub(super) resumed: i64,
    pub(super) handshake: Spread,
    /// Statements of the server meanwhile, with what was most often.
    pub(super) statements: i64,
    pub(super) most: Vec<(String, i64)>,
}

/// Resets all sockets and publishes one alert for each of these organizations, which everybody gets by its cursor.
pub(super) async fn storm(
    stage: &Stage,
    source: Source<'_>,
    fleet: &Fleet,
    (whose, organizations): (&'static str, &[usize]),
    patiently: bool,
    faults: &mut Faults,
) -> Result<Storm> {
    caught_up(source, fleet, faults).await?;
    fleet.handshakes();
    fleet.closes();
    // The looks at rights that follow every beginning must not be counted, nor those of a former storm.
    sleep(Duration::from_secs(2)).await;
    let before = stage.statements().await?;
    let begun = now();
    fleet.wait_to_return(patiently);
    fleet.reset(0..fleet.len());
    // Written straight, so that the changes' own statements are few and known.
    source.at_rate(5000.0, Duration::from_secs_f64(organizations.len() as f64 / 5000.0), organizations).await?;
    let seen: Vec<Seen> = caught_up(source, fleet, faults).await?;
    fleet.until(CATCH_UP, |fleet| fleet.ready() >= fleet.len()).await;
    // Each session looks at its rights once more, a second after it began.
    sleep(Duration::from_secs(2)).await;
    let after = stage.statements().await?;
    let mut most: Vec<_> = after
        .iter()
        .map(|(text, calls)| (text.clone(), calls - before.get(text).copied().unwrap_or_default()))
        .filter(|(text, calls)| *calls > 0 && !OWN.iter().any(|own| text.starts_with(own)))
        .collect();
    most.sort_by_key(|(_, calls)| -calls);
    fleet.wait_to_return(false);
    Ok(Storm {
        whose,
        feeds: organizations.len(),
        patiently,
        sockets: fleet.len(),
        resumed: seen.iter().map(|one| one.published + one.delay).max().unwrap_or_default() - begun,
        handshake: Spread::of(fleet.handshakes()),
        statements: most.iter().map(|(_, calls)| calls).sum(),
        most: most.into_iter().take(4).collect(),
    })
}
