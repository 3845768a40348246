//! One reader of a feed: a position that only moves forward by what was given, or by a reset that was told.
//!
//! It takes what comes behind its position from memory, else from the table, else it waits until the feed is known to go
//! further. So there is no gap and no repeat between what was missed and what happens now, whatever hints do, and a slow
//! reader costs nothing but its own page.
//!
//! From far behind it reads with its filter, and goes on behind all that it has passed over. A client that only knows the
//! cursors of what it got passes over it again when it comes back: that costs some statements over an index, and a cursor
//! that leads further than its alert would not be one that can be used with another filter.

use super::{
    Alert, AlertFilter,
    hub::{Hub, count},
    resume::{Head, Position, ResetReason, Resume, resume},
    ring::RING_MAX,
    store,
    topic::{Known, Topic},
};
use crate::op::Fault;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};

/// How many alerts are read at once from far behind: as much as a reader that stops may hold.
const PAGE: usize = 100;

/// How many numbers one statement goes over that looks for what a filter wants: it must not take long where nothing is.
const SPAN: i64 = 100_000;

/// The shortest and the longest time between two attempts to read a database that fails.
const RETRY_MIN: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(5);

/// How long a reader that only begins waits for the database, before it is told that it cannot.
const BEGIN_PATIENCE: Duration = Duration::from_secs(5);

/// What a listener gets.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveEvent {
    /// The next alert.
    Alert(Arc<Alert>),
    /// The feed cannot go on from where the listener was: it goes on with the oldest alert that is kept.
    Reset {
        /// Why.
        reason: ResetReason,
        /// How far the feed goes.
        head: Head,
    },
}

/// A reader of one feed. It counts as one until it is dropped.
pub struct Listener {
    hub: Hub,
    topic: Arc<Topic>,
    known: watch::Receiver<Known>,
    /// Everything up to here was given. `None` until it began.
    at: Option<Position>,
    /// Which alerts are wanted.
    filter: AlertFilter,
    /// What was read from the table and comes next.
    ahead: VecDeque<Arc<Alert>>,
    /// Up to where nothing else is wanted, once all that is ahead was given.
    passed: Option<i64>,
    /// The version of what may be seen, as it was known before what is ahead was read.
    seen: Option<i64>,
    retry: Duration,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.leave(&self.topic);
    }
}

impl Listener {
    /// Of a topic that has counted it already.
    pub(super) fn new(hub: Hub, topic: Arc<Topic>) -> Self {
        let known = topic.watch();
        let (filter, ahead) = (AlertFilter::default(), VecDeque::new());
        Self { hub, topic, known, at: None, filter, ahead, passed: None, seen: None, retry: Duration::ZERO }
    }

    /// The same listener, which gives only what the filter wants. Resets are told whatever it says.
    #[must_use]
    pub fn only(mut self, filter: AlertFilter) -> Self {
        self.filter = filter;
        self
    }

    /// Where the listener is: everything up to here was given. The zero of no epoch before it began.
    #[must_use]
    pub fn position(&self) -> Position {
        self.at.unwrap_or(Position { epoch: 0, seq: 0 })
    }

    /// Begins behind `after`, or with what comes from now on; gives the reset where the feed cannot go on from there,
    /// and then begins with the oldest alert that is kept.
    ///
    /// # Errors
    /// Database faults that do not end within some seconds.
    pub async fn begin(&mut self, after: Option<Position>) -> Result<Option<LiveEvent>, Fault> {
        let until = Instant::now() + BEGIN_PATIENCE;
        loop {
            match self.try_begin(after).await {
                Ok(reset) => return Ok(reset),
                Err(fault) if Instant::now() >= until => return Err(fault),
                Err(_) => self.wait_to_retry().await,
            }
        }
    }

    async fn try_begin(&mut self, after: Option<Position>) -> Result<Option<LiveEvent>, Fault> {
        let topic = Arc::clone(&self.topic);
        // What is in memory may say more than may be told by now.
        if after.is_some() {
            self.hub.sight(topic.organization, Instant::now()).await?;
        }
        // Of all who come back at once with a cursor, the first one asks how far the feed goes, and the others know.
        let _turn = if after.is_some() { Some(topic.turn.lock().await) } else { None };
        if let Some(after) = after {
            let known = topic.known();
            if known.epoch == Some(after.epoch) && (0..=known.seq).contains(&after.seq) {
                // Whether all behind it is still kept shows when it is read.
                self.put_at(after);
                return Ok(None);
            }
        }
        let head = self.head().await?;
        Ok(self.stand(&head, after))
    }

