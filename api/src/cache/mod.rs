//! The cache: typed, versioned keys over Redis, or over this process when no Redis is configured.
//!
//! With the cache slow, emptied or away a reader gets slower, never a wrong value and never an error: each fault is a
//! miss, and is logged. It knows nothing of what it keeps, of the database, of requests or of permissions. Its users
//! are the read paths of the domains' stores, whole answers to anonymous readers, and the texts of persisted queries.

mod collect;
mod config;
mod fault;
mod flight;
mod key;
mod memory;
mod persisted;
mod redis_link;
mod stats;
mod value;

#[cfg(test)]
mod redis_tests;
#[cfg(test)]
mod tests;

pub use collect::CacheCollector;
pub use config::{CacheConfig, OpenError};
pub use key::{CacheKey, DataVersion, KeyWriter, MAX_TIME_TO_LIVE, Scope};
pub use persisted::{DocumentHash, PersistedQueries};
pub use stats::{KeyStats, Stats, Status};
pub use value::{CacheValue, MAX_VALUE_BYTES, Raw};

pub(crate) use redis_link::RedisLink;

use bytes::Bytes;
use fault::{Fault, LogGate};
use flight::{Flights, Leader, Outcome, PATIENCE, Seat};
use memory::Memory;
use redis_link::Tuning;
use stats::{Counters, KeyCounters, count};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a reader whose leader was cancelled joins again before it works alone.
const MAX_JOINS: usize = 3;

/// At most one line about faults in this time.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

enum Backend {
    Memory(Memory),
    Redis(RedisLink),
}

struct Inner {
    backend: Backend,
    prefix: String,
    flights: Arc<Flights>,
    counters: Counters,
    log: LogGate,
}

/// A cache of typed values; clones share one store.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cache").field(&self.status()).finish()
    }
}

/// A key's text and counters, worked out once per call.
struct Slot {
    name: &'static str,
    text: String,
    time_to_live: Option<Duration>,
    counters: Arc<KeyCounters>,
}

impl Cache {
    /// Opens the cache. With Redis it connects in the background and may be used at once: until the server answers,
    /// every read is a miss.
    ///
    /// # Errors
    /// Settings that can never work; a server that is away is none of them.
    pub fn open(config: &CacheConfig) -> Result<Self, OpenError> {
        Self::open_tuned(config, Tuning::default())
    }

    fn open_tuned(config: &CacheConfig, tuning: Tuning) -> Result<Self, OpenError> {
        config.check()?;
        let backend = match &config.redis_url {
            Some(url) => Backend::Redis(RedisLink::open_tuned(url, config, "the cache", tuning)?),
            None => Backend::Memory(Memory::new(config.memory_bytes)),
        };
        Ok(Self(Arc::new(Inner {
            backend,
            prefix: config.key_prefix.clone(),
            flights: Arc::default(),
            counters: Counters::default(),
            log: LogGate::new(LOG_INTERVAL),
        })))
    }

    /// The value of `key`, when it is there and readable.
    pub async fn get<K: CacheKey>(&self, key: &K) -> Option<K::Value> {
        let slot = self.slot(key);
        let value = self.read(&slot).await.map(|(value, _)| value);
        count_read(&slot, value.is_some());
        value
    }

    /// Keeps `value` under `key`, unless it is longer than [`MAX_VALUE_BYTES`] or its time is under 1 ms.
    pub async fn put<K: CacheKey>(&self, key: &K, value: &K::Value) {
        let slot = self.slot(key);
        match value::encode(value) {
            Ok(bytes) => self.store(&slot, bytes).await,
            Err(fault) => self.report(&slot, &fault),
        }
    }

    /// The value of `key`, or what `fill` makes, which is then kept. Of several callers in this process that miss the
    /// same key at once, one fills and the others wait for it, for a bounded time; when that one is cancelled another
    /// takes over, and when its fill fails the others each fill for themselves.
    ///
    /// # Errors
    /// Those of the caller's own `fill`, and no others.
    pub async fn get_or_fill<K: CacheKey, E>(
        &self,
        key: &K,
        fill: impl Future<Output = Result<K::Value, E>>,
    ) -> Result<K::Value, E> {
        let slot = self.slot(key);
        // Memory answers at once, so only what it lacks is worth a flight. A read of Redis is one that can be shared.
        if let Backend::Memory(_) = self.0.backend
            && let Some((value, _)) = self.read(&slot).await
        {
            count(&slot.counters.hits);
            return Ok(value);
        }
        for _ in 0..MAX_JOINS {
            match self.0.flights.join(&slot.text) {
                Seat::Leader(leader) => {
                    return self.read_or_fill(&slot, fill, Some(leader)).await;
                }
                Seat::Follower(follower) => match follower.outcome(PATIENCE).await {
                    Outcome::Landed(bytes) => match value::decode(bytes) {
                        Ok(value) => {
                            count(&slot.counters.shared);
                            return Ok(value);
                        }
                        Err(fault) => {
                            self.report(&slot, &fault);
                            break;
                        }
                    },
                    Outcome::Abandoned => {}
                    Outcome::Empty => break,
                },
                Seat::Alone => break,
            }
        }
        self.read_or_fill(&slot, fill, None).await
    }

