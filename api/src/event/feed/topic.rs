//! One feed that somebody in this process listens to: how far it is known to go, its newest alerts, and the versions of
//! the data that decides who may listen and what listeners may see.

use super::{Alert, ring::Ring};
use crate::event::hint::Hint;
use entity::id::OrganizationId;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// The version of an organization's access, which is raised when a member, a role, a key or the organization's state
/// changes: whoever was let in before asks again. `None` until it was read for the first time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessVersion(pub Option<i64>);

/// The version of what the members of an organization may see of what others share with it or show to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SightVersion {
    /// Another number means that something that could be seen may be hidden now.
    pub version: i64,
    /// When the database was asked: the version was no older then.
    pub at: Instant,
}

/// How far a feed is known to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// `None` until anything is known.
    pub(super) epoch: Option<i64>,
    pub(super) seq: i64,
}

/// What became of a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It was news.
    New,
    /// It was known.
    Repeated,
    /// It is of another life of the database than what is known: one of them is outdated.
    OtherEpoch,
}

pub(super) struct Topic {
    pub(super) organization: OrganizationId,
    /// Written only while the ring is locked, so that both change together.
    known: watch::Sender<Known>,
    access: watch::Sender<AccessVersion>,
    /// Told on only where the version is another one.
    sight: watch::Sender<Option<SightVersion>>,
    /// Who asks for the sight, or for the access for the first time: one at a time, since what the first one hears is what
    /// the others want to know.
    pub(super) looking: tokio::sync::Mutex<()>,
    ring: Mutex<Ring>,
    /// When the database was last asked for the access.
    access_at: Mutex<Option<Instant>>,
    /// Who reads the table: one at a time, since what the first one finds is what the others look for.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// Who reads the table from far behind, each for itself: some at a time, and beside those who read the newest.
    pub(super) far: tokio::sync::Semaphore,
    listeners: AtomicUsize,
    /// Since when nobody needs it, as far as it was seen.
    idle_since: Mutex<Option<Instant>>,
}

/// How many of one feed's readers read it from far behind at once: not all connections to the database.
const FAR_AT_ONCE: usize = 2;