    fn put_at(&mut self, at: Position) {
        self.at = Some(at);
        self.ahead.clear();
        (self.passed, self.seen) = (None, None);
    }

    /// The next alert, or a reset. It waits for as long as it takes; a database that is away makes it wait and not fail.
    /// Dropping the future loses nothing. A listener that has not begun begins with what comes from now on.
    ///
    /// # Errors
    /// Only while it begins, as [`Listener::begin`].
    pub async fn next(&mut self) -> Result<LiveEvent, Fault> {
        loop {
            let Some(at) = self.at else {
                self.begin(None).await?;
                continue;
            };
            let known = *self.known.borrow_and_update();
            if known.epoch != Some(at.epoch) || known.seq < at.seq {
                if let Some(reset) = self.examine(at).await {
                    return Ok(reset);
                }
                continue;
            }
            if self.seen.is_some() && self.seen != self.topic.sight_version() {
                // As for the alerts that all share: what is ahead is read anew.
                self.put_at(at);
            }
            if let Some(alert) = self.take(at) {
                if self.filter.matches(&alert) {
                    return Ok(LiveEvent::Alert(alert));
                }
                continue;
            }
            if let Some(passed) = self.passed.take() {
                self.at = Some(Position { seq: passed.max(at.seq), ..at });
                continue;
            }
            if known.seq > at.seq {
                match self.fill(at, known).await {
                    Ok(None) => self.retry = Duration::ZERO,
                    Ok(Some(reset)) => return Ok(reset),
                    Err(fault) => {
                        self.hub.failed(&self.hub.inner().counters.read_failures, &fault);
                        self.wait_to_retry().await;
                    }
                }
                continue;
            }
            // It cannot fail: the topic, which this listener holds, is the sender.
            _ = self.known.changed().await;
        }
    }

    /// The alert behind `at`, or the next one that is wanted, where it is in memory.
    fn take(&mut self, at: Position) -> Option<Arc<Alert>> {
        let next = match self.ahead.pop_front() {
            Some(next) => next,
            // Behind what was ahead there may be more that was passed over.
            None if self.passed.is_some() => return None,
            None => self.topic.behind(at.seq)?,
        };
        self.at = Some(Position { seq: next.seq, ..at });
        Some(next)
    }

    /// Reads from the table what comes behind `at`, into the ring where it is among the newest, else for this listener.
    async fn fill(&mut self, at: Position, known: Known) -> Result<Option<LiveEvent>, Fault> {
        // One statement for all who come back after a short absence: it reads all of the newest, not only those that
        // this listener misses.
        let ring = RING_MAX as i64;
        if known.seq - at.seq > ring {
            return self.fill_ahead(at, known).await;
        }
        let topic = Arc::clone(&self.topic);
        let _turn = topic.turn.lock().await;
        if topic.behind(at.seq).is_some() {
            return Ok(None);
        }
        let hub = self.hub.inner();
        count(&hub.counters.table_reads);
        let (after, seen) = ((known.seq - ring).max(0), topic.sight_version());
        let rows = store::read_behind(&hub.db, topic.organization, after, RING_MAX as u64).await?;
        self.hub.succeeded();
        let page: Vec<Arc<Alert>> = rows.into_iter().map(Arc::new).collect();
        let Some(run) = run_through(&page, at.seq + 1) else { return self.missing(at, &page).await };
        topic.absorb(run, seen);
        Ok(None)
    }

