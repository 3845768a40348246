//! The engine: looks for pairs of lists that changed since they were compared, and compares them. Any number of replicas
//! have one; a run's lease decides who of them works on a pair, and one whose replica died is begun anew by another.
//!
//! What a run lays out is seen by nobody until it is whole. What was matched is kept in memory, so that a change of a few
//! accounts costs what they cost; whoever does not have it in memory reads the lists again.

mod mapped;
mod memory;
mod run;
mod show;
mod side;
mod tell;
mod watch;

use super::{
    model::MappingRun,
    policy::CompareLists,
    store::{self, Ending, Held},
};
use crate::{
    op::{Actor, Fault, Op, Permit, World},
    sharing::model::MappingPair,
};
use chrono::TimeDelta;
use memory::Memory;
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};
use run::{Ended, Run};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, watch as signal},
    task::{JoinHandle, JoinSet},
    time::MissedTickBehavior,
};
use uuid::Uuid;
use watch::Watch;

/// How often it looks by itself; a commit of this process wakes it at once.
const INTERVAL: Duration = Duration::from_secs(1);
/// Pairs that are compared at once, as far as memory allows.
const AT_ONCE: usize = 4;
/// Pairs that one look finds at most.
const LOOK: u64 = 50;
/// How long runs may take after the order to stop; then their leases run out by themselves.
const GRACE: Duration = Duration::from_secs(5);
/// The rest after a first failure; it doubles with each further one, up to [`RETRY_MAX`].
const RETRY: TimeDelta = TimeDelta::seconds(2);
const RETRY_MAX: TimeDelta = TimeDelta::minutes(10);

/// When the engine matches what changed, and how much it keeps in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EngineSettings {
    /// Bytes of memory for lists, about: those that are matched, and those that are kept for what changes.
    pub memory_bytes: usize,
    /// Lists of no more accounts than this, both together, are matched as a whole whenever something changes.
    pub small: usize,
    /// The share of the accounts that may have changed since the last full run: beyond it the frequencies that it rests on
    /// are worked out anew.
    pub drift: f64,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self { memory_bytes: 600 * 1024 * 1024, small: 2_000, drift: 0.1 }
    }
}

impl EngineSettings {
    /// How many accounts of a list may have changed so that only these are matched again; none where all are to be.
    fn changes_at_most(&self, accounts: usize, drift: usize) -> Option<u64> {
        if accounts <= self.small {
            return None;
        }
        let most = (accounts as f64 * self.drift) as usize;
        most.checked_sub(drift).filter(|most| *most > 0).map(|most| most as u64)
    }
}

/// Compares lists.
pub struct Engine {
    settings: EngineSettings,
    memory: Memory,
    /// Tickets for memory, one for a thousand accounts.
    room: Semaphore,
    tickets: u32,
    shown: Counter,
    faults: Counter,
    busy: Gauge,
}

impl Engine {
    /// An engine that has compared nothing yet.
    #[must_use]
    pub fn new(settings: EngineSettings) -> Self {
        let tickets = u32::try_from(settings.memory_bytes / side::ACCOUNT_BYTES / 1_000).unwrap_or(u32::MAX).max(1);
        let tickets = tickets.min(u32::try_from(Semaphore::MAX_PERMITS).unwrap_or(u32::MAX));
        Self {
            settings,
            memory: Memory::new(settings.memory_bytes),
            room: Semaphore::new(tickets as usize),
            tickets,
            shown: Counter::default(),
            faults: Counter::default(),
            busy: Gauge::default(),
        }
    }