    /// Where values are kept and whether that place answers, without asking it.
    pub fn status(&self) -> Status {
        match &self.0.backend {
            Backend::Memory(_) => Status::InProcess,
            Backend::Redis(link) => *link.status().borrow(),
        }
    }

    /// Waits until the cache is of use: at once in this process, with Redis when it answers, which may be never.
    pub async fn connected(&self) {
        self.reached(|status| status != Status::RedisDown).await;
    }

    /// A snapshot of all counters.
    pub fn stats(&self) -> Stats {
        let (losses, away, memory_bytes) = match &self.0.backend {
            Backend::Memory(memory) => (0, 0, memory.weight()),
            Backend::Redis(link) => (link.losses(), link.away(), 0),
        };
        Stats {
            status: self.status(),
            keys: self.0.counters.snapshot(),
            losses,
            away,
            memory_bytes,
            in_flight: self.0.flights.len(),
        }
    }

    async fn reached(&self, wanted: impl Fn(Status) -> bool) {
        if let Backend::Redis(link) = &self.0.backend {
            // It fails only when the link is gone, and this borrow keeps it.
            _ = link.status().wait_for(|status| wanted(*status)).await;
        }
    }

    fn slot<K: CacheKey>(&self, key: &K) -> Slot {
        Slot {
            name: K::NAME,
            text: key::key_text(&self.0.prefix, key),
            time_to_live: key::stored_for(key),
            counters: self.0.counters.of(K::NAME),
        }
    }

    async fn read_or_fill<V: CacheValue, E>(
        &self,
        slot: &Slot,
        fill: impl Future<Output = Result<V, E>>,
        leader: Option<Leader>,
    ) -> Result<V, E> {
        let found = self.read(slot).await;
        count_read(slot, found.is_some());
        if let Some((value, bytes)) = found {
            if let Some(leader) = leader {
                leader.land(bytes);
            }
            return Ok(value);
        }
        let value = match fill.await {
            Ok(value) => value,
            Err(error) => {
                if let Some(leader) = leader {
                    leader.give_up();
                }
                return Err(error);
            }
        };
        match value::encode(&value) {
            Ok(bytes) => {
                // The others go on while this one stores; who joins meanwhile finds the value too.
                if let Some(leader) = &leader {
                    leader.land(bytes.clone());
                }
                self.store(slot, bytes).await;
            }
            Err(fault) => {
                if let Some(leader) = &leader {
                    leader.give_up();
                }
                self.report(slot, &fault);
            }
        }
        Ok(value)
    }

    async fn read<V: CacheValue>(&self, slot: &Slot) -> Option<(V, Bytes)> {
        let found = match &self.0.backend {
            Backend::Memory(memory) => Ok(memory.get(&slot.text)),
            Backend::Redis(link) => link.get(&slot.text).await,
        };
        let value = found.and_then(|bytes| bytes.map(|bytes| Ok((value::decode(bytes.clone())?, bytes))).transpose());
        value.unwrap_or_else(|fault| {
            self.report(slot, &fault);
            None
        })
    }

    async fn store(&self, slot: &Slot, bytes: Bytes) {
        let Some(time_to_live) = slot.time_to_live else {
            return;
        };
        if bytes.len() > MAX_VALUE_BYTES {
            count(&slot.counters.oversized);
            return;
        }
        let stored = match &self.0.backend {
            Backend::Memory(memory) => {
                memory.put(&slot.text, bytes, time_to_live);
                Ok(())
            }
            Backend::Redis(link) => link.put(&slot.text, &bytes, time_to_live).await,
        };
        if let Err(fault) = stored {
            self.report(slot, &fault);
        }
    }

    fn report(&self, slot: &Slot, fault: &Fault) {
        // The loss itself was logged, and each refused command since is only counted.
        if *fault == Fault::Away {
            return;
        }
        count(&slot.counters.errors);
        if let Some(held_back) = self.0.log.admit(Instant::now()) {
            tracing::warn!(key = slot.name, %fault, held_back, "cache fault, taken as a miss");
        }
    }
}

fn count_read(slot: &Slot, hit: bool) {
    let counters = &slot.counters;
    count(if hit { &counters.hits } else { &counters.misses });
}
