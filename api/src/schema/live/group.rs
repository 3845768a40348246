//! One execution, and the items of it that were last. It decides who may join where: that needs its own lock and nothing
//! else.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::{sync::watch, task::AbortHandle};

use super::{Leaving, Place};
use crate::schema::request::answer::Answer;

/// How many items a group remembers: what a short absence misses.
const REMEMBERED: usize = 256;
/// And of how many bytes together.
const REMEMBERED_BYTES: usize = 1 << 20;

/// What a member finds at its place.
pub(super) enum Found {
    /// The next item, its number, and where one can resume behind it.
    Item(u64, Arc<Answer>),
    /// The next item is one that each member must resolve for itself.
    Personal,
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
}

struct State {
    items: VecDeque<Item>,
    bytes: usize,
    /// The number of the first item that is remembered.
    first: u64,
    /// Who is here and behind has everything from the first item on.
    base: Place,
    /// How far the group has come.
    head: Place,
    /// What resumes behind the head.
    head_resume: String,
    ended: bool,
}

/// Finds the place that a text names.
type Read = Box<dyn Fn(&str) -> Option<Place> + Send + Sync>;

pub(super) struct Group {
    state: Mutex<State>,
    /// How many items there were.
    grown: watch::Sender<u64>,
    members: AtomicUsize,
    task: Mutex<Option<AbortHandle>>,
    read: Read,
}

/// A member counts as long as this lives; the last one ends the group.
pub(super) struct Seat {
    group: Arc<Group>,
    leaving: Leaving,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let group = &self.group;
        self.leaving.leave(group, || {
            let last = group.members.fetch_sub(1, Ordering::Relaxed) == 1;
            if last && let Some(task) = group.task.lock().unwrap_or_else(PoisonError::into_inner).take() {
                task.abort();
            }
            last
        });
    }
}

impl Group {
    /// A group that begins behind `place`, which `resume` names; `read` finds the place that a text names.
    pub(super) fn new(
        place: Place,
        resume: String,
        read: impl Fn(&str) -> Option<Place> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let state = State {
            items: VecDeque::new(),
            bytes: 0,
            first: 0,
            base: place,
            head: place,
            head_resume: resume,
            ended: false,
        };
        Arc::new(Self {
            state: Mutex::new(state),
            grown: watch::Sender::new(0),
            members: AtomicUsize::new(0),
            task: Mutex::default(),
            read: Box::new(read),
        })
    }

    /// Takes items until they end, or the last member leaves.
    pub(super) fn run(
        self: &Arc<Self>,
        mut items: impl Stream<Item = Answer> + Send + Unpin + 'static,
        leaving: Leaving,
    ) {
        let group = Arc::clone(self);
        let task = tokio::spawn(async move {
            while let Some(answer) = items.next().await {
                let place = answer.resume.as_deref().and_then(&group.read);
                group.push(answer, place);
            }
            // Who comes now needs another execution.
            leaving.leave(&group, || true);
            group.lock().ended = true;
            group.grown.send_modify(|_| {});
        });
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }

    fn push(&self, mut answer: Answer, place: Option<Place>) {
        if answer.personal {
            // It is the first member's, and so for nobody here: not even kept.
            answer.body = Bytes::new();
        }
        let mut state = self.lock();
        let count = state.first + state.items.len() as u64 + 1;
        if let (Some(place), Some(resume)) = (place, &answer.resume) {
            if place.epoch != state.head.epoch || place.number < state.head.number {
                // The source went on elsewhere: what came before is no way to here.
                state.first = count - 1;
                state.items.clear();
                state.bytes = 0;
                state.base = place;
            }
            state.head = place;
            state.head_resume.clone_from(resume);
        }
        state.bytes += answer.body.len();
        state.items.push_back(Item { answer: Arc::new(answer), place });
        while state.items.len() > REMEMBERED || (state.bytes > REMEMBERED_BYTES && state.items.len() > 1) {
            let Some(forgotten) = state.items.pop_front() else { break };
            state.bytes -= forgotten.answer.body.len();
            state.first += 1;
            if let Some(place) = forgotten.place {
                state.base = place;
            }
        }
        drop(state);
        self.grown.send_replace(count);
    }

    /// To be called while nobody can take the group out of the map.
    pub(super) fn enter(self: &Arc<Self>, leaving: Leaving) -> Seat {
        self.members.fetch_add(1, Ordering::Relaxed);
        Seat { group: Arc::clone(self), leaving }
    }

