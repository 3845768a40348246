//! Hints over Redis: a bounded queue to the one who publishes, and one who subscribes. Each reconnects for as long as the
//! process lives; what is lost in between is found by the tail check, which is asked for whenever the subscription is
//! there anew.

use super::{Hint, HintStats, message};
use crate::{
    cache::{CacheConfig, OpenError, RedisLink},
    event::feed::WeakHub,
};
use futures::{StreamExt, future::join_all};
use redis::{
    Client, RedisResult, Value,
    aio::{PubSubSink, PubSubStream},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::mpsc,
    task::AbortHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use url::Url;

/// Hints that wait to be sent. Redis takes them faster than a database commits; more waiting ones mean that it does not
/// answer, and then they would come too late to be of use.
const QUEUE: usize = 1024;

/// Hints that are under way to Redis at the same time.
const BATCH: usize = 64;

/// How long a new subscription may take to be there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How often a subscription on which nothing comes is asked whether it still lives, and how long the answer may take.
const PING_EVERY: Duration = Duration::from_secs(5);
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// Between two attempts to subscribe.
const RETRY_MIN: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Seen {
    subscribed: AtomicBool,
    sent: AtomicU64,
    dropped: AtomicU64,
    received: AtomicU64,
    malformed: AtomicU64,
    connections: AtomicU64,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The way over Redis; its tasks end with it.
pub(super) struct Link {
    /// The task that publishes ends when this goes.
    queue: mpsc::Sender<Hint>,
    publisher: RedisLink,
    subscriber: AbortHandle,
    seen: Arc<Seen>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.subscriber.abort();
    }
}

impl Link {
    /// Starts to connect in the background and returns at once.
    pub(super) fn open(hub: WeakHub, url: &Url, config: &CacheConfig) -> Result<Self, OpenError> {
        let home = Handle::try_current().map_err(|_| OpenError::NoRuntime)?;
        let publisher = RedisLink::open(url, config, "the hints")?;
        // The client's own error is dropped, because its text may quote the address.
        let client = Client::open(url.clone()).map_err(|_| OpenError::RedisUrl)?;
        let seen = Arc::new(Seen::default());
        let (queue, waiting) = mpsc::channel(QUEUE);
        home.spawn(publish(waiting, publisher.clone(), config.key_prefix.clone(), Arc::clone(&seen)));
        let channels = message::channels(&config.key_prefix);
        let subscriber = home.spawn(subscribe(hub, client, channels, Arc::clone(&seen))).abort_handle();
        Ok(Self { queue, publisher, subscriber, seen })
    }

    /// Waits for nothing: where there is no room the hint is dropped.
    pub(super) fn send(&self, hint: Hint) {
        if self.queue.try_send(hint).is_err() {
            count(&self.seen.dropped);
        }
    }

    pub(super) fn is_up(&self) -> bool {
        self.publisher.is_up() && self.seen.subscribed.load(Ordering::Relaxed)
    }

    pub(super) fn stats(&self) -> HintStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        HintStats {
            sent: read(&self.seen.sent),
            dropped: read(&self.seen.dropped),
            received: read(&self.seen.received),
            malformed: read(&self.seen.malformed),
            connections: read(&self.seen.connections),
        }
    }
}

/// Sends what waits, until nobody can add to it.
async fn publish(mut waiting: mpsc::Receiver<Hint>, link: RedisLink, prefix: String, seen: Arc<Seen>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let sent = batch.drain(..).map(|hint| {
            let (link, prefix, seen) = (&link, &prefix, &seen);
            async move {
                let channel = message::channel(prefix, hint.alert.organization_id);
                let sent = match message::write(&hint) {
                    Some(text) => link.publish(&channel, &text).await,
                    None => false,
                };
                count(if sent { &seen.sent } else { &seen.dropped });
            }
        });
        join_all(sent).await;
    }
}

/// Listens to the channels for as long as the hub lives.
async fn subscribe(hub: WeakHub, client: Client, channels: Vec<String>, seen: Arc<Seen>) {
    let mut delay = Duration::ZERO;
    loop {
        sleep(delay).await;
        delay = (delay * 2).clamp(RETRY_MIN, RETRY_MAX);
        // Why it fails is told by the one who publishes, which has the same server before it.
        let Ok(Ok((sink, stream))) = timeout(CONNECT_TIMEOUT, connect(&client, &channels)).await else { continue };
        let Some(present) = hub.upgrade() else { return };
        seen.subscribed.store(true, Ordering::Relaxed);
        count(&seen.connections);
        // What was told while nobody listened is in the table.
        present.check_soon();
        drop(present);
        listen(&hub, sink, stream, &seen).await;
        seen.subscribed.store(false, Ordering::Relaxed);
        delay = RETRY_MIN;
    }
}

async fn connect(client: &Client, channels: &[String]) -> RedisResult<(PubSubSink, PubSubStream)> {
    let mut pubsub = client.get_async_pubsub().await?;
    pubsub.subscribe(channels).await?;
    Ok(pubsub.split())
}

/// Passes on what comes, until the connection is gone, or silently dead.
async fn listen(hub: &WeakHub, mut sink: PubSubSink, mut messages: PubSubStream, seen: &Seen) {
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = messages.next() => {
                let (Some(message), Some(hub)) = (message, hub.upgrade()) else { return };
                count(&seen.received);
                match message::read(message.get_payload_bytes()) {
                    Some(hint) => hub.hear(&hint),
                    None => count(&seen.malformed),
                }
            }
            _ = pings.tick() => match timeout(PING_TIMEOUT, sink.ping::<Value>()).await {
                Ok(Ok(_)) => {}
                _ => return,
            },
        }
    }
}
