//! One execution for many: subscriptions that ask for the same, in the same organization, with the same rights, share one
//! execution and one serialization of each item; each reader only has its own place in what comes of it.
//!
//! Nothing is pushed to a reader. A group keeps its newest items, numbered, and a reader takes the next one when it has
//! room for it. Whoever is further behind than the group remembers goes on alone, with an execution of its own from its
//! own place, until the group's items begin no later than where it is. Places decide, under the group's lock, so that
//! nothing comes twice or not at all.
//!
//! What is remembered was resolved by the rights of that moment. Before an item is given to one who joined after it, or
//! who takes it late, the [`Line`] is asked whether what the organization may see is still the same; where it is not, the
//! group forgets, and whoever missed something resolves it alone. This room knows no domain: what a place is, and what
//! may be seen, it is told by the line.

mod answers;
mod directory;
mod driven;
mod feed_line;
mod group;
mod impersonal;
mod member;
mod memory;
mod remains;
mod waiting;

pub use answers::Answers;
pub use feed_line::FeedLine;
pub use impersonal::{IMPERSONAL, impersonal};

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use entity::id::OrganizationId;
use futures::{Stream, StreamExt, stream::BoxStream};
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use self::{
    directory::{Directory, Known, Leaving, seek},
    driven::Driven,
    group::{Group, Seat},
    member::Member,
    memory::Memory,
};
use super::request::{
    Pipeline, Prepared,
    answer::Answer,
    share::{Repeatable, ShareKey, Shared},
    subscribe::MakeData,
};
use crate::op::Fault;

/// How many groups there are for one request at most: the one that is where now is, and those that follow it. A group
/// costs little more than one who reads alone, and others can join it.
const FOLLOWING: usize = 64;

/// How long a group may look for its beginning, or for what may be seen; over it, its reader reads alone.
const PATIENCE: Duration = Duration::from_secs(2);

/// A place in the items of a source. Within one epoch, later ones have higher numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The life of the source that the number belongs to.
    pub epoch: i64,
    /// The number.
    pub number: i64,
}

/// What the members of an organization may see, in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Another number means that something that could be seen may be hidden now.
    pub version: i64,
    /// When it was asked for: it was no older then.
    pub at: Instant,
}

/// What a text to resume behind means, and whether what could be seen still may be.
#[async_trait]
pub trait Line: Send + Sync {
    /// The place that it names, if it is one of this organization.
    fn place(&self, organization: OrganizationId, resume: &str) -> Option<Place>;

    /// A text to resume behind everything that there is now.
    ///
    /// # Errors
    /// The source cannot be asked.
    async fn now(&self, organization: OrganizationId) -> Result<String, Fault>;

    /// What the members of the organization may see, asked for at `since` or later.
    ///
    /// # Errors
    /// Nobody can say it.
    async fn sight(&self, organization: OrganizationId, since: Instant) -> Result<Sight, Fault>;

    /// The same as far as it is known, and again whenever it is known to have changed. It does not end.
    fn sights(&self, organization: OrganizationId) -> BoxStream<'static, Sight>;
}

/// Who reads, as far as it decides what may be shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Audience {
    /// The organization.
    pub organization: OrganizationId,
    /// All that rights depend on, in some words that are equal only where all of it is.
    pub rights: String,
    /// The languages that texts are chosen by.
    pub languages: Vec<String>,
}

/// One who subscribes.
pub struct Subscriber {
    /// `None` where nothing is shared.
    pub audience: Option<Audience>,
    /// Names the operation in logs and in answers to faults.
    pub request_id: String,
    /// What resolvers find in their context; new for each execution.
    pub data: MakeData,
    /// What the transport was told to go on behind.
    pub after: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    request: ShareKey,
    audience: Audience,
}

/// The groups of this process.
pub struct Groups {
    pipeline: Arc<Pipeline>,
    line: Option<Arc<dyn Line>>,
    directory: Mutex<Directory>,
    memory: Arc<Memory>,
    /// How many there are.
    count: Gauge,
}

