//! Where alerts come from: mutations of the product, rows appended as the product appends them, or a peer that is told.

use super::{
    append::Appender,
    cast::Cast,
    fleet::Ticket,
    log::{Log, Published},
    peer::Peer,
    stage::Stage,
};
use crate::{Result, api};
use futures::future::try_join_all;
use sea_orm::prelude::Uuid;
use serde_json::json;
use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// Who publishes at once.
const WORKERS: usize = 12;

/// A source of alerts.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// Mutations, sent to the replica that serves no sockets.
    Changes(&'a Stage, &'a Cast),
    /// Rows and hints, without the work of a mutation.
    Appends(&'a Appender<'a>),
    /// A peer.
    Peer(&'a Peer),
}

impl Source<'_> {
    /// One alert for an organization.
    pub(super) async fn publish(self, organization: usize) -> Result<()> {
        match self {
            Self::Changes(stage, cast) => change(stage, cast, organization).await,
            Self::Appends(appender) => appender.append(organization).await,
            Self::Peer(peer) => peer.publish(organization),
        }
    }

    /// A ticket for whatever is published from now on.
    pub(super) async fn ticket(self, organization: usize) -> Result<Ticket> {
        match self {
            Self::Changes(stage, cast) => cast.ticket(stage, organization).await,
            Self::Appends(appender) => appender.cast.ticket(appender.stage, organization).await,
            Self::Peer(peer) => Ok(peer.ticket(organization)),
        }
    }

    /// All that was published so far.
    pub(super) async fn log(self) -> Result<Log> {
        match self {
            Self::Changes(stage, cast) => committed(stage, cast).await,
            Self::Appends(appender) => committed(appender.stage, appender.cast).await,
            Self::Peer(peer) => Ok(peer.log()),
        }
    }

    /// Alerts for these organizations in turn, so many a second, as far as they can be made. Says how many there were.
    pub(super) async fn at_rate(self, rate: f64, time: Duration, organizations: &[usize]) -> Result<usize> {
        let (turn, begun) = (AtomicUsize::new(0), Instant::now());
        let made = AtomicUsize::new(0);
        let work = || async {
            loop {
                let number = turn.fetch_add(1, Ordering::Relaxed);
                let due = begun + Duration::from_secs_f64(number as f64 / rate);
                if due.max(Instant::now()) >= begun + time {
                    return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(());
                }
                sleep_until(due).await;
                self.publish(organizations[number % organizations.len()]).await?;
                made.fetch_add(1, Ordering::Relaxed);
            }
        };
        try_join_all((0..WORKERS).map(|_| work())).await?;
        Ok(made.load(Ordering::Relaxed))
    }
}

/// Moves a deal of the organization to its other stage, which is one alert in its feed.
async fn change(stage: &Stage, cast: &Cast, organization: usize) -> Result<()> {
    let own = &cast.0[organization];
    let deal = own.deal();
    let mut moved = deal.moved.lock().await;
    let to = if *moved { "PROSPECT" } else { "QUALIFIED" };
    let variables = json!({"id": deal.id, "input": {"stage": to}});
    api::change(&stage.client, &stage.writers.url(), &own.token, api::ADVANCE, variables).await?;
    *moved = !*moved;
    Ok(())
}

/// What was committed, with PostgreSQL's own moments of the commits.
async fn committed(stage: &Stage, cast: &Cast) -> Result<Log> {
    let places: HashMap<Uuid, usize> = cast.0.iter().map(|organization| organization.id).zip(0..).collect();
    let sql = "SELECT organization_id, id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint \
               FROM alerts ORDER BY organization_id, seq";
    let mut log = Log::default();
    for row in stage.rows(sql).await? {
        let (organization, id): (Uuid, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let Some(place) = places.get(&organization) else { continue };
        let (_, id) = id.as_u64_pair();
        log.0.entry(*place).or_default().push(Published { id, at: row.try_get_by_index(2)? });
    }
    Ok(log)
}
