//! What can go wrong in a cache, and how it is told: each fault is a miss for the reader and at most a line in the log.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Why the cache could not answer. Carries nothing of what is cached, so every fault may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// Redis is known to be away and was not asked.
    #[error("Redis is away")]
    Away,
    #[error("no answer from Redis in time")]
    TimedOut,
    /// The connection failed, or the server says that it cannot serve for now.
    #[error("the connection to Redis failed: {0}")]
    Link(String),
    /// The server answered with an error to this one command.
    #[error("Redis refused a command: {0}")]
    Refused(String),
    #[error("the stored value is not readable")]
    Unreadable,
    #[error("the value cannot be encoded")]
    Unwritable,
}

/// Lets one line through at a time and counts the rest, so that a cache that fails at every request does not flood the
/// log.
pub(super) struct LogGate {
    interval: Duration,
    state: Mutex<(Option<Instant>, u64)>,
}

impl LogGate {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, state: Mutex::new((None, 0)) }
    }

    /// How many lines were held back since the last one when this one may be written; `None` when it may not.
    pub(super) fn admit(&self, now: Instant) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, held_back) = &mut *state;
        if last.is_some_and(|last| now.saturating_duration_since(last) < self.interval) {
            *held_back += 1;
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_an_interval_and_the_rest_are_counted() {
        let gate = LogGate::new(Duration::from_secs(10));
        let start = Instant::now();
        assert_eq!(gate.admit(start), Some(0));
        for second in 0..9 {
            assert_eq!(gate.admit(start + Duration::from_secs(second)), None);
        }
        assert_eq!(gate.admit(start + Duration::from_secs(10)), Some(9));
        assert_eq!(gate.admit(start + Duration::from_secs(11)), None);
    }
}
