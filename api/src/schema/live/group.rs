//! One execution, and the items of it that were last. It decides who may join where, and how long an item may be given
//! out: that needs its own lock and nothing else.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Waker,
    time::Duration,
};

use bytes::Bytes;
use entity::id::OrganizationId;
use futures::{Stream, StreamExt};
use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{Instant, sleep, timeout},
};

use super::{
    Line, PATIENCE, Place, Sight,
    directory::Leaving,
    memory::{Kept, Memory, REMEMBERED_ALONE},
    remains::KEPT_FOR,
    waiting::Waiting,
};
use crate::schema::request::answer::Answer;

/// How long what a reader may see counts as known: an item that began to be resolved longer ago is only given out if it
/// was asked since then whether it may still be seen.
pub(super) const KNOWN_FOR: Duration = Duration::from_millis(500);

/// How far ahead of a group one may be, in places, to wait for it rather than go on alone: as far as one may be behind.
const NEAR: i64 = 256;

/// How long nobody is asked after nobody could say what may be seen.
const RETRY: Duration = Duration::from_millis(250);

/// How many items are made before anybody has taken the first of them.
const AHEAD: u64 = 8;

/// What a member finds at its place.
pub(super) enum Found {
    /// The next item, the number of the one behind it, and its place.
    Item(u64, Option<Place>, Arc<Answer>),
    /// The next item is one that each member must resolve for itself.
    Personal,
    /// The next item was resolved before this moment, and it has not been asked since then whether its readers may still
    /// see what they saw: see [`Group::vouch`].
    Doubtful(Instant),
    /// The group no longer remembers what comes next.
    Forgotten,
    /// Nothing yet.
    Nothing,
    /// The execution has ended, and everything of it was taken.
    Ended,
}

struct Item {
    answer: Arc<Answer>,
    place: Option<Place>,
    /// The number of its place, or of the one that the group was at when it came.
    up_to: i64,
    /// When it began to be resolved, by rights that may be others now.
    since: Instant,
}

/// What a group has made and still remembers, and how far it has come.
pub(super) struct State {
    items: VecDeque<Item>,
    kept: Kept,
    /// The number of the first item that is remembered.
    first: u64,
    /// The number of the next item of whichever member is furthest.
    taken: u64,
    /// Who is here and behind has everything from the first item on.
    base: Place,
    /// How far the group has come.
    head: Place,
    /// What resumes behind the head.
    head_resume: Arc<str>,
    /// What the readers may see, as far as it is known. It has been the same since the first item began.
    sight: Sight,
    /// What began before this moment may have been resolved by former rights.
    valid_from: Instant,
    /// When several were last seen to read from it.
    shared_at: Option<Instant>,
    ended: bool,
}

pub(super) struct Group {
    state: Mutex<State>,
    /// Who waits for more.
    waiting: Waiting,
    /// Told when a member is further than any was.
    taken: Notify,
    members: AtomicUsize,
    task: Mutex<Option<AbortHandle>>,
    line: Arc<dyn Line>,
    organization: OrganizationId,
}

/// A member counts as long as this lives; the last one ends the group.
pub(super) struct Seat {
    group: Arc<Group>,
    leaving: Leaving,
    place: usize,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let group = &self.group;
        group.waiting.leave(self.place);
        self.leaving.leave(group, true, || {
            let last = group.members.fetch_sub(1, Ordering::Relaxed) == 1;
            if last && let Some(task) = group.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
                task.abort();
            }
            last
        });
    }
}

impl State {
    fn new(place: Place, resume: Arc<str>, sight: Sight, kept: Kept) -> Self {
        Self {
            items: VecDeque::new(),
            kept,
            first: 0,
            taken: 0,
            base: place,
            head: place,
            head_resume: resume,
            sight,
            valid_from: sight.at,
            shared_at: None,
            ended: false,
        }
    }

    /// Whether one who has everything up to `place` finds everything behind it here, or behind the end.
    fn reaches(&self, place: Place) -> bool {
        place.epoch == self.base.epoch && (self.base.number..=self.head.number).contains(&place.number)
    }

    /// Whether a group that begins behind `place`, whose readers may see what `sight` says, can go on with it; `None`
    /// where nobody can any more.
    pub(super) fn fits(&self, place: Place, sight: Sight) -> Option<bool> {
        (self.sight.version == sight.version && place.epoch == self.head.epoch).then(|| self.reaches(place))
    }

    /// What resumes behind all of it.
    pub(super) fn end(&self) -> Arc<str> {
        Arc::clone(&self.head_resume)
    }

    /// Whether the group has made as much as its fastest member may leave: it would only be forgotten again.
    fn is_ahead(&self, shared: bool) -> bool {
        let items = self.items.len();
        let left = (self.first + items as u64).saturating_sub(self.taken.max(self.first));
        left >= AHEAD || (left > 0 && left == items as u64 && self.kept.is_too_much(items + 1, shared))
    }
}

