//! The time. Nothing else in the project asks the machine for it.

use chrono::{DateTime, SubsecRound, Utc};

/// A source of the present moment.
pub trait Clock: Send + Sync {
    /// Now, UTC, whole microseconds: PostgreSQL keeps no more and SQLite would, so that equal moments would differ.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}
