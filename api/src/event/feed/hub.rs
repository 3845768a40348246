//! The feeds that somebody in this process listens to: one per process, one topic per organization, which goes a while after
//! the last listener has gone. It knows no Redis and no reader's rights.

use super::{
    Alert, Listener,
    look::Looks,
    store, tail,
    topic::{AccessVersion, Heard, SightVersion, Topic},
};
use crate::{db::Db, event::hint::Hint, op::Fault};
use entity::id::OrganizationId;
use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    task::AbortHandle,
    time::Instant,
};

/// The feeds that somebody in this process listens to; clones share one.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

/// A handle that does not keep the hub.
#[derive(Clone)]
pub(in crate::event) struct WeakHub(Weak<Inner>);

impl WeakHub {
    pub(in crate::event) fn upgrade(&self) -> Option<Hub> {
        self.0.upgrade().map(Hub)
    }
}

/// How long a feed is kept up that nobody listens to any more: a network that breaks takes all listeners at once, and
/// most are back within this time.
pub(super) const LINGER: Duration = Duration::from_mins(1);

#[derive(Default)]
pub(super) struct Topics {
    pub(super) of: HashMap<OrganizationId, Arc<Topic>>,
    task: Option<AbortHandle>,
}

/// What was counted since the process started.
#[derive(Default)]
pub(super) struct Counters {
    pub(super) table_reads: AtomicU64,
    pub(super) read_failures: AtomicU64,
    pub(super) tail_checks: AtomicU64,
    pub(super) tail_failures: AtomicU64,
    pub(super) resets: AtomicU64,
    pub(super) sight_reads: AtomicU64,
    pub(super) heard: AtomicU64,
    pub(super) repeated: AtomicU64,
}

/// A picture of the hub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HubStats {
    /// Who listens now.
    pub listeners: u64,
    /// The feeds that are listened to now.
    pub topics: u64,
    /// How often the table was read, since what a listener needed was not in memory.
    pub table_reads: u64,
    /// How often that failed; it is tried until it succeeds.
    pub read_failures: u64,
    /// How often the database was asked whether feeds have grown.
    pub tail_checks: u64,
    /// How often that failed.
    pub tail_failures: u64,
    /// How often a listener had to be told that its feed cannot go on from where it was.
    pub resets: u64,
    /// How often the database was asked, besides the tail checks, whether the members of an organization may still see
    /// what they saw.
    pub sight_reads: u64,
    /// Hints that brought something new to a feed that is listened to.
    pub heard: u64,
    /// Hints that said what was known.
    pub repeated: u64,
}

pub(super) struct Inner {
    pub(super) db: Db,
    pub(super) interval: Duration,
    /// The runtime in which the hub was made: listeners come from runtimes that may end before it.
    home: Option<Handle>,
    topics: Mutex<Topics>,
    /// Its own, so that the task need not hold the hub while it waits.
    pub(super) wake: Arc<Notify>,
    pub(super) counters: Counters,
    pub(super) looks: Looks,
    troubled: AtomicBool,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let topics = self.topics.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = topics.task.take() {
            task.abort();
        }
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hub").field(&self.stats()).finish()
    }
}

impl Hub {
    /// A hub over a database. It should be made inside the runtime that its task is to live in; otherwise the task lives
    /// in that of the first listener.
    #[must_use]
    pub fn new(db: Db, tail_check: Duration) -> Self {
        Self(Arc::new(Inner {
            db,
            interval: tail_check,
            home: Handle::try_current().ok(),
            topics: Mutex::default(),
            wake: Arc::default(),
            counters: Counters::default(),
            looks: Looks::default(),
            troubled: AtomicBool::new(false),
        }))
    }

    /// Listens to the feed of an organization. The listener keeps everything that is committed from now on within its
    /// reach, but is nowhere yet: say where it begins with [`Listener::begin`].
    #[must_use]
    pub fn listen(&self, organization: OrganizationId) -> Listener {
        let topic = self.enter(organization, Topic::enter);
        Listener::new(self.clone(), topic)
    }

    /// Tells when the members, keys or state of an organization may have changed, within a tail check. Take it before
    /// you decide whom to let in: what changed between the decision and this call would not be told.
    #[must_use]
    pub fn access(&self, organization: OrganizationId) -> watch::Receiver<AccessVersion> {
        let mut receiver = None;
        self.enter(organization, |topic| receiver = Some(topic.watch_access()));
        receiver.unwrap_or_else(|| watch::channel(AccessVersion::default()).1)
    }

    /// Tells when what the members of an organization may see has changed, within a tail check. `None` until it was asked
    /// for.
    #[must_use]
    pub fn watch_sight(&self, organization: OrganizationId) -> watch::Receiver<Option<SightVersion>> {
        let mut receiver = None;
        self.enter(organization, |topic| receiver = Some(topic.watch_sight()));
        receiver.unwrap_or_else(|| watch::channel(None).1)
    }

