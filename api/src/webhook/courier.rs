//! The courier: looks for endpoints that have something to be sent, and sends to many at a time, so that a slow receiver
//! holds up nobody but itself. Any number of replicas have one; an endpoint's lease decides who of them sends to it.

use super::{
    service::{self, Sent},
    store,
};
use crate::op::{Actor, Fault, Op, World};
use entity::id::WebhookEndpointId;
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::watch,
    task::{self, JoinError, JoinHandle, JoinSet},
    time::MissedTickBehavior,
};

/// How often it looks: one statement, and as late as a message can be while the receiver is well.
const INTERVAL: Duration = Duration::from_secs(1);
/// Endpoints that are sent to at once.
const AT_ONCE: usize = 64;
/// How long messages on their way may take after the order to stop; then their leases run out by themselves.
const GRACE: Duration = Duration::from_secs(5);

/// Sends alerts to webhook endpoints.
#[derive(Clone, Default)]
pub struct Courier {
    attempts: Counter,
    faults: Counter,
    busy: Gauge,
}

impl Courier {
    /// Registers the courier's counters.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("webhook_attempts", "Attempts to send to webhook endpoints", self.attempts.clone());
        registry.register(
            "webhook_faults",
            "Turns at an endpoint that failed for a fault of ours",
            self.faults.clone(),
        );
        registry.register("webhook_endpoints_busy", "Webhook endpoints that are sent to now", self.busy.clone());
    }

    /// Sends everything that is to be sent now, one endpoint after the other, and says how many attempts that were.
    ///
    /// # Errors
    /// The first fault; what came before it is done.
    pub async fn run_once(&self, op: &Op) -> Result<usize, Fault> {
        let op = op.as_system();
        let mut attempts = 0;
        loop {
            let due = store::list_due(&op, 100).await?;
            let mut progress = false;
            for id in due {
                let sent = service::send(&op, id).await?;
                attempts += sent.attempts;
                progress |= sent.attempts > 0;
            }
            if !progress {
                return Ok(attempts);
            }
        }
    }

    /// Runs until it is stopped.
    #[must_use]
    pub fn start(&self, world: Arc<World>) -> CourierRunning {
        let (stop, stopped) = watch::channel(false);
        let courier = self.clone();
        let running = tokio::spawn(async move {
            let op = Op::new(world, Actor::System, "webhook", Vec::new());
            courier.run(&op, stopped).await;
        });
        CourierRunning { stop, running }
    }

    async fn run(&self, op: &Op, mut stopped: watch::Receiver<bool>) {
        let mut turns = Turns::default();
        let mut tick = tokio::time::interval(INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                // An error means that nobody can stop it any more, because the process is ending.
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some(ended) = turns.running.join_next_with_id() => self.ended(&mut turns, ended),
                _ = tick.tick() => turns.resting.clear(),
            }
            self.begin(op, &mut turns).await;
            self.busy.set(i64::try_from(turns.running.len()).unwrap_or(i64::MAX));
        }
        let finishing = async { while turns.running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finishing).await.is_err() {
            turns.running.shutdown().await;
        }
    }

    /// Begins a turn at each endpoint that has something to be sent, as far as there is room.
    async fn begin(&self, op: &Op, turns: &mut Turns) {
        let free = AT_ONCE.saturating_sub(turns.running.len());
        if free == 0 {
            return;
        }
        let limit = u64::try_from(AT_ONCE + turns.resting.len()).unwrap_or(u64::MAX);
        let due = match store::list_due(op, limit).await {
            Ok(due) => due,
            Err(fault) => {
                self.faults.inc();
                tracing::error!(error = %fault.chain(), "webhooks cannot be looked for");
                return;
            }
        };
        for id in due.into_iter().filter(|id| !turns.knows(*id)).take(free).collect::<Vec<_>>() {
            let op = op.clone();
            let task = turns.running.spawn(async move { service::send(&op, id).await });
            turns.at.insert(task.id(), id);
        }
    }

    fn ended(&self, turns: &mut Turns, ended: Result<(task::Id, Result<Sent, Fault>), JoinError>) {
        let (task, sent) = match ended {
            Ok((task, sent)) => (task, sent),
            Err(cause) => (cause.id(), Err(Fault::internal(cause))),
        };
        let id = turns.at.remove(&task);
        match sent {
            Ok(sent) if sent.attempts > 0 => {
                self.attempts.inc_by(u64::try_from(sent.attempts).unwrap_or(u64::MAX));
                return;
            }
            Ok(_) => {}
            Err(fault) => {
                self.faults.inc();
                tracing::error!(error = %fault.chain(), "a turn at a webhook endpoint failed");
            }
        }
        // Where nothing was done it is not looked at again at once.
        turns.resting.extend(id);
    }
}

/// The turns of one courier.
#[derive(Default)]
struct Turns {
    running: JoinSet<Result<Sent, Fault>>,
    at: HashMap<task::Id, WebhookEndpointId>,
    /// Left alone until the next look.
    resting: HashSet<WebhookEndpointId>,
}

impl Turns {
    fn knows(&self, id: WebhookEndpointId) -> bool {
        self.resting.contains(&id) || self.at.values().any(|busy| *busy == id)
    }
}

/// A courier that runs.
pub struct CourierRunning {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl CourierRunning {
    /// Stops it: nothing new is sent, and what is on its way has a moment to arrive.
    pub async fn stop(self) {
        // Nobody listens where it has ended already.
        _ = self.stop.send(true);
        if let Err(cause) = self.running.await {
            tracing::error!(%cause, "the courier did not end in order");
        }
    }
}