/// What a member needs to go on alone.
struct Alone {
    pipeline: Arc<Pipeline>,
    repeatable: Arc<Repeatable>,
    request_id: String,
    data: MakeData,
}

impl Alone {
    fn outcomes(&self, after: Option<&str>) -> impl Stream<Item = Answer> + Send + Unpin + use<> {
        let (data, after) = (Arc::clone(&self.data), after.map(str::to_owned));
        self.pipeline.repeat(&self.repeatable, &self.request_id, data, after).map(Answer::from)
    }

    fn execute(&self, after: Option<&str>) -> Driven {
        Driven::new(self.outcomes(after))
    }
}

impl Groups {
    /// Groups over `pipeline`, which `count` is to show the number of. Without a line nothing is shared.
    #[must_use]
    pub fn new(pipeline: Arc<Pipeline>, line: Option<Arc<dyn Line>>, count: Gauge) -> Arc<Self> {
        Arc::new(Self { pipeline, line, directory: Mutex::default(), memory: Arc::default(), count })
    }

    /// Executes a prepared request, together with others where that is the same. An answer whose stage is not
    /// [`Stage::Execution`](super::request::refusal::Stage::Execution) is the only one.
    pub async fn subscribe(self: &Arc<Self>, prepared: Prepared, subscriber: Subscriber) -> Answers {
        let Subscriber { audience, request_id, data, after } = subscriber;
        let (Some(audience), Some(line)) = (audience, self.line.clone()) else {
            return self.alone(prepared, &request_id, data, after);
        };
        let Shared { key, repeatable, after: said } = match prepared.shared() {
            Ok(shared) => shared,
            Err(prepared) => return self.alone(*prepared, &request_id, data, after),
        };
        let key = Key { request: key, audience };
        let alone = Alone { pipeline: Arc::clone(&self.pipeline), repeatable, request_id, data };
        let organization = key.audience.organization;
        let begin = match said.or(after) {
            Some(after) => Begin::Behind(line.place(organization, &after), after.into()),
            None => Begin::Now,
        };
        // A new group has to know where it begins, or nobody could tell where its first item is; and what its readers may
        // see, before anything is resolved for them.
        let known =
            self.lock().groups.get(&key).is_some_and(|known| known.len() == FOLLOWING || seek(known, &begin).is_some());
        let start = if known { None } else { begin.clone().looked_up(Arc::clone(&line), organization).await };
        self.join(Arc::new(key), alone, line, begin, start)
    }

    fn join(
        self: &Arc<Self>,
        mut key: Arc<Key>,
        mut alone: Alone,
        line: Arc<dyn Line>,
        begin: Begin,
        start: Option<Start>,
    ) -> Answers {
        let mut directory = self.lock();
        let mut known = &[][..];
        if let Some((same, groups)) = directory.groups.get_key_value(&key) {
            // One key and one document in memory for all of them.
            (key, known) = (Arc::clone(same), groups);
            if let Some(first) = known.first() {
                alone.repeatable = Arc::clone(&first.repeatable);
            }
        }
        if let Some(found) = seek(known, &begin) {
            // While the map is locked, so that a group does not end between being found and being joined.
            let reading = found.enter(self, &key);
            drop(directory);
            return Answers::of_member(Member::of(Arc::clone(self), key, reading, alone, begin.after()));
        }
        let organization = key.audience.organization;
        // Where the place makes no sense, the resolver is the one to say so.
        let Some(Start { place, after, sight }) = start.filter(|_| known.len() < FOLLOWING) else {
            return Answers::own(alone.execute(begin.after().as_deref()));
        };
        let follows = !known.is_empty();
        let of = (line, organization);
        let left = directory.remains.take(&key, Instant::now(), |left| left.fits(place, sight));
        let (group, from) = match left {
            Some(left) => {
                let end = left.end();
                (Group::again(of, left, sight), end)
            }
            None => (Group::new(of, (place, Arc::clone(&after)), sight, &self.memory), Arc::clone(&after)),
        };
        group.run(alone.outcomes(Some(&from)), Leaving { groups: Arc::downgrade(self), key: Arc::clone(&key) });
        let repeatable = Arc::clone(&alone.repeatable);
        let number = group.attach(place).unwrap_or_default();
        let found = Joint { group: Arc::clone(&group), number, pass: None, follows, resume: after };
        directory.groups.entry(Arc::clone(&key)).or_default().push(Known { group, repeatable });
        self.count.inc();
        let reading = found.enter(self, &key);
        drop(directory);
        Answers::of_member(Member::of(Arc::clone(self), key, reading, alone, begin.after()))
    }