impl Group {
    /// A group that begins behind `place` of the line of `organization`, which `resume` names, and whose readers may see
    /// what `sight` says.
    pub(super) fn new(
        (line, organization): (Arc<dyn Line>, OrganizationId),
        (place, resume): (Place, Arc<str>),
        sight: Sight,
        memory: &Arc<Memory>,
    ) -> Arc<Self> {
        Self::of((line, organization), State::new(place, resume, sight, memory.nothing()))
    }

    /// A group that goes on with what another one has left, of which [`State::fits`] was asked with this sight.
    pub(super) fn again(line: (Arc<dyn Line>, OrganizationId), state: State, sight: Sight) -> Arc<Self> {
        let group = Self::of(line, state);
        group.see(sight);
        group
    }

    fn of((line, organization): (Arc<dyn Line>, OrganizationId), state: State) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(state),
            waiting: Waiting::default(),
            taken: Notify::new(),
            members: AtomicUsize::new(0),
            task: Mutex::default(),
            line,
            organization,
        })
    }

    /// Takes the items that `execute` makes behind a place until they end, or the last member leaves; never many more than
    /// the fastest member has taken.
    pub(super) fn run<S>(self: &Arc<Self>, execute: impl Fn(&str) -> S + Send + 'static, leaving: Leaving)
    where
        S: Stream<Item = Answer> + Send + Unpin + 'static,
    {
        let group = Arc::clone(self);
        let mut sights = group.line.sights(group.organization);
        let mut items = execute(&group.end());
        let task = tokio::spawn(async move {
            loop {
                // Nobody can take more than this yet: it is made when somebody can.
                let waits = group.is_ahead();
                tokio::select! {
                    biased;
                    Some(sight) = sights.next() => group.see(sight),
                    () = group.taken.notified(), if waits => {}
                    answer = items.next(), if !waits => match answer {
                        Some(answer) => {
                            let place = answer.resume.as_deref().and_then(|resume| group.read(resume));
                            if !group.push(answer, place) {
                                items = execute(&group.end());
                            }
                        }
                        None => break,
                    },
                }
            }
            // Who comes now needs another execution.
            leaving.leave(&group, false, || true);
            group.lock().ended = true;
            group.waiting.tell();
        });
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    /// Takes out what is worth keeping for those who come back, where nobody reads from it any more: of a group that
    /// several have read from. What its execution still makes is of no use to anybody then.
    pub(super) fn give_up(&self) -> Option<State> {
        let mut state = self.lock();
        if state.ended || state.items.len() <= REMEMBERED_ALONE {
            return None;
        }
        let blank = State::new(state.head, Arc::clone(&state.head_resume), state.sight, state.kept.nothing());
        Some(std::mem::replace(&mut *state, blank))
    }

    /// Whether several read from it, or did a while ago and may come back.
    fn is_shared(&self, state: &mut State) -> bool {
        if self.members.load(Ordering::Relaxed) > 1 {
            state.shared_at = Some(Instant::now());
        }
        state.shared_at.is_some_and(|at| at.elapsed() <= KEPT_FOR)
    }

    fn is_ahead(&self) -> bool {
        let mut state = self.lock();
        let shared = self.is_shared(&mut state);
        state.is_ahead(shared)
    }

    /// What resumes behind all that it has made.
    fn end(&self) -> Arc<str> {
        self.lock().end()
    }

    /// The place that a text to resume behind names.
    fn read(&self, resume: &str) -> Option<Place> {
        self.line.place(self.organization, resume)
    }

    /// Takes an item in; `false` where that began by former rights and has to be made anew.
    fn push(&self, mut answer: Answer, place: Option<Place>) -> bool {
        let since = answer.begun.unwrap_or_else(Instant::now);
        let mut state = self.lock();
        if since < state.valid_from {
            return false;
        }
        if answer.personal {
            // It is the first member's, and so for nobody here: not even kept.
            answer.body = Bytes::new();
        }
        let number = state.first + state.items.len() as u64;
        if let (Some(place), Some(resume)) = (place, &answer.resume) {
            if place.epoch != state.head.epoch || place.number < state.head.number {
                // The source went on elsewhere: what came before is no way to here.
                state.first = number;
                state.items.clear();
                state.kept.clear();
                state.base = place;
            }
            state.head = place;
            state.head_resume = Arc::clone(resume);
        }
        state.kept.add(answer.body.len());
        let up_to = state.head.number;
        state.items.push_back(Item { answer: Arc::new(answer), place, up_to, since });
        let shared = self.is_shared(&mut state);
        let is_old = |item: &Item| since.saturating_duration_since(item.since) > KEPT_FOR;
        while state.items.len() > 1
            && (state.kept.is_too_much(state.items.len(), shared) || state.items.front().is_some_and(is_old))
        {
            let Some(forgotten) = state.items.pop_front() else { break };
            state.kept.remove(forgotten.answer.body.len());
            state.first += 1;
            if let Some(place) = forgotten.place {
                state.base = place;
            }
        }
        drop(state);
        self.waiting.tell();
        true
    }

    /// As [`Group::vouch`], again and again until it is known.
    pub(super) async fn surely_vouch(&self, since: Instant) {
        while !self.vouch(since).await {
            sleep(RETRY).await;
        }
    }

    /// Asks whether the readers may still see what they saw, as of `since` or later, and forgets what they may not; `false`
    /// where nobody can say it.
    async fn vouch(&self, since: Instant) -> bool {
        let (line, organization) = (Arc::clone(&self.line), self.organization);
        // By itself, whether the reader that asks looks or not: it holds a connection to the database.
        let asked = tokio::spawn(async move { timeout(PATIENCE, line.sight(organization, since)).await });
        match asked.await {
            Ok(Ok(Ok(sight))) => {
                self.see(sight);
                true
            }
            _ => false,
        }
    }

    /// What the readers may see was said to be this. Where it is not what it was, nothing that was resolved before is
    /// given out any more: those who have not taken it yet make it anew.
    fn see(&self, sight: Sight) {
        let mut state = self.lock();
        if sight.at < state.sight.at {
            return;
        }
        if sight.version != state.sight.version {
            state.valid_from = Instant::now();
            state.first += state.items.len() as u64;
            state.items.clear();
            state.kept.clear();
            state.base = state.head;
        }
        state.sight = sight;
    }

    /// To be called while nobody can take the group out of the map.
    pub(super) fn enter(self: &Arc<Self>, leaving: Leaving) -> Seat {
        self.members.fetch_add(1, Ordering::Relaxed);
        Seat { group: Arc::clone(self), leaving, place: self.waiting.enter() }
    }

    /// The number of the next item for one who has everything up to `place`; `None` where the group cannot say.
    pub(super) fn attach(&self, place: Place) -> Option<u64> {
        let state = self.lock();
        if !state.reaches(place) || state.ended {
            return None;
        }
        let had = state.items.partition_point(|item| item.up_to <= place.number);
        Some(state.first + had as u64)
    }

    /// The number of the next item for one who is a little further than the group has come, and has to pass over what it
    /// has already; `None` for others.
    pub(super) fn attach_ahead(&self, place: Place) -> Option<u64> {
        let state = self.lock();
        let soon = state.head.number + NEAR;
        let near = place.epoch == state.head.epoch && (state.head.number..=soon).contains(&place.number);
        (near && !state.ended).then(|| state.first + state.items.len() as u64)
    }

    /// The number of the next item for one who begins now, and what resumes there; `None` while the group waits for its
    /// members, and so is not where now is.
    pub(super) fn attach_now(&self) -> Option<(u64, Arc<str>)> {
        let mut state = self.lock();
        let shared = self.is_shared(&mut state);
        let here = !state.is_ahead(shared) && !state.ended;
        here.then(|| (state.first + state.items.len() as u64, Arc::clone(&state.head_resume)))
    }

    /// What comes for the member of `seat`, whose next item has this number, as [`Group::look`] says. Where that is
    /// nothing yet, the member is told by `waker` when there is more.
    pub(super) fn next(&self, number: u64, since: (Instant, Option<Instant>), seat: &Seat, waker: &Waker) -> Found {
        self.look(number, since, || self.waiting.wait(seat.place, waker))
    }

    /// What comes for one who joined at this moment, and asked for this item in particular at the other one, and whose next
    /// item has this number; `waits` is called where that is nothing yet, and before there can be anything.
    fn look(&self, number: u64, (joined, asked): (Instant, Option<Instant>), waits: impl FnOnce()) -> Found {
        let mut state = self.lock();
        let Some(at) = number.checked_sub(state.first) else { return Found::Forgotten };
        let Some(item) = usize::try_from(at).ok().and_then(|at| state.items.get(at)) else {
            if state.ended {
                return Found::Ended;
            }
            // Whoever came here without taking what is kept must not wait for those who have to take it yet.
            self.reached(&mut state, number);
            waits();
            return Found::Nothing;
        };
        // Whoever joins may have lost rights just before, and is given nothing from before that was not asked for again.
        let known_at = item.since.max(state.sight.at);
        let now = Instant::now();
        let lately = now.checked_sub(KNOWN_FOR).map_or(joined, |lately| lately.max(joined));
        // However long the answer took, within reason: or nobody would get anything while all answers take long.
        let asked = asked.filter(|asked| now.saturating_duration_since(*asked) <= PATIENCE);
        let needed = asked.map_or(lately, |asked| asked.min(lately));
        let found = if item.answer.personal {
            Found::Personal
        } else if known_at < needed {
            return Found::Doubtful(needed);
        } else {
            Found::Item(number + 1, item.place, Arc::clone(&item.answer))
        };
        self.reached(&mut state, number + 1);
        found
    }

    /// A member's next item has this number: so much may be made ahead of it.
    fn reached(&self, state: &mut State, number: u64) {
        if state.taken < number {
            state.taken = number;
            self.taken.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
