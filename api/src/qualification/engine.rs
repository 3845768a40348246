//! The engine: looks for organizations whose rules are to be applied, and applies them, one organization after the other.
//! Any number of replicas have one; an organization's lease decides who of them has the turn.

use super::{
    service::{self, Applied, Bounds},
    store,
};
use crate::op::{Actor, Fault, Op, World};
use entity::id::OrganizationId;
use prometheus_client::{metrics::counter::Counter, registry::Registry};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle, time::MissedTickBehavior};

/// How often it looks: one statement.
const INTERVAL: Duration = Duration::from_secs(1);
/// Organizations that one look finds at most.
const LOOK: u64 = 50;
/// How long a turn may take after the order to stop; then its lease runs out by itself.
const GRACE: Duration = Duration::from_secs(5);

/// Applies rules over overlaps.
#[derive(Clone, Default)]
pub struct Qualifier {
    created: Counter,
    faults: Counter,
}

impl Qualifier {
    /// Registers the engine's counters.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("qualified_leads", "Leads that rules over overlaps qualified", self.created.clone());
        registry.register(
            "qualification_faults",
            "Turns at rules that failed for a fault of ours",
            self.faults.clone(),
        );
    }

    /// Applies everything that is to be applied now, and says how many leads were qualified.
    ///
    /// # Errors
    /// The first fault; what came before it is done.
    pub async fn run_once(&self, op: &Op) -> Result<usize, Fault> {
        let op = op.as_system();
        let mut created = 0;
        loop {
            let mut batches = 0;
            for own in store::list_due(&op, LOOK).await? {
                let applied = service::apply(&op, own, Bounds::default()).await?;
                created += applied.created;
                batches += applied.batches;
            }
            if batches == 0 {
                return Ok(created);
            }
        }
    }

    /// Runs until it is stopped.
    #[must_use]
    pub fn start(&self, world: Arc<World>) -> QualifierRunning {
        let (stop, stopped) = watch::channel(false);
        let qualifier = self.clone();
        let running = tokio::spawn(async move {
            let op = Op::new(world, Actor::System, "qualification", Vec::new());
            qualifier.keep(&op, stopped).await;
        });
        QualifierRunning { stop, running }
    }

    async fn keep(&self, op: &Op, mut stopped: watch::Receiver<bool>) {
        let mut tick = tokio::time::interval(INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                // An error means that nobody can stop it any more, because the process is ending.
                _ = stopped.wait_for(|stopped| *stopped) => return,
                _ = tick.tick() => {}
            }
            let due = match store::list_due(op, LOOK).await {
                Ok(due) => due,
                Err(fault) => {
                    self.fault(&fault);
                    continue;
                }
            };
            for own in due {
                // What a turn that is cut off had not committed is left for the next one.
                let over = async {
                    _ = stopped.wait_for(|stopped| *stopped).await;
                    tokio::time::sleep(GRACE).await;
                };
                tokio::select! {
                    applied = service::apply(op, own, Bounds::default()) => self.ended(own, applied),
                    () = over => return,
                }
                if *stopped.borrow() {
                    return;
                }
            }
        }
    }

    fn ended(&self, own: OrganizationId, applied: Result<Applied, Fault>) {
        match applied {
            Ok(applied) => {
                self.created.inc_by(u64::try_from(applied.created).unwrap_or(u64::MAX));
                tracing::debug!(organization = ?own, ?applied, "rules over overlaps were looked after");
            }
            Err(fault) => self.fault(&fault),
        }
    }

    fn fault(&self, fault: &Fault) {
        self.faults.inc();
        tracing::error!(error = %fault.chain(), "rules over overlaps could not be applied");
    }
}

/// An engine that runs.
pub struct QualifierRunning {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl QualifierRunning {
    /// Stops it: no new turn is begun, and one that runs has a moment to come to its end.
    pub async fn stop(self) {
        // Nobody listens where it has ended already.
        _ = self.stop.send(true);
        if let Err(cause) = self.running.await {
            tracing::error!(%cause, "the qualifier did not end in order");
        }
    }
}
