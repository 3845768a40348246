//! One execution for many: subscriptions that ask for the same, in the same organization, with the same rights, share one
//! execution and one serialization of each item; each reader only has its own place in what comes of it.
//!
//! Nothing is pushed to a reader. A group keeps its newest items, numbered, and a reader takes the next one when it has
//! room for it. Whoever is further behind than the group remembers reads from a group that follows it, made from where the
//! reader is for all who miss the same, until the first group's items begin no later than that. Places decide, under the
//! group's lock, so that nothing comes twice or not at all. What is somebody's own is made for each alone.
//!
//! What is remembered was resolved by the rights of that moment. Before an item is given to one who joined after it, or
//! who takes it late, the [`Line`] is asked whether what the organization may see is still the same; where it is not, the
//! group forgets, and those who missed something make it anew together. This room knows no domain: what a place is, and what
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
mod state;
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
use tokio::{
    runtime::Handle,
    time::{Instant, timeout},
};
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

    /// What they may see as far as it is known, without asking anybody.
    fn known(&self, organization: OrganizationId) -> Option<Sight>;

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
    /// Where executions run, beside what hears of alerts and reads them; without it, on the thread of the first reader.
    home: Option<Handle>,
}

/// What is executed for a member that goes on alone, or for a group.
#[derive(Clone)]
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
    /// Groups over `pipeline`, which `count` is to show the number of. Without a line nothing is shared. They should be
    /// made inside the runtime that their executions are to run in.
    #[must_use]
    pub fn new(pipeline: Arc<Pipeline>, line: Option<Arc<dyn Line>>, count: Gauge) -> Arc<Self> {
        let home = Handle::try_current().ok();
        Arc::new(Self { pipeline, line, directory: Mutex::default(), memory: Arc::default(), count, home })
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
        let start = self.start(&key, &begin).await;
        let (mut key, mut alone) = (Arc::new(key), alone);
        let reading = self.enter(&mut key, &mut alone, &begin, start);
        Answers::of_member(Member::of(Arc::clone(self), key, reading, alone, begin.after()))
    }

    /// What has to be known to make a group for one who begins here; `None` where one can be joined, or there may be no
    /// more of them. Where a group begins has to be known, or nobody could tell where its first item is; and what its
    /// readers may see, before anything is resolved for them.
    async fn start(&self, key: &Key, begin: &Begin) -> Option<Start> {
        let line = self.line.clone()?;
        let is_found = |known: &Vec<Known>| known.len() == FOLLOWING || seek(known, begin).is_some();
        if self.lock().groups.get(key).is_some_and(is_found) {
            return None;
        }
        begin.clone().looked_up(line, key.audience.organization).await
    }

    /// A part in a group that has what comes for one who begins here: in one that there is, or in a new one with this
    /// start. `None` where there is neither.
    fn enter(
        self: &Arc<Self>,
        key: &mut Arc<Key>,
        alone: &mut Alone,
        begin: &Begin,
        start: Option<Start>,
    ) -> Option<Reading> {
        let mut directory = self.lock();
        let mut known = &[][..];
        if let Some((same, groups)) = directory.groups.get_key_value(key) {
            // One key and one document in memory for all of them.
            (*key, known) = (Arc::clone(same), groups);
            if let Some(first) = known.first() {
                alone.repeatable = Arc::clone(&first.repeatable);
            }
        }
        // While the map is locked, so that a group does not end between being found and being joined.
        if let Some(found) = seek(known, begin) {
            return Some(found.enter(self, key));
        }
        let organization = key.audience.organization;
        let line = self.line.clone()?;
        let Start { place, after, sight } = start.filter(|_| known.len() < FOLLOWING)?;
        let follows = !known.is_empty();
        let left = directory.remains.take(key, Instant::now(), |left| left.fits(place, sight));
        let group = match left {
            Some(left) => Group::again((line, organization), left, sight),
            None => Group::new((line, organization), (place, Arc::clone(&after)), sight, &self.memory),
        };
        let executed = alone.clone();
        let leaving = Leaving { groups: Arc::downgrade(self), key: Arc::clone(key) };
        group.run(move |after| executed.outcomes(Some(after)), leaving, self.home.as_ref());
        let number = group.attach(place).unwrap_or_default();
        let found = Joint { group: Arc::clone(&group), number, pass: None, follows, resume: after };
        let repeatable = Arc::clone(&alone.repeatable);
        directory.groups.entry(Arc::clone(key)).or_default().push(Known { group, repeatable });
        self.count.inc();
        Some(found.enter(self, key))
    }

    /// Whether a group may be made for this.
    fn has_room(&self, key: &Key) -> bool {
        self.lock().groups.get(key).is_none_or(|known| known.len() < FOLLOWING)
    }

    /// Where one who has everything up to what `resume` names begins.
    fn behind(&self, key: &Key, resume: &Arc<str>) -> Option<Begin> {
        let place = self.line.as_ref()?.place(key.audience.organization, resume)?;
        Some(Begin::Behind(Some(place), Arc::clone(resume)))
    }

    /// A group that has what comes for one who begins here.
    fn rejoin(self: &Arc<Self>, key: &Arc<Key>, begin: &Begin) -> Option<Reading> {
        let directory = self.lock();
        let found = seek(directory.groups.get(key)?, begin)?;
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
