//! Hints: after a commit, the word to all replicas that a feed has grown, with the alert itself. A hint may be lost,
//! doubled or late: the feed in the database is what counts, and whoever listens looks there for what is missing.

use super::feed::Alert;
use std::sync::Arc;
use tokio::sync::broadcast;

/// How many hints a listener may be behind before it loses the oldest.
const BEHIND_MAX: usize = 4096;

/// One alert was committed.
#[derive(Clone, Debug)]
pub struct Hint {
    /// The alert.
    pub alert: Arc<Alert>,
}

/// Where hints are published and listened to.
#[derive(Clone)]
pub struct Hints {
    local: broadcast::Sender<Hint>,
}

impl Default for Hints {
    fn default() -> Self {
        Self { local: broadcast::channel(BEHIND_MAX).0 }
    }
}

impl Hints {
    /// Tells all listeners, without waiting for any.
    pub fn publish(&self, hint: Hint) {
        // Nobody listening is no fault.
        _ = self.local.send(hint);
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Hint> {
        self.local.subscribe()
    }
}