impl Topic {
    pub(super) fn new(organization: OrganizationId) -> Self {
        Self {
            organization,
            known: watch::Sender::default(),
            access: watch::Sender::default(),
            sight: watch::Sender::default(),
            looking: tokio::sync::Mutex::default(),
            ring: Mutex::default(),
            access_at: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            far: tokio::sync::Semaphore::new(FAR_AT_ONCE),
            listeners: AtomicUsize::new(0),
            idle_since: Mutex::default(),
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // No code that may panic runs while it is locked.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn known(&self) -> Known {
        *self.known.borrow()
    }

    pub(super) fn watch(&self) -> watch::Receiver<Known> {
        self.known.subscribe()
    }

    pub(super) fn watch_access(&self) -> watch::Receiver<AccessVersion> {
        self.access.subscribe()
    }

    /// The access, where the database was asked for it at `since` or later.
    pub(super) fn access_since(&self, since: Instant) -> Option<AccessVersion> {
        let asked = *self.access_at.lock().unwrap_or_else(PoisonError::into_inner);
        asked.filter(|asked| *asked >= since).map(|_| *self.access.borrow())
    }

    pub(super) fn watch_sight(&self) -> watch::Receiver<Option<SightVersion>> {
        self.sight.subscribe()
    }

    /// The sight, where the database was asked for it at `since` or later.
    pub(super) fn sight_since(&self, since: Instant) -> Option<SightVersion> {
        (*self.sight.borrow()).filter(|sight| sight.at >= since)
    }

    /// The sight as far as it is known.
    pub(super) fn sight_known(&self) -> Option<SightVersion> {
        *self.sight.borrow()
    }

    /// The version of the sight as far as it is known.
    pub(super) fn sight_version(&self) -> Option<i64> {
        self.sight.borrow().map(|sight| sight.version)
    }

    /// The database said this of the sight. What it was asked for earlier is old news, whenever it came. With another
    /// version the alerts in memory may say what is no longer told: they are read anew.
    pub(super) fn see(&self, seen: SightVersion) {
        let mut ring = self.ring();
        self.sight.send_if_modified(|known| {
            if known.is_some_and(|known| known.at >= seen.at) {
                return false;
            }
            let before = known.replace(seen).map(|known| known.version);
            if before.is_some_and(|before| before != seen.version) {
                ring.clear();
            }
            before != Some(seen.version)
        });
    }

    pub(super) fn behind(&self, seq: i64) -> Option<Arc<Alert>> {
        self.ring().behind(seq)
    }

    pub(super) fn all_behind(&self, seq: i64, limit: usize) -> Option<Vec<Arc<Alert>>> {
        self.ring().all_behind(seq, limit)
    }

    /// An alert was committed.
    pub(super) fn hear(&self, hint: &Hint) -> Heard {
        let mut ring = self.ring();
        if self.known().epoch.is_some_and(|epoch| epoch != hint.epoch) {
            return Heard::OtherEpoch;
        }
        let new = ring.hear(Arc::clone(&hint.alert), Instant::now());
        self.raise_locked(hint.epoch, hint.alert.seq);
        if new { Heard::New } else { Heard::Repeated }
    }

    /// Alerts were read from the table: ascending and without a gap, and after the sight was known to be `seen`. What was
    /// read before it changed is not taken.
    pub(super) fn absorb(&self, page: &[Arc<Alert>], seen: Option<i64>) {
        let mut ring = self.ring();
        if self.sight_version() != seen {
            return;
        }
        ring.absorb(page, Instant::now());
        if let (Some(epoch), Some(last)) = (self.known().epoch, page.last()) {
            self.raise_locked(epoch, last.seq);
        }
    }

    /// The feed goes at least as far as this. It never lowers what is known, and leaves another epoch alone: only the
    /// tail check decides about those.
    pub(super) fn raise(&self, epoch: i64, seq: i64) {
        let _ring = self.ring();
        self.raise_locked(epoch, seq);
    }

    fn raise_locked(&self, epoch: i64, seq: i64) {
        self.known.send_if_modified(|known| {
            let raised = known.epoch.is_none() || (known.epoch == Some(epoch) && known.seq < seq);
            if raised {
                *known = Known { epoch: Some(epoch), seq };
            }
            raised
        });
    }

    /// What the tail check found. `before` is what was known when it began to ask: what the database said less than
    /// that is no old news but a loss, and then nothing in memory counts any more.
    pub(super) fn settle(&self, before: Known, (epoch, seq): (i64, i64), access: i64, at: Instant) {
        let mut ring = self.ring();
        let changed = before.epoch.is_some_and(|known| known != epoch);
        let lost = before.epoch == Some(epoch) && seq < before.seq;
        if (changed && self.known().epoch != Some(epoch)) || lost {
            ring.clear();
            self.known.send_replace(Known { epoch: Some(epoch), seq });
        } else {
            ring.settle(Instant::now());
            self.raise_locked(epoch, seq);
        }
        drop(ring);
        let mut asked = self.access_at.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.is_some_and(|asked| asked >= at) {
            // What was asked for earlier is old news, whenever it came.
            return;
        }
        *asked = Some(at);
        self.access.send_if_modified(|version| {
            let changed = version.0 != Some(access);
            *version = AccessVersion(Some(access));
            changed
        });
    }

    /// To be called while the hub is locked.
    pub(super) fn enter(&self) {
        self.listeners.fetch_add(1, Ordering::Relaxed);
    }

    /// To be called while the hub is locked.
    pub(super) fn leave(&self) {
        self.listeners.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn listeners(&self) -> usize {
        self.listeners.load(Ordering::Relaxed)
    }

    /// Whether nobody needs it, and did not for so long, as far as this was asked. To be asked while the hub is locked.
    pub(super) fn is_over(&self, now: Instant, linger: Duration) -> bool {
        let mut since = self.idle_since.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_idle() {
            *since = None;
            return false;
        }
        now.saturating_duration_since(*since.get_or_insert(now)) >= linger
    }

    /// Whether nobody needs it. To be asked while the hub is locked.
    pub(super) fn is_idle(&self) -> bool {
        self.listeners() == 0 && self.access.receiver_count() == 0 && self.sight.receiver_count() == 0
    }
}
