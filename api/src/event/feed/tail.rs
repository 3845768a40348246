//! The tail check: what finds every alert that no hint told of. One task per process while somebody listens, one
//! statement for all feeds.

use super::{
    hub::{Hub, WeakHub, count},
    store,
    topic::{Known, SightVersion, Topic},
};
use crate::op::Fault;
use entity::id::OrganizationId;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long one check may take. A connection whose other end is silently gone must not end the checks.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two checks, however often one is asked for.
const REST: Duration = Duration::from_millis(50);

/// Checks until nobody listens or the hub is gone.
pub(super) async fn run(hub: WeakHub) {
    loop {
        let Some(present) = hub.upgrade() else { return };
        if !present.sweep(Instant::now()) {
            return;
        }
        // A failure is counted and logged there.
        _ = present.check().await;
        let (interval, wake) = (present.inner().interval, Arc::clone(&present.inner().wake));
        drop(present);
        tokio::time::sleep(REST).await;
        _ = tokio::time::timeout(interval.saturating_sub(REST), wake.notified()).await;
    }
}

/// One check of all feeds that somebody listens to.
pub(super) async fn check(hub: &Hub) -> Result<(), Fault> {
    let topics: Vec<Arc<Topic>> = hub.topics().of.values().map(Arc::clone).collect();
    let counters = &hub.inner().counters;
    for topics in topics.chunks(store::TAILS_MAX) {
        count(&counters.tail_checks);
        if let Err(fault) = look(hub, topics).await {
            hub.failed(&counters.tail_failures, &fault);
            return Err(fault);
        }
        hub.succeeded();
    }
    hub.inner().looks.checked.send_replace(());
    Ok(())
}

/// Asks the database with one statement how these feeds stand, and tells their listeners.
pub(super) async fn look(hub: &Hub, topics: &[Arc<Topic>]) -> Result<(), Fault> {
    let before: Vec<Known> = topics.iter().map(|topic| topic.known()).collect();
    let organizations: Vec<OrganizationId> = topics.iter().map(|topic| topic.organization).collect();
    let at = Instant::now();
    let asked = tokio::time::timeout(PATIENCE, store::read_tails(&hub.inner().db, &organizations)).await;
    let tails = asked.unwrap_or(Err(Fault::Timeout))?;
    for ((topic, before), tail) in topics.iter().zip(before).zip(&tails.of) {
        topic.settle(before, (tails.epoch, tail.seq), tail.access, at);
        topic.see(SightVersion { version: tail.sight, at });
    }
    Ok(())
}
