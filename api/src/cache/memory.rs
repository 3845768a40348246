//! The backend in this process: bounded by the weight of what it keeps, each entry with its own time limit.

use bytes::Bytes;
use moka::Expiry;
use moka::sync::Cache;
use std::time::{Duration, Instant};

/// What one entry costs besides key and value: nodes of the table, of the timer wheel and of the order lists.
const ENTRY_OVERHEAD_BYTES: usize = 256;

#[derive(Clone)]
struct Entry {
    bytes: Bytes,
    time_to_live: Duration,
}

struct OwnTimeLimit;

impl Expiry<String, Entry> for OwnTimeLimit {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.time_to_live)
    }

    // Without this, an entry that is written again would keep the time limit of its first writing.
    fn expire_after_update(&self, _: &String, entry: &Entry, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(entry.time_to_live)
    }
}

pub(super) struct Memory(Cache<String, Entry>);

impl Memory {
    pub(super) fn new(bytes: u64) -> Self {
        let cache = Cache::builder()
            .max_capacity(bytes)
            .weigher(|key: &String, entry: &Entry| {
                let weight = key.len() + entry.bytes.len() + ENTRY_OVERHEAD_BYTES;
                u32::try_from(weight).unwrap_or(u32::MAX)
            })
            .expire_after(OwnTimeLimit)
            .build();
        Self(cache)
    }

    pub(super) fn get(&self, key: &str) -> Option<Bytes> {
        self.0.get(key).map(|entry| entry.bytes)
    }

    pub(super) fn put(&self, key: &str, bytes: Bytes, time_to_live: Duration) {
        let entry = Entry {
            // A slice of a larger buffer would keep all of that buffer, which the weight does not show.
            bytes: Bytes::copy_from_slice(&bytes),
            time_to_live,
        };
        self.0.insert(key.to_owned(), entry);
    }

    /// Bytes in use, as the weight counts them; entries that wait for their removal are still in it.
    pub(super) fn weight(&self) -> u64 {
        self.0.weighted_size()
    }

    #[cfg(test)]
    fn settle(&self) {
        self.0.run_pending_tasks();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn body(len: usize) -> Bytes {
        Bytes::from(vec![7; len])
    }

    #[test]
    fn the_weight_stays_within_its_bound() {
        let memory = Memory::new(64 * 1024);
        for number in 0..1000 {
            memory.put(&format!("key {number}"), body(1024), HOUR);
        }
        memory.settle();
        assert!(memory.weight() <= 64 * 1024, "{}", memory.weight());
        assert!(memory.weight() > 32 * 1024, "{}", memory.weight());
    }

    #[test]
    fn without_room_nothing_is_kept() {
        let memory = Memory::new(0);
        memory.put("key", body(1), HOUR);
        memory.settle();
        assert_eq!(memory.get("key"), None);
    }

    #[test]
    fn each_entry_has_its_own_time_limit_and_a_later_writing_renews_it() {
        let at = Instant::now();
        let entry = |time_to_live| Entry { bytes: body(1), time_to_live };
        let key = String::new();
        assert_eq!(OwnTimeLimit.expire_after_create(&key, &entry(HOUR), at), Some(HOUR));
        let renewed = OwnTimeLimit.expire_after_update(&key, &entry(HOUR), at, Some(HOUR / 60));
        assert_eq!(renewed, Some(HOUR));

        let memory = Memory::new(64 * 1024);
        memory.put("long", body(1), HOUR);
        memory.put("short", body(1), Duration::from_nanos(1));
        assert_eq!(memory.get("short"), None);
        assert_eq!(memory.get("long"), Some(body(1)));
    }
}
