//! A clock that stands still until a test moves it, and ids that count.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use partnergraph::op::{Clock, Ids};
use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};
use uuid::Uuid;

/// Stands at 2026-11-02 09:00 UTC, a Monday, until it is moved.
pub(crate) struct TestClock(Mutex<DateTime<Utc>>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Mutex::new(Utc.with_ymd_and_hms(2026, 11, 2, 9, 0, 0).unwrap()))
    }
}

impl TestClock {
    /// Moves the clock.
    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// Ids that ascend by one.
#[derive(Default)]
pub(crate) struct CountedIds(AtomicU64);

impl Ids for CountedIds {
    fn next(&self, now: DateTime<Utc>) -> Uuid {
        let counted = self.0.fetch_add(1, Ordering::Relaxed);
        let millis = u128::from(now.timestamp_millis().unsigned_abs());
        Uuid::from_u128((millis << 80) | (0x7 << 76) | (0b10 << 62) | u128::from(counted))
    }

    fn secret(&self) -> [u8; 32] {
        let counted = self.0.fetch_add(1, Ordering::Relaxed);
        let mut secret = [7; 32];
        secret[..8].copy_from_slice(&counted.to_be_bytes());
        secret
    }
}
