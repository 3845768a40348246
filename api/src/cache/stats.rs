//! Counters of the cache, for the metrics page.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Where values are kept, and whether that place answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In this process; always at hand.
    InProcess,
    /// In Redis, which answers.
    RedisUp,
    /// In Redis, which does not answer: every read is a miss, and readiness is degraded, not lost.
    RedisDown,
}

/// What one kind of key has seen since the process started. Reads are `hits + misses + shared`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyStats {
    /// Reads answered from the cache.
    pub hits: u64,
    /// Reads that were not; those during a fault and those with Redis away are among them.
    pub misses: u64,
    /// Reads answered by a fill of the same key that was already on its way.
    pub shared: u64,
    /// Faults, in reading or writing. Redis being known to be away is counted in [`Stats::away`] instead.
    pub errors: u64,
    /// Values that were not stored because they were too long.
    pub oversized: u64,
}

/// A snapshot of all counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    /// The state at this moment.
    pub status: Status,
    /// Per [`CacheKey::NAME`](super::CacheKey::NAME), in the order of names.
    pub keys: BTreeMap<&'static str, KeyStats>,
    /// How often Redis was lost.
    pub losses: u64,
    /// Commands that were not sent since Redis was known to be away.
    pub away: u64,
    /// Bytes in use by values in this process; 0 with Redis.
    pub memory_bytes: u64,
    /// Fills on their way.
    pub in_flight: usize,
}

#[derive(Default)]
pub(super) struct KeyCounters {
    pub(super) hits: AtomicU64,
    pub(super) misses: AtomicU64,
    pub(super) shared: AtomicU64,
    pub(super) errors: AtomicU64,
    pub(super) oversized: AtomicU64,
}

impl KeyCounters {
    fn snapshot(&self) -> KeyStats {
        KeyStats {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            shared: self.shared.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            oversized: self.oversized.load(Ordering::Relaxed),
        }
    }
}

/// One more; no order with other memory is needed, since counters are only ever read as a picture.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The counters of all kinds of keys. Kinds are types, so there are only ever a few.
#[derive(Default)]
pub(super) struct Counters(RwLock<BTreeMap<&'static str, Arc<KeyCounters>>>);

impl Counters {
    pub(super) fn of(&self, name: &'static str) -> Arc<KeyCounters> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(counters) = known.get(name) {
            return Arc::clone(counters);
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(name).or_default())
    }

    pub(super) fn snapshot(&self) -> BTreeMap<&'static str, KeyStats> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(name, counters)| (*name, counters.snapshot())).collect()
    }
}
