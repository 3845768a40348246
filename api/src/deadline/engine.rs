//! The engine: each task in a loop of its own, so that one that fails or is slow holds up no other.

use super::{
    metrics::DeadlineMetrics,
    tasks::{TASKS, Task},
};
use crate::op::{Actor, Fault, Op, World};
use chrono::{DateTime, Utc};
use futures::{FutureExt, future::join_all};
use prometheus_client::registry::Registry;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};

/// How many are done before the task looks again for what is due: few enough that a list of ids stays small.
const BATCH: u64 = 100;
/// The longest rest. What came up in between for an earlier moment than the one that was planned waits no longer.
const REST_MAX: Duration = Duration::from_secs(30);
/// The shortest rest, where the next is due already but none was there to be done: another replica has it in hand.
const REST_MIN: Duration = Duration::from_millis(250);
/// Replicas rest up to this much longer, each by chance, so that not all of them look in the same moment.
const JITTER: Duration = Duration::from_millis(500);
/// The rest after a first failure; it doubles with each further one, up to [`FAILURE_REST_MAX`].
const FAILURE_REST: Duration = Duration::from_secs(1);
/// The rest after many failures: no longer than any other. What fails may be one of many, and the others come due too.
const FAILURE_REST_MAX: Duration = REST_MAX;

/// The engine of what comes due.
pub struct Deadlines {
    tasks: Vec<Task>,
    metrics: DeadlineMetrics,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self::of(TASKS.to_vec())
    }
}

impl Deadlines {
    /// An engine of these tasks.
    #[must_use]
    pub fn of(tasks: Vec<Task>) -> Self {
        Self { tasks, metrics: DeadlineMetrics::default() }
    }

    /// Registers the engine's counters.
    pub fn register(&self, registry: &mut Registry) {
        self.metrics.register(registry);
    }

    /// Does everything that is due now, one task after the other, and says how many things that were.
    ///
    /// # Errors
    /// The first fault, after all tasks had their turn.
    pub async fn run_once(&self, op: &Op) -> Result<usize, Fault> {
        let op = op.as_system();
        let (mut done, mut failed) = (0, None);
        for task in &self.tasks {
            match self.turn(task, &op).await {
                Ok(number) => done += number,
                Err(fault) => failed = failed.or(Some(fault)),
            }
        }
        failed.map_or(Ok(done), Err)
    }

    /// Runs until it is stopped.
    #[must_use]
    pub fn start(self: Arc<Self>, world: Arc<World>) -> Running {
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(async move {
            let op = Op::new(world, Actor::System, "deadline", Vec::new());
            join_all(self.tasks.iter().map(|task| self.keep(task, &op, stopped.clone()))).await;
        });
        Running { stop, running }
    }

    /// One task, turn after turn. A turn that is cut off by the order to stop loses nothing: what it had not committed is
    /// still due.
    async fn keep(&self, task: &Task, op: &Op, mut stopped: watch::Receiver<bool>) {
        let mut failures = 0;
        loop {
            let turn = async {
                // A panic in one task must not end the others.
                let turn = AssertUnwindSafe(self.turn_and_look_ahead(task, op)).catch_unwind().await;
                let outcome = turn.unwrap_or_else(|_| Err(Fault::internal("it panicked")));
                let rest = match outcome {
                    Ok(next) => {
                        failures = 0;
                        rest_until(next, op.now())
                    }
                    Err(fault) => {
                        failures += 1;
                        let rest = rest_after(failures);
                        tracing::error!(
                            task = task.name, error = %fault.chain(), failures, again_in = ?rest, "a deadline failed"
                        );
                        rest
                    }
                };
                tokio::time::sleep(rest + jitter(op)).await;
            };
            tokio::select! {
                biased;
                // An error means that nobody can stop it any more, because the process is ending.
                _ = stopped.wait_for(|stopped| *stopped) => return,
                () = turn => {}
            }
        }
    }

    async fn turn_and_look_ahead(&self, task: &Task, op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
        self.turn(task, op).await?;
        (task.next)(op).await
    }

    /// Does what is due of one task, until none is left.
    async fn turn(&self, task: &Task, op: &Op) -> Result<usize, Fault> {
        let mut all = 0;
        loop {
            match (task.run)(op, BATCH).await {
                Ok(0) => return Ok(all),
                Ok(number) => {
                    self.metrics.done(task.name, number);
                    all += number;
                }
                Err(fault) => {
                    self.metrics.failed(task.name);
                    return Err(fault);
                }
            }
        }
    }
}

/// An engine that runs.
pub struct Running {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Running {
    /// Stops it, and waits until it has let go of the database.
    pub async fn stop(self) {
        // Nobody listens where it has ended already.
        _ = self.stop.send(true);
        if let Err(cause) = self.running.await {
            tracing::error!(%cause, "the deadlines did not end in order");
        }
    }
}

fn rest_until(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    // A moment that is past has no distance.
    let ahead = next.map_or(REST_MAX, |next| (next - now).to_std().unwrap_or_default());
    ahead.clamp(REST_MIN, REST_MAX)
}

fn rest_after(failures: u32) -> Duration {
    let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    FAILURE_REST.saturating_mul(doubled).min(FAILURE_REST_MAX)
}

fn jitter(op: &Op) -> Duration {
    JITTER.mul_f64(f64::from(op.new_secret()[0]) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn it_rests_until_the_next_is_due_and_never_long() {
        let now = DateTime::from_timestamp(1_793_610_000, 0).unwrap();
        for (next, rest) in [
            (None, REST_MAX),
            (Some(now + TimeDelta::seconds(7)), Duration::from_secs(7)),
            (Some(now + TimeDelta::days(7)), REST_MAX),
            (Some(now - TimeDelta::days(7)), REST_MIN),
            (Some(now), REST_MIN),
        ] {
            assert_eq!(rest_until(next, now), rest, "{next:?}");
        }
    }

    #[test]
    fn it_rests_longer_after_each_failure_and_not_without_end() {
        assert_eq!(rest_after(1), Duration::from_secs(1));
        assert_eq!(rest_after(4), Duration::from_secs(8));
        for many in [10, 32, 33, u32::MAX] {
            assert_eq!(rest_after(many), FAILURE_REST_MAX, "{many}");
        }
    }
}