    /// A group that has what comes behind the place that `resume` names.
    fn rejoin(self: &Arc<Self>, key: &Arc<Key>, resume: &str) -> Option<Reading> {
        let place = self.line.as_ref()?.place(key.audience.organization, resume);
        let directory = self.lock();
        let found = seek(directory.groups.get(key)?, &Begin::Behind(place, Arc::default()))?;
        Some(found.enter(self, key))
    }

    /// The first group, which the others follow, where it has what comes behind `place`.
    fn overtake(self: &Arc<Self>, key: &Arc<Key>, place: Place) -> Option<Reading> {
        let directory = self.lock();
        let first = directory.groups.get(key)?.first()?;
        let number = first.group.attach(place)?;
        let group = Arc::clone(&first.group);
        Some(Joint { group, number, pass: None, follows: false, resume: Arc::default() }.enter(self, key))
    }

    fn alone(&self, prepared: Prepared, request_id: &str, data: MakeData, after: Option<String>) -> Answers {
        let outcomes = self.pipeline.subscribe(prepared, request_id, data, after);
        Answers::own(Driven::new(outcomes.map(Answer::from)))
    }

    fn lock(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A group that can be joined, and where.
struct Joint {
    group: Arc<Group>,
    /// The number of the item that comes next.
    number: u64,
    /// Items up to this one are passed over.
    pass: Option<Place>,
    /// Whether it is a group that follows another.
    follows: bool,
    /// What resumes there, of one who begins now.
    resume: Arc<str>,
}

impl Joint {
    fn enter(self, groups: &Arc<Groups>, key: &Arc<Key>) -> Reading {
        let seat = self.group.enter(Leaving { groups: Arc::downgrade(groups), key: Arc::clone(key) });
        Reading { joint: self, seat }
    }
}

/// A member's part in a group.
struct Reading {
    joint: Joint,
    seat: Seat,
}

/// Where a member begins.
#[derive(Clone)]
enum Begin {
    Now,
    /// Behind this; with its place, if it has one.
    Behind(Option<Place>, Arc<str>),
}

/// Where a group begins, and what its readers may see then.
struct Start {
    place: Place,
    after: Arc<str>,
    sight: Sight,
}

impl Begin {
    /// The start of a group that begins here; `None` where the place makes no sense or nobody can say it.
    async fn start(&self, line: &Arc<dyn Line>, organization: OrganizationId) -> Option<Start> {
        let (place, after) = match self {
            Self::Behind(place, after) => ((*place)?, Arc::clone(after)),
            Self::Now => {
                let now = line.now(organization).await.ok()?;
                (line.place(organization, &now)?, now.into())
            }
        };
        let sight = line.sight(organization, Instant::now()).await.ok()?;
        Some(Start { place, after, sight })
    }

    /// As [`Begin::start`], within the patience, and whether the reader looks or not: it holds a connection to the
    /// database.
    async fn looked_up(self, line: Arc<dyn Line>, organization: OrganizationId) -> Option<Start> {
        let look = async move { timeout(PATIENCE, self.start(&line, organization)).await.ok().flatten() };
        tokio::spawn(look.in_current_span()).await.ok().flatten()
    }

    fn after(self) -> Option<Arc<str>> {
        match self {
            Self::Now => None,
            Self::Behind(_, after) => Some(after),
        }
    }
}
