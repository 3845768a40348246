//! Hints: after a commit, the word to all replicas that a feed has grown, with the alert itself. A hint may be lost,
//! doubled or late: the feed in the database is what counts, and whoever listens looks there for what is missing.
//!
//! Who listens in this process hears at once, without Redis. The other replicas hear over Redis, where there is one; the
//! answer to the request never waits for that.

mod link;
mod message;

use super::feed::{Alert, Hub};
use crate::cache::{CacheConfig, OpenError};
use link::Link;
use std::sync::Arc;

/// One alert was committed.
#[derive(Clone, Debug, PartialEq)]
pub struct Hint {
    /// The life of the database in which it was committed.
    pub epoch: i64,
    /// The alert.
    pub alert: Arc<Alert>,
}

/// Whether hints reach the other replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintStatus {
    /// There is no Redis: this process is the only one, or the others find everything by their tail check.
    InProcess,
    /// Redis takes hints and gives them.
    Up,
    /// Redis is away: alerts of other replicas come with the tail check.
    Down,
}

/// What was counted of hints over Redis since the process started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HintStats {
    /// Sent.
    pub sent: u64,
    /// Not sent, since Redis was away or slow.
    pub dropped: u64,
    /// Received, this process's own included.
    pub received: u64,
    /// Received, and not understood.
    pub malformed: u64,
    /// How often the channels were listened to anew.
    pub connections: u64,
}

/// Where hints are published.
pub struct Hints {
    hub: Hub,
    link: Option<Link>,
}

impl Hints {
    /// For listeners of this process only.
    #[must_use]
    pub fn in_process(hub: Hub) -> Self {
        Self { hub, link: None }
    }

    /// For listeners of all replicas, where the settings name a Redis. It connects in the background.
    ///
    /// # Errors
    /// An address that can never work.
    pub fn open(hub: Hub, config: &CacheConfig) -> Result<Self, OpenError> {
        let link = match &config.redis_url {
            Some(url) => Some(Link::open(hub.downgrade(), url, config)?),
            None => None,
        };
        Ok(Self { hub, link })
    }

    /// Tells all listeners, without waiting for any.
    pub fn publish(&self, hint: Hint) {
        self.hub.hear(&hint);
        if let Some(link) = &self.link {
            link.send(hint);
        }
    }

    /// Whether hints reach the other replicas.
    #[must_use]
    pub fn status(&self) -> HintStatus {
        match &self.link {
            None => HintStatus::InProcess,
            Some(link) if link.is_up() => HintStatus::Up,
            Some(_) => HintStatus::Down,
        }
    }

    /// What was counted; all zero without Redis.
    #[must_use]
    pub fn stats(&self) -> HintStats {
        self.link.as_ref().map(Link::stats).unwrap_or_default()
    }
}