    /// Reads what this listener wants from far behind, beside all others.
    async fn fill_ahead(&mut self, at: Position, known: Known) -> Result<Option<LiveEvent>, Fault> {
        let topic = Arc::clone(&self.topic);
        let _turn = topic.far.acquire().await.map_err(Fault::internal)?;
        let hub = self.hub.inner();
        count(&hub.counters.table_reads);
        let until = known.seq.min(at.seq.saturating_add(SPAN));
        let (span, seen) = ((at.seq, until), topic.sight_version());
        let rows = store::read_wanted(&hub.db, topic.organization, span, &self.filter, PAGE as u64).await?;
        self.hub.succeeded();
        let page: Vec<Arc<Alert>> = rows.into_iter().map(Arc::new).collect();
        if self.filter.wants_all() {
            let Some(run) = run_through(&page, at.seq + 1) else { return self.missing(at, &page).await };
            (self.ahead, self.seen) = (run.iter().map(Arc::clone).collect(), seen);
            return Ok(None);
        }
        // The numbers do not tell whether all that was wanted was still kept. What is kept now was kept then.
        let head = self.head().await?;
        if matches!(resume(&head, Some(at)), Resume::Reset { .. }) {
            return Ok(self.stand(&head, Some(at)));
        }
        self.passed = (page.len() < PAGE).then_some(until);
        (self.ahead, self.seen) = (page.into(), seen);
        Ok(None)
    }

    /// The next alert is not in the table.
    async fn missing(&mut self, at: Position, page: &[Arc<Alert>]) -> Result<Option<LiveEvent>, Fault> {
        let head = self.head().await?;
        if matches!(resume(&head, Some(at)), Resume::Reset { .. }) {
            return Ok(self.stand(&head, Some(at)));
        }
        if page.iter().any(|alert| alert.seq > at.seq) {
            // The table's own rule is broken: numbers have no gap. To wait for ever would be the worst answer.
            let organization = self.topic.organization.0;
            tracing::error!(%organization, after = at.seq, "a feed has a gap; its readers are told to read it anew");
            let first = page.iter().map(|alert| alert.seq).find(|seq| *seq > at.seq).unwrap_or(head.seq);
            return Ok(Some(self.reset(ResetReason::Trimmed, &Head { trimmed: first - 1, ..head })));
        }
        // The feed does not go as far as it was said to: the tail check finds out how far it goes.
        Err(Fault::internal("a feed is shorter than it was known to be"))
    }

    /// What is known does not fit to where the listener is: the database decides which of them is outdated.
    async fn examine(&mut self, at: Position) -> Option<LiveEvent> {
        match self.head().await {
            Ok(head) => {
                if let Some(reset) = self.stand(&head, Some(at)) {
                    return Some(reset);
                }
                // The hub is outdated, and is about to find that out.
                let known = self.topic.known();
                if known.epoch != Some(head.epoch) || known.seq < at.seq {
                    self.hub.check_soon();
                    self.wait_to_retry().await;
                }
            }
            Err(fault) => {
                self.hub.failed(&self.hub.inner().counters.read_failures, &fault);
                self.wait_to_retry().await;
            }
        }
        None
    }

    async fn head(&self) -> Result<Head, Fault> {
        store::read_head(&self.hub.inner().db, self.topic.organization).await
    }

    /// Takes the place behind `after`, or the one that the feed goes on from.
    fn stand(&mut self, head: &Head, after: Option<Position>) -> Option<LiveEvent> {
        self.retry = Duration::ZERO;
        match resume(head, after) {
            Resume::From(seq) => {
                self.put_at(Position { epoch: head.epoch, seq });
                self.topic.raise(head.epoch, head.seq);
                None
            }
            Resume::Reset { reason, .. } => Some(self.reset(reason, head)),
        }
    }

    fn reset(&mut self, reason: ResetReason, head: &Head) -> LiveEvent {
        count(&self.hub.inner().counters.resets);
        self.put_at(head.oldest());
        self.topic.raise(head.epoch, head.seq);
        LiveEvent::Reset { reason, head: *head }
    }

    /// Waits before the next attempt, longer each time, or until the hub learns something.
    async fn wait_to_retry(&mut self) {
        self.retry = (self.retry * 2).clamp(RETRY_MIN, RETRY_MAX);
        _ = tokio::time::timeout(self.retry, self.known.changed()).await;
    }
}

/// The alerts around the one with this number, as far as their numbers have no gap; `None` where it is not there.
fn run_through(page: &[Arc<Alert>], seq: i64) -> Option<&[Arc<Alert>]> {
    page.chunk_by(|one, next| one.seq + 1 == next.seq).find(|run| run.iter().any(|alert| alert.seq == seq))
}
