//! Closed-loop load: each connection asks, waits for the answer and asks again, until the time is over.

use super::{documents::Case, target::Target};
use crate::Result;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// What one document took.
pub(crate) struct Measured {
    requests: usize,
    elapsed: Duration,
    latencies: Vec<Duration>,
    server: Duration,
    database: Duration,
    statements: i64,
    bytes: usize,
}

impl Measured {
    /// A row of the table.
    pub(crate) fn row(&self, name: &str) -> String {
        let requests = self.requests as f64;
        let share = |part: f64| self.latencies[((self.latencies.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
        format!(
            "| {name} | {:.0} | {:.1} | {:.1} | {:.0} | {:.0} | {:.1} | {} |",
            requests / self.elapsed.as_secs_f64(),
            share(0.5),
            share(0.99),
            self.server.as_secs_f64() * 1e6 / requests,
            self.database.as_secs_f64() * 1e6 / requests,
            self.statements as f64 / requests,
            self.bytes / self.requests,
        )
    }
}

/// Asks `case` over `connections` for `time`. An answer with errors ends the run: figures of failures say nothing.
pub(crate) async fn run(target: &Target, case: &Case, connections: usize, time: Duration) -> Result<Measured> {
    let turns = Arc::new(AtomicUsize::new(0));
    let before = (target.server_cpu()?, target.database_cpu()?, target.statements().await?);
    let start = Instant::now();
    let until = start + time;
    let asking = (0..connections).map(|_| ask(target, case, Arc::clone(&turns), until));
    let mut latencies = Vec::new();
    let mut bytes = 0;
    for connection in futures_of(asking).await {
        let (own, size) = connection?;
        latencies.extend(own);
        bytes += size;
    }
    let elapsed = start.elapsed();
    latencies.sort_unstable();
    Ok(Measured {
        requests: latencies.len(),
        elapsed,
        latencies,
        server: target.server_cpu()?.saturating_sub(before.0),
        database: target.database_cpu()?.saturating_sub(before.1),
        statements: target.statements().await? - before.2,
        bytes,
    })
}

/// Waits for all; they run at once.
async fn futures_of<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, output) in &mut futures {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}

async fn ask(target: &Target, case: &Case, turns: Arc<AtomicUsize>, until: Instant) -> Result<(Vec<Duration>, usize)> {
    let mut latencies = Vec::new();
    let mut bytes = 0;
    while Instant::now() < until {
        let body = case.body(turns.fetch_add(1, Ordering::Relaxed));
        let start = Instant::now();
        let answer = target.client.post(&target.url).json(&body).send().await?.text().await?;
        latencies.push(start.elapsed());
        bytes += answer.len();
        if answer.contains("\"errors\"") || !answer.starts_with("{\"data\":{") {
            return Err(format!("{}: {}", case.name, answer.chars().take(300).collect::<String>()).into());
        }
    }
    Ok((latencies, bytes))
}