    /// At most `limit` alerts of a feed behind this number, ascending and without a gap between them: from memory where
    /// they are there, else from the table. Where the first is not the next number, those before it are not kept.
    ///
    /// # Errors
    /// Database faults.
    pub async fn read(&self, organization: OrganizationId, after: i64, limit: usize) -> Result<Vec<Arc<Alert>>, Fault> {
        let topic = self.topics().of.get(&organization).map(Arc::clone);
        if let Some(found) = topic.and_then(|topic| topic.all_behind(after, limit)) {
            return Ok(found);
        }
        count(&self.0.counters.table_reads);
        let rows = store::read_behind(&self.0.db, organization, after, limit as u64).await?;
        Ok(rows.into_iter().map(Arc::new).collect())
    }

    /// An alert was committed, here or by another replica. It waits for nothing.
    pub fn hear(&self, hint: &Hint) {
        let topic = self.topics().of.get(&hint.alert.organization_id).map(Arc::clone);
        match topic.map(|topic| topic.hear(hint)) {
            None => {}
            Some(Heard::New) => count(&self.0.counters.heard),
            Some(Heard::Repeated) => count(&self.0.counters.repeated),
            Some(Heard::OtherEpoch) => self.check_soon(),
        }
    }

    /// Has the task look at the database now instead of at the next interval.
    pub fn check_soon(&self) {
        self.0.wake.notify_one();
    }

    /// Asks the database with one statement how far all feeds go that somebody listens to, and tells the listeners and who
    /// waits for it. The task does the same at each interval.
    ///
    /// # Errors
    /// Database faults; then nothing is told, and the next check finds what this one did not.
    pub async fn check(&self) -> Result<(), Fault> {
        tail::check(self).await
    }

    /// What was counted, and who listens now.
    #[must_use]
    pub fn stats(&self) -> HubStats {
        let (topics, listeners) = {
            let topics = self.topics();
            let needed = topics.of.values().filter(|topic| !topic.is_idle()).count();
            (needed, topics.of.values().map(|topic| topic.listeners()).sum::<usize>())
        };
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.0.counters;
        HubStats {
            listeners: u64::try_from(listeners).unwrap_or(u64::MAX),
            topics: u64::try_from(topics).unwrap_or(u64::MAX),
            table_reads: read(&counters.table_reads),
            read_failures: read(&counters.read_failures),
            tail_checks: read(&counters.tail_checks),
            tail_failures: read(&counters.tail_failures),
            resets: read(&counters.resets),
            sight_reads: read(&counters.sight_reads),
            heard: read(&counters.heard),
            repeated: read(&counters.repeated),
        }
    }

    pub(in crate::event) fn downgrade(&self) -> WeakHub {
        WeakHub(Arc::downgrade(&self.0))
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(super) fn topics(&self) -> MutexGuard<'_, Topics> {
        // No code that may panic runs while it is locked.
        self.0.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The topic of an organization, which is there from now on; for as long as somebody listens or watches, and a while.
    pub(super) fn topic(&self, organization: OrganizationId) -> Arc<Topic> {
        self.enter(organization, |_| {})
    }

    fn enter(&self, organization: OrganizationId, register: impl FnOnce(&Topic)) -> Arc<Topic> {
        let mut topics = self.topics();
        let topic = topics.of.entry(organization).or_insert_with(|| Arc::new(Topic::new(organization)));
        let topic = Arc::clone(topic);
        register(&topic);
        if topics.task.as_ref().is_none_or(AbortHandle::is_finished) {
            let home = self.0.home.clone().or_else(|| Handle::try_current().ok());
            topics.task = home.map(|home| home.spawn(tail::run(self.downgrade())).abort_handle());
        }
        topic
    }

    /// A listener goes.
    pub(super) fn leave(&self, topic: &Topic) {
        let _topics = self.topics();
        topic.leave();
    }

    /// Lets go of the topics that nobody has needed for a while; `false` where no topic is left, and then the task must
    /// end: it is started anew by the next listener.
    pub(super) fn sweep(&self, now: Instant) -> bool {
        let mut topics = self.topics();
        topics.of.retain(|_, topic| !topic.is_over(now, LINGER));
        if topics.of.is_empty() {
            topics.of.shrink_to_fit();
            topics.task = None;
        }
        !topics.of.is_empty()
    }

    /// The database failed. The first failure in a row is logged, the others are only counted.
    pub(super) fn failed(&self, counter: &AtomicU64, fault: &Fault) {
        count(counter);
        if !self.0.troubled.swap(true, Ordering::Relaxed) {
            tracing::warn!(cause = %fault.chain(), "the feeds cannot be read; listeners wait until they can");
        }
    }

    /// The database answered.
    pub(super) fn succeeded(&self) {
        if self.0.troubled.swap(false, Ordering::Relaxed) {
            tracing::info!("the feeds can be read again");
        }
    }
}

/// One more; counters are only ever read as a picture.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