    /// Registers the engine's counters.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("mapping_runs_shown", "Comparisons of account lists that were shown", self.shown.clone());
        registry.register("mapping_faults", "Comparisons that failed for a fault of ours", self.faults.clone());
        registry.register("mapping_pairs_busy", "Pairs of account lists that are compared now", self.busy.clone());
    }

    /// Compares everything that is to be compared now, one pair after the other, and says how many runs were shown.
    ///
    /// # Errors
    /// The first fault; what came before it is done.
    pub async fn run_once(&self, op: &Op) -> Result<usize, Fault> {
        let op = op.as_system();
        let mut shown = 0;
        loop {
            let due = store::list_due(&op, LOOK).await?;
            let mut progress = false;
            for (pair, _) in due {
                if let Some(ended) = self.compare(&op, &pair).await? {
                    progress |= ended == Ended::Shown;
                    shown += usize::from(ended == Ended::Shown);
                }
            }
            if !progress {
                return Ok(shown);
            }
        }
    }

    /// Forgets what was matched, as a process that starts anew has.
    pub fn forget(&self) {
        self.memory.clear();
    }

    /// Bytes of lists that are kept in memory, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.memory.bytes()
    }

    /// Runs until it is stopped.
    #[must_use]
    pub fn start(self: Arc<Self>, world: Arc<World>) -> EngineRunning {
        let (stop, stopped) = signal::channel(false);
        let running = tokio::spawn(async move {
            let op = Op::new(world, Actor::System, "mapping", Vec::new());
            self.keep(&op, stopped).await;
        });
        EngineRunning { stop, running }
    }

    async fn keep(self: Arc<Self>, op: &Op, mut stopped: signal::Receiver<bool>) {
        let mut running: JoinSet<entity::id::MappingPairId> = JoinSet::new();
        let mut busy = HashSet::new();
        let mut tick = tokio::time::interval(INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                // An error means that nobody can stop it any more, because the process is ending.
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some(ended) = running.join_next() => match ended {
                    Ok(pair) => {
                        busy.remove(&pair);
                    }
                    // Which one it was is not told; the lease keeps two from working on one pair.
                    Err(cause) => {
                        tracing::error!(%cause, "a mapping run did not end in order");
                        busy.clear();
                    }
                },
                () = op.mapping().changed() => {}
                _ = tick.tick() => {}
            }
            self.begin(op, &mut running, &mut busy).await;
            self.busy.set(i64::try_from(running.len()).unwrap_or(i64::MAX));
        }
        let finishing = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finishing).await.is_err() {
            running.shutdown().await;
        }
    }

    /// Begins runs of pairs that are to be compared, as far as there is room; the others are put into the queue, where they
    /// can be seen.
    async fn begin(
        self: &Arc<Self>,
        op: &Op,
        running: &mut JoinSet<entity::id::MappingPairId>,
        busy: &mut HashSet<entity::id::MappingPairId>,
    ) {
        let due = match store::list_due(op, LOOK).await {
            Ok(due) => due,
            Err(fault) => {
                self.fault(&fault);
                return;
            }
        };
        for (pair, accounts) in due {
            if busy.contains(&pair.id) {
                continue;
            }
            if running.len() >= AT_ONCE {
                if let Err(fault) = enqueue(op, &pair).await {
                    self.fault(&fault);
                }
                continue;
            }
            busy.insert(pair.id);
            let (engine, op) = (Arc::clone(self), op.clone());
            running.spawn(async move {
                let tickets = u32::try_from(accounts / 1_000 + 1).unwrap_or(u32::MAX).min(engine.tickets);
                if let Err(fault) = engine.compare_with(tickets, &op, &pair).await {
                    engine.fault(&fault);
                }
                pair.id
            });
        }
    }

    /// Compares a pair once there are so many tickets for it; until then it waits where it can be seen.
    async fn compare_with(&self, tickets: u32, op: &Op, pair: &MappingPair) -> Result<(), Fault> {
        let _room = match self.room.try_acquire_many(tickets) {
            Ok(room) => room,
            Err(_) => {
                enqueue(op, pair).await?;
                self.room.acquire_many(tickets).await.map_err(Fault::internal)?
            }
        };
        self.compare(op, pair).await.map(drop)
    }

    fn fault(&self, fault: &Fault) {
        self.faults.inc();
        tracing::error!(error = %fault.chain(), "account lists could not be compared");
    }

    /// Compares a pair, if nobody else does: from its lease to its end.
    async fn compare(&self, op: &Op, pair: &MappingPair) -> Result<Option<Ended>, Fault> {
        let permit = permit(op, pair)?;
        let holder: Uuid = op.new_id();
        let Some((claimed, before)) = store::claim_run(op, &permit, pair, holder).await? else { return Ok(None) };
        let watch = Watch::default();
        let run = Run { op, engine: self, permit: &permit, pair, id: claimed.id, holder, watch: &watch };
        let ended = tokio::select! {
            ended = run.go(before) => ended,
            held = watch.tell(op, &permit, claimed.id, holder) => {
                Ok(if held == Held::Stop { Ended::Stopped } else { Ended::Lost })
            }
        };
        match &ended {
            Ok(Ended::Shown) => {
                self.shown.inc();
            }
            Ok(Ended::Lost) => {}
            Ok(Ended::Stopped) => self.end(op, &permit, pair, &claimed, holder, Ending::Canceled).await?,
            Ok(Ended::Postponed) => self.end(op, &permit, pair, &claimed, holder, Ending::Again).await?,
            Err(_) => self.end(op, &permit, pair, &claimed, holder, Ending::Failed("INTERNAL")).await?,
        }
        ended.map(Some)
    }

    /// Ends a run that is not shown: takes back what it laid out, and notes when the next one may be made.
    async fn end(
        &self,
        op: &Op,
        permit: &Permit<CompareLists>,
        pair: &MappingPair,
        claimed: &MappingRun,
        holder: Uuid,
        ending: Ending,
    ) -> Result<(), Fault> {
        let tx = op.db().begin().await?;
        let mut result = store::lock_result_in(&tx, permit).await?;
        if !store::finish_run_in(&tx, op, permit, claimed.id, Some(holder), ending).await? {
            return Ok(());
        }
        store::clear_ahead_in(&tx, permit, pair.id, result.run).await?;
        match ending {
            Ending::Canceled => {
                if let Some((left, right)) = store::list_versions(&*tx, pair).await? {
                    result.skipped_left = Some(left.version);
                    result.skipped_right = Some(right.version);
                }
            }
            Ending::Failed(_) => {
                result.failures = result.failures.saturating_add(1);
                result.next_attempt_at = Some(op.now() + retry_after(result.failures));
            }
            Ending::Again | Ending::Done { .. } => {}
        }
        store::update_result_in(&tx, permit, result).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn enqueue(op: &Op, pair: &MappingPair) -> Result<(), Fault> {
    store::enqueue(op, &permit(op, pair)?, pair).await
}

fn permit(op: &Op, pair: &MappingPair) -> Result<Permit<CompareLists>, Fault> {
    op.authorize::<CompareLists>(pair.id, &()).map_err(|_| Fault::internal("only the system compares lists"))
}

fn retry_after(failures: i32) -> TimeDelta {
    let doubled = 1_i32.checked_shl(u32::try_from(failures.saturating_sub(1)).unwrap_or(u32::MAX)).unwrap_or(i32::MAX);
    RETRY.checked_mul(doubled).filter(|rest| *rest > TimeDelta::zero()).map_or(RETRY_MAX, |rest| rest.min(RETRY_MAX))
}

/// An engine that runs.
pub struct EngineRunning {
    stop: signal::Sender<bool>,
    running: JoinHandle<()>,
}

impl EngineRunning {
    /// Stops it: nothing new is begun, and what runs has a moment to come to its end.
    pub async fn stop(self) {
        // Nobody listens where it has ended already.
        _ = self.stop.send(true);
        if let Err(cause) = self.running.await {
            tracing::error!(%cause, "the mapping engine did not end in order");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_changes_of_long_lists_are_matched_by_themselves() {
        let settings = EngineSettings { memory_bytes: 1, small: 100, drift: 0.1 };
        assert_eq!(settings.changes_at_most(100, 0), None);
        assert_eq!(settings.changes_at_most(1_000, 0), Some(100));
        assert_eq!(settings.changes_at_most(1_000, 60), Some(40));
        assert_eq!(settings.changes_at_most(1_000, 100), None);
    }

    #[test]
    fn it_rests_longer_after_each_failure_and_not_without_end() {
        assert_eq!(retry_after(1), TimeDelta::seconds(2));
        assert_eq!(retry_after(3), TimeDelta::seconds(8));
        for many in [12, 31, 32, 33, i32::MAX] {
            assert_eq!(retry_after(many), RETRY_MAX, "{many}");
        }
    }
}
