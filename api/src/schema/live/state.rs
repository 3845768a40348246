//! What a group has made and still remembers, how far it has come, and to whom what of it may be given. Numbers and moments
//! only: it knows no lock, no task and nobody who waits.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::Instant;

use super::{
    PATIENCE, Place, Sight,
    memory::{Kept, REMEMBERED_ALONE},
    remains::KEPT_FOR,
};
use crate::schema::request::answer::Answer;

/// How long what a reader may see counts as known: an item that began to be resolved longer ago is only given out if it
/// was asked since then whether it may still be seen.
pub(super) const KNOWN_FOR: Duration = Duration::from_millis(500);

/// How far ahead of a group one may be, in places, to wait for it rather than go on alone: as far as one may be behind.
const NEAR: i64 = 256;

/// How many items are made before anybody has taken the first of them.
pub(super) const AHEAD: u64 = 8;

/// What is at a place.
pub(super) enum Found {
    /// The next item, the number of the one behind it, and its place.
    Item(u64, Option<Place>, Arc<Answer>),
    /// The next item is one that each member must resolve for itself.
    Personal,
    /// The next item was resolved before this moment, and it is not known whether its readers could still see then what
    /// they saw.
    Doubtful(Instant),
    /// It is no longer remembered what comes next.
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

/// What a group has made.
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

impl State {
    /// Nothing yet, behind `place`, which `resume` names, for readers who may see what `sight` says.
    pub(super) fn new(place: Place, resume: Arc<str>, sight: Sight, kept: Kept) -> Self {
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

    /// Takes out what is worth keeping for those who come back: more than one who reads alone would be remembered.
    pub(super) fn give_up(&mut self) -> Option<Self> {
        if self.ended || self.items.len() <= REMEMBERED_ALONE {
            return None;
        }
        let blank = Self::new(self.head, Arc::clone(&self.head_resume), self.sight, self.kept.nothing());
        Some(std::mem::replace(self, blank))
    }

    /// Nothing comes any more.
    pub(super) fn end_here(&mut self) {
        self.ended = true;
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

    /// Whether several read from it, or did a while ago and may come back.
    fn is_shared(&mut self, members: usize) -> bool {
        if members > 1 {
            self.shared_at = Some(Instant::now());
        }
        self.shared_at.is_some_and(|at| at.elapsed() <= KEPT_FOR)
    }

    /// Whether a group of so many has made as much as its fastest member may leave: it would only be forgotten again.
    pub(super) fn is_ahead(&mut self, members: usize) -> bool {
        let (shared, items) = (self.is_shared(members), self.items.len());
        let left = self.next_number().saturating_sub(self.taken.max(self.first));
        left >= AHEAD || (left > 0 && left == items as u64 && self.kept.is_too_much(items + 1, shared))
    }

    /// The number of the item that comes next.
    fn next_number(&self) -> u64 {
        self.first + self.items.len() as u64
    }

    /// Takes an item in for so many members; `false` where that began by former rights and has to be made anew.
    pub(super) fn push(&mut self, mut answer: Answer, place: Option<Place>, members: usize) -> bool {
        let since = answer.begun.unwrap_or_else(Instant::now);
        if since < self.valid_from {
            return false;
        }
        if answer.personal {
            // It is the first member's, and so for nobody here: not even kept.
            answer.body = Bytes::new();
        }
        if let (Some(place), Some(resume)) = (place, &answer.resume) {
            if place.epoch != self.head.epoch || place.number < self.head.number {
                // The source went on elsewhere: what came before is no way to here.
                self.forget_all(place);
            }
            self.head = place;
            self.head_resume = Arc::clone(resume);
        }
        self.kept.add(answer.body.len());
        let up_to = self.head.number;
        self.items.push_back(Item { answer: Arc::new(answer), place, up_to, since });
        let shared = self.is_shared(members);
        let is_old = |item: &Item| since.saturating_duration_since(item.since) > KEPT_FOR;
        while self.items.len() > 1
            && (self.kept.is_too_much(self.items.len(), shared) || self.items.front().is_some_and(is_old))
        {
            let Some(forgotten) = self.items.pop_front() else { break };
            self.kept.remove(forgotten.answer.body.len());
            self.first += 1;
            if let Some(place) = forgotten.place {
                self.base = place;
            }
        }
        true
    }

    fn forget_all(&mut self, base: Place) {
        self.first = self.next_number();
        self.items.clear();
        self.kept.clear();
        self.base = base;
    }

    /// What the readers may see was said to be this. Where it is not what it was, nothing that was resolved before is
    /// given out any more: those who have not taken it yet make it anew.
    pub(super) fn see(&mut self, sight: Sight) {
        if sight.at < self.sight.at {
            return;
        }
        if sight.version != self.sight.version {
            self.valid_from = Instant::now();
            self.forget_all(self.head);
        }
        self.sight = sight;
    }

    /// The number of the next item for one who has everything up to `place`; `None` where the group cannot say.
    pub(super) fn attach(&self, place: Place) -> Option<u64> {
        if !self.reaches(place) || self.ended {
            return None;
        }
        let had = self.items.partition_point(|item| item.up_to <= place.number);
        Some(self.first + had as u64)
    }

    /// The number of the next item for one who is a little further than the group has come, and has to pass over what it
    /// has already; `None` for others.
    pub(super) fn attach_ahead(&self, place: Place) -> Option<u64> {
        let soon = self.head.number + NEAR;
        let near = place.epoch == self.head.epoch && (self.head.number..=soon).contains(&place.number);
        (near && !self.ended).then(|| self.next_number())
    }

    /// The number of the next item for one who begins now, and what resumes there; `None` while the group of so many waits
    /// for its members, and so is not where now is.
    pub(super) fn attach_now(&mut self, members: usize) -> Option<(u64, Arc<str>)> {
        let here = !self.is_ahead(members) && !self.ended;
        here.then(|| (self.next_number(), self.end()))
    }

    /// What is there for one who joined at this moment, and asked for this item in particular at the other one, and whose
    /// next item has this number.
    pub(super) fn find(&self, number: u64, (joined, asked): (Instant, Option<Instant>)) -> Found {
        let Some(at) = number.checked_sub(self.first) else { return Found::Forgotten };
        let Some(item) = usize::try_from(at).ok().and_then(|at| self.items.get(at)) else {
            return if self.ended { Found::Ended } else { Found::Nothing };
        };
        if item.answer.personal {
            return Found::Personal;
        }
        // Whoever joins may have lost rights just before, and is given nothing from before that was not asked for again.
        let known_at = item.since.max(self.sight.at);
        let now = Instant::now();
        let lately = now.checked_sub(KNOWN_FOR).map_or(joined, |lately| lately.max(joined));
        // However long the answer took, within reason: or nobody would get anything while all answers take long.
        let asked = asked.filter(|asked| now.saturating_duration_since(*asked) <= PATIENCE);
        let needed = asked.map_or(lately, |asked| asked.min(lately));
        if known_at < needed {
            return Found::Doubtful(needed);
        }
        Found::Item(number + 1, item.place, Arc::clone(&item.answer))
    }

    /// A member's next item has this number: so much may be made ahead of it. Whether no member was as far.
    pub(super) fn reached(&mut self, number: u64) -> bool {
        let is_further = self.taken < number;
        self.taken = self.taken.max(number);
        is_further
    }
}

#[cfg(test)]
impl State {
    /// As if what there is had been made, and what may be seen asked for, at these moments.
    pub(super) fn age(&mut self, made: Instant, asked: Instant) {
        self.items.iter_mut().for_each(|item| item.since = made);
        self.valid_from = made;
        self.sight.at = asked;
    }
}
