//! One execution, those who read from it, and the task that makes its items. What is remembered of them, and who may have
//! it, is [`State`]'s affair, behind this one's lock.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::Waker,
    time::Duration,
};

use entity::id::OrganizationId;
use futures::{Stream, StreamExt};
use tokio::{
    runtime::Handle,
    sync::Notify,
    task::AbortHandle,
    time::{Instant, sleep, timeout},
};

use super::{
    Line, PATIENCE, Place, Sight,
    directory::Leaving,
    memory::Memory,
    state::{Found, State},
    waiting::Waiting,
};
use crate::schema::request::answer::Answer;

/// How long nobody is asked after nobody could say what may be seen.
const RETRY: Duration = Duration::from_millis(250);

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
    /// the fastest member has taken. It happens at `home`, or on this thread.
    pub(super) fn run<S>(
        self: &Arc<Self>,
        execute: impl Fn(&str) -> S + Send + 'static,
        leaving: Leaving,
        home: Option<&Handle>,
    ) where
        S: Stream<Item = Answer> + Send + Unpin + 'static,
    {
        let group = Arc::clone(self);
        let mut sights = group.line.sights(group.organization);
        let mut items = execute(&group.end());
        let making = async move {
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
            group.lock().end_here();
            group.waiting.tell();
        };
        let task = match home {
            Some(home) => home.spawn(making),
            None => tokio::spawn(making),
        };
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    /// Takes out what is worth keeping for those who come back, where nobody reads from it any more: of a group that
    /// several have read from. What its execution still makes is of no use to anybody then.
    pub(super) fn give_up(&self) -> Option<State> {
        self.lock().give_up()
    }

    fn members(&self) -> usize {
        self.members.load(Ordering::Relaxed)
    }

    fn is_ahead(&self) -> bool {
        self.lock().is_ahead(self.members())
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
    fn push(&self, answer: Answer, place: Option<Place>) -> bool {
        let is_taken = self.lock().push(answer, place, self.members());
        if is_taken {
            self.waiting.tell();
        }
        is_taken
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

    fn see(&self, sight: Sight) {
        self.lock().see(sight);
    }

    /// To be called while nobody can take the group out of the map.
    pub(super) fn enter(self: &Arc<Self>, leaving: Leaving) -> Seat {
        self.members.fetch_add(1, Ordering::Relaxed);
        Seat { group: Arc::clone(self), leaving, place: self.waiting.enter() }
    }

    /// As [`State::attach`].
    pub(super) fn attach(&self, place: Place) -> Option<u64> {
        self.lock().attach(place)
    }

    /// As [`State::attach_ahead`].
    pub(super) fn attach_ahead(&self, place: Place) -> Option<u64> {
        self.lock().attach_ahead(place)
    }

    /// As [`State::attach_now`].
    pub(super) fn attach_now(&self) -> Option<(u64, Arc<str>)> {
        self.lock().attach_now(self.members())
    }

    /// What comes for the member of `seat`, whose next item has this number, as [`State::find`] says. Where that is
    /// nothing yet, the member is told by `waker` when there is more.
    pub(super) fn next(&self, number: u64, since: (Instant, Option<Instant>), seat: &Seat, waker: &Waker) -> Found {
        self.look(number, since, || self.waiting.wait(seat.place, waker))
    }

    /// As [`State::find`]; `waits` is called where that is nothing yet, and before there can be anything.
    fn look(&self, number: u64, since: (Instant, Option<Instant>), waits: impl FnOnce()) -> Found {
        let mut state = self.lock();
        let mut found = state.find(number, since);
        if let Found::Doubtful(needed) = found
            && let Some(sight) = self.line.known(self.organization).filter(|sight| sight.at >= needed)
        {
            // It was asked for meanwhile, for all.
            state.see(sight);
            found = state.find(number, since);
        }
        let is_further = match found {
            Found::Item(next, ..) => state.reached(next),
            Found::Personal => state.reached(number + 1),
            Found::Nothing => {
                waits();
                // Whoever came here without taking what is kept must not wait for those who have to take it yet.
                state.reached(number)
            }
            Found::Doubtful(_) | Found::Forgotten | Found::Ended => false,
        };
        if is_further {
            self.taken.notify_one();
        }
        found
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
