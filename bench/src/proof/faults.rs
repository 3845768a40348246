//! What goes wrong.

use super::{services::Services, subscriber::Watch};
use crate::Result;
use clap::ValueEnum;
use rand::{RngExt, rngs::StdRng};
use std::{collections::BTreeMap, time::Duration};

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// A replica is killed in the middle of its work, and comes back.
    Replica,
    /// Redis is killed, and comes back empty.
    Redis,
    /// Redis forgets everything.
    Flush,
    /// PostgreSQL is killed, and comes back.
    Postgres,
    /// The network breaks every connection.
    Network,
    /// The network swallows everything and then breaks.
    Freeze,
    /// Some readers stop reading for a while.
    Stuck,
}

/// What goes wrong next: each of the list before any for the second time.
pub(super) fn next(wanted: &[Fault], chance: &mut StdRng, happened: &[Fault]) -> Option<Fault> {
    let wanted: Vec<_> = wanted.iter().copied().filter(|fault| *fault != Fault::None).collect();
    let count = |fault: &Fault| happened.iter().filter(|other| *other == fault).count();
    let least = wanted.iter().map(count).min()?;
    let due: Vec<_> = wanted.into_iter().filter(|fault| count(fault) == least).collect();
    Some(due[chance.random_range(0..due.len())])
}

/// Has it go wrong, waits until it is over, and leaves a moment of peace.
pub(super) async fn strike(fault: Fault, services: &mut Services, watch: &Watch, which: usize) -> Result<()> {
    let rest = |millis| tokio::time::sleep(Duration::from_millis(millis));
    match fault {
        Fault::None => {}
        Fault::Replica => {
            services.kill_replica(which)?;
            rest(500).await;
            services.start_replica(which).await?;
        }
        Fault::Redis => {
            services.kill_redis()?;
            rest(2000).await;
            services.start_redis().await?;
        }
        Fault::Flush => services.flush_redis().await?,
        Fault::Postgres => {
            services.kill_postgres()?;
            rest(500).await;
            services.start_postgres().await?;
        }
        Fault::Network => {
            futures::future::join_all(services.lines().map(|line| line.cut(Duration::from_millis(700)))).await;
        }
        Fault::Freeze => {
            futures::future::join_all(services.lines().map(|line| line.freeze(Duration::from_millis(1500)))).await;
        }
        Fault::Stuck => {
            watch.stick(true);
            rest(4000).await;
            watch.stick(false);
        }
    }
    rest(1000).await;
    Ok(())
}

/// How often each happened, as a text.
pub(super) fn tally(happened: &[Fault]) -> String {
    let mut counted: BTreeMap<Fault, usize> = BTreeMap::new();
    for fault in happened {
        *counted.entry(*fault).or_default() += 1;
    }
    if counted.is_empty() {
        return "none".to_owned();
    }
    counted.iter().map(|(fault, count)| format!("{count} {fault:?}").to_lowercase()).collect::<Vec<_>>().join(", ")
}