    /// Tells when there is more.
    pub(super) fn grown(&self) -> watch::Receiver<u64> {
        self.grown.subscribe()
    }

    /// The number of the next item for one who has everything up to `place`; `None` where the group cannot say.
    pub(super) fn attach(&self, place: Place) -> Option<u64> {
        let state = self.lock();
        let known = place.epoch == state.base.epoch && (state.base.number..=state.head.number).contains(&place.number);
        if !known || state.ended {
            return None;
        }
        let behind = state.items.iter().position(|item| item.place.is_some_and(|of| of.number > place.number));
        let had = behind.unwrap_or(state.items.len());
        Some(state.first + had as u64)
    }

    /// As [`Group::attach`], for one who has everything up to what `resume` names.
    pub(super) fn attach_behind(&self, resume: &str) -> Option<u64> {
        self.attach((self.read)(resume)?)
    }

    /// The number of the next item for one who begins now, and what resumes there.
    pub(super) fn attach_now(&self) -> (u64, String) {
        let state = self.lock();
        (state.first + state.items.len() as u64, state.head_resume.clone())
    }

    /// What comes for one whose next item has this number.
    pub(super) fn find(&self, number: u64) -> Found {
        let state = self.lock();
        let Some(at) = number.checked_sub(state.first) else { return Found::Forgotten };
        match usize::try_from(at).ok().and_then(|at| state.items.get(at)) {
            Some(item) if item.answer.personal => Found::Personal,
            Some(item) => Found::Item(number + 1, Arc::clone(&item.answer)),
            None if state.ended => Found::Ended,
            None => Found::Nothing,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::request::refusal::Stage;

    fn place(number: i64) -> Place {
        Place { epoch: 1, number }
    }

    fn answer(number: i64, bytes: usize) -> Answer {
        Answer {
            stage: Stage::Execution,
            body: Bytes::from(vec![b'x'; bytes]),
            errors: Vec::new(),
            operation: None,
            resume: Some(number.to_string()),
            personal: false,
        }
    }

    /// A group that began behind 10 and has had these items.
    fn grown(numbers: impl IntoIterator<Item = i64>) -> Arc<Group> {
        let group = Group::new(place(10), "10".into(), |_| None);
        for number in numbers {
            group.push(answer(number, 10), Some(place(number)));
        }
        group
    }

    #[test]
    fn who_is_within_what_is_remembered_joins_there() {
        let group = grown([12, 15, 20]);
        for (number, expected) in [
            (9, None),
            (10, Some(0)),
            (11, Some(0)),
            (12, Some(1)),
            (14, Some(1)),
            (15, Some(2)),
            (20, Some(3)),
            (21, None),
        ] {
            assert_eq!(group.attach(place(number)), expected, "{number}");
        }
        assert_eq!(group.attach(Place { epoch: 2, number: 12 }), None);
        assert_eq!(group.attach_now(), (3, "20".to_owned()));
        assert!(matches!(group.find(1), Found::Item(2, answer) if answer.resume.as_deref() == Some("15")));
        assert!(matches!(group.find(3), Found::Nothing));
    }

    #[test]
    fn what_is_forgotten_moves_the_place_from_which_one_may_join() {
        let group = grown(11..=11 + REMEMBERED as i64);
        assert_eq!(group.attach(place(10)), None);
        assert_eq!(group.attach(place(11)), Some(1));
        assert!(matches!(group.find(0), Found::Forgotten));
        let heavy = Group::new(place(0), "0".into(), |_| None);
        for number in 1..=3 {
            heavy.push(answer(number, REMEMBERED_BYTES), Some(place(number)));
        }
        assert_eq!((heavy.attach(place(1)), heavy.attach(place(2))), (None, Some(2)));
    }

    #[test]
    fn nobody_joins_across_a_new_life_of_the_source() {
        let group = grown([12, 15]);
        group.push(answer(3, 10), Some(Place { epoch: 2, number: 3 }));
        assert_eq!(group.attach(place(12)), None);
        assert_eq!(group.attach(Place { epoch: 2, number: 2 }), None);
        assert_eq!(group.attach(Place { epoch: 2, number: 3 }), Some(3));
        assert!(matches!(group.find(2), Found::Item(..)));
        assert!(matches!(group.find(1), Found::Forgotten));
    }
}
