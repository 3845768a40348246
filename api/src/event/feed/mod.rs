//! The feed: the log of what each organization may know of, in the order in which it was committed, numbered without a
//! gap. The database is the log; hints only say that it has grown.
//!
//! A reader is a position in a feed. It asks for what comes behind it: from the newest alerts in memory, else from the
//! table, else it waits until the feed grows. Nothing is pushed to it, so nothing can overflow, and what a lost hint
//! would have said is found in the table. Where the numbers cannot go on, a reset says so; silence never does.

mod collect;
mod cursor;
mod filter;
mod follow;
mod hub;
mod listener;
mod look;
mod resume;
mod ring;
mod store;
mod tail;
mod topic;

#[cfg(test)]
mod tests;

pub use collect::FeedCollector;
pub use cursor::{CursorKey, read_cursor, write_cursor};
pub use filter::AlertFilter;
pub use follow::{Followed, follow};
pub use hub::{Hub, HubStats};
pub use listener::{Listener, LiveEvent};
pub use resume::{Head, Position, ResetReason, Resume, resume};
pub use store::{count, find, head, list, mark_read, new_epoch, renew_epoch, restrict, trim, unread_count};
pub use topic::{AccessVersion, SightVersion};

pub(super) use hub::WeakHub;
pub(super) use store::{Entry, append};

use crate::{
    cache::{CacheConfig, OpenError},
    db::Db,
    event::hint::{HintStats, HintStatus, Hints},
    op::{Fault, Ids, Op, RandomIds},
};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// An alert as it is kept.
pub type Alert = entity::alert::Model;

/// How feeds are kept and watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedSettings {
    /// How long alerts are kept at least.
    pub retention: TimeDelta,
    /// How often the database is asked, while somebody listens, whether a feed has grown: as late as an alert can be
    /// when all hints are lost.
    pub tail_check: Duration,
}

impl Default for FeedSettings {
    /// 90 days, 250 milliseconds.
    fn default() -> Self {
        Self { retention: TimeDelta::days(90), tail_check: Duration::from_millis(250) }
    }
}

/// What a process has of the feeds: the key of the cursors, those who listen, and the way to the other replicas.
pub struct Feeds {
    key: CursorKey,
    retention: TimeDelta,
    hub: Hub,
    hints: Hints,
}

impl Feeds {
    /// For a server: cursors signed with what is derived from `secret`, and hints over Redis where there is one. It must
    /// be made inside the runtime that its tasks are to live in; they end when the last handle on the hub is gone.
    ///
    /// # Errors
    /// An address of Redis that can never work.
    pub fn open(db: &Db, settings: &FeedSettings, secret: &[u8], cache: &CacheConfig) -> Result<Self, OpenError> {
        let hub = Hub::new(db.clone(), settings.tail_check);
        let hints = Hints::open(hub.clone(), cache)?;
        Ok(Self { key: CursorKey::derive(secret), retention: settings.retention, hub, hints })
    }

    /// For a command that serves nobody: servers find what it writes by their tail check.
    #[must_use]
    pub fn in_process(db: &Db) -> Self {
        let settings = FeedSettings::default();
        let hub = Hub::new(db.clone(), settings.tail_check);
        // No cursor of such a process is ever read by another one.
        let key = CursorKey::derive(&RandomIds::default().secret());
        Self { key, retention: settings.retention, hints: Hints::in_process(hub.clone()), hub }
    }

    /// Those who listen in this process.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Whether hints reach the other replicas.
    #[must_use]
    pub fn hint_status(&self) -> HintStatus {
        self.hints.status()
    }

    /// What was counted of hints.
    #[must_use]
    pub fn hint_stats(&self) -> HintStats {
        self.hints.stats()
    }

    /// Where hints are published.
    pub(super) fn hints(&self) -> &Hints {
        &self.hints
    }

    /// Alerts from before this moment need no longer be kept, for [`trim`].
    #[must_use]
    pub fn kept_since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.retention
    }
}

/// Lets go of the alerts that are older than the retention. To be done now and then, by any replica.
///
/// # Errors
/// As [`trim`].
pub async fn trim_expired(op: &Op) -> Result<u64, Fault> {
    trim(op, op.feeds().kept_since(op.now())).await
}
