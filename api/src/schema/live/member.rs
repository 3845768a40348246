//! One who reads: along with a group that has what comes next, or with those who miss the same; alone only where that
//! cannot be.

use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures::{FutureExt, future::BoxFuture};
use tokio::time::Instant;

use super::{
    Alone, Begin, Groups, Key, Place, Reading, Start,
    driven::Driven,
    state::{Found, KNOWN_FOR},
};
use crate::schema::request::answer::Answer;

pub(super) struct Member {
    groups: Arc<Groups>,
    key: Arc<Key>,
    alone: Alone,
    /// What resumes behind everything that was read.
    after: Option<Arc<str>>,
    mode: Mode,
}

enum Mode {
    Along(Along),
    /// Nobody has what comes next: others who miss it may be joined, as soon as it is known where they would begin.
    Seeking(Begin, BoxFuture<'static, Option<Start>>),
    /// With the group that was left, which goes on while somebody may come back to it.
    Apart(Box<Driven>, Option<Reading>),
}

/// Reading along with a group.
struct Along {
    reading: Reading,
    /// Since when.
    joined: Instant,
    /// Whether anything came of the group since then.
    taken: bool,
    /// Until it is known whether what is next may be given out, with the moment at or after which that was asked.
    asking: Option<(Instant, BoxFuture<'static, ()>)>,
    /// When it was asked for what is next in particular.
    asked: Option<Instant>,
}

impl Along {
    fn new(reading: Reading) -> Self {
        Self { reading, joined: Instant::now(), taken: false, asking: None, asked: None }
    }

    /// Whether one who is at `place` had this already.
    fn has(&self, place: Option<Place>) -> bool {
        let (Some(pass), Some(place)) = (self.reading.joint.pass, place) else { return false };
        // What comes of a later life of the source is new, whatever its number.
        place.epoch == pass.epoch && place.number <= pass.number
    }
}

impl Member {
    /// A member of a group, or of none yet, who was told to go on behind `after` if it was told.
    pub(super) fn of(
        groups: Arc<Groups>,
        key: Arc<Key>,
        reading: Option<Reading>,
        alone: Alone,
        after: Option<Arc<str>>,
    ) -> Self {
        let now = || reading.as_ref().map(|reading| Arc::clone(&reading.joint.resume));
        let after = after.or_else(now);
        let mode = match reading {
            Some(reading) => Mode::Along(Along::new(reading)),
            None => Mode::Apart(Box::new(alone.execute(after.as_deref())), None),
        };
        Self { groups, key, alone, after, mode }
    }

    /// The next answer. Nothing of it is lost where nobody asks again.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Arc<Answer>>> {
        loop {
            match &mut self.mode {
                Mode::Along(along) => {
                    if let Some((asked, asking)) = &mut along.asking {
                        ready!(asking.poll_unpin(context));
                        (along.asked, along.asking) = (Some(*asked), None);
                    }
                    let Reading { joint, seat } = &along.reading;
                    let since = (along.joined, along.asked);
                    match joint.group.next(joint.number, since, seat, context.waker()) {
                        Found::Item(next, place, answer) => {
                            if self.take(next, place, &answer) {
                                return Poll::Ready(Some(answer));
                            }
                        }
                        Found::Doubtful(since) => {
                            let group = Arc::clone(&joint.group);
                            let known = async move { group.surely_vouch(since).await };
                            along.asking = Some((since, known.boxed()));
                        }
                        Found::Nothing => return Poll::Pending,
                        Found::Ended if along.taken => return Poll::Ready(None),
                        // An end without a word is not for one who came too late to hear it.
                        Found::Ended | Found::Personal => self.part(),
                        Found::Forgotten => self.seek(),
                    }
                }
                Mode::Seeking(begin, start) => {
                    let start = ready!(start.poll_unpin(context));
                    match self.groups.enter(&mut self.key, &mut self.alone, begin, start) {
                        Some(reading) => self.mode = Mode::Along(Along::new(reading)),
                        None => self.part(),
                    }
                }
                Mode::Apart(answers, _) => {
                    let Some((answer, ready)) = ready!(answers.poll_next(context)) else { return Poll::Ready(None) };
                    if self.after.is_some() && ready.elapsed() > KNOWN_FOR {
                        // It lay here while the reader looked away, and the reader's rights may be others by now.
                        self.part();
                        continue;
                    }
                    if let Some(resume) = &answer.resume {
                        self.after = Some(Arc::clone(resume));
                        self.seek();
                    }
                    return Poll::Ready(Some(Arc::new(answer)));
                }
            }
        }
    }

    /// Goes on behind an item of the group; `false` where the reader had it already.
    fn take(&mut self, next: u64, place: Option<Place>, answer: &Answer) -> bool {
        let Mode::Along(along) = &mut self.mode else { return false };
        along.reading.joint.number = next;
        (along.taken, along.asked) = (true, None);
        if along.has(place) {
            return false;
        }
        along.reading.joint.pass = None;
        if let Some(resume) = &answer.resume {
            self.after = Some(Arc::clone(resume));
        }
        // Whoever follows goes over to the first group as soon as that has what comes next.
        if along.reading.joint.follows
            && let Some(first) = place.and_then(|place| self.groups.overtake(&self.key, place))
        {
            *along = Along::new(first);
        }
        true
    }

    /// Goes on with others, behind what was read; alone where there can be no more groups.
    fn seek(&mut self) {
        let Some(begin) = self.after.as_ref().and_then(|after| self.groups.behind(&self.key, after)) else {
            return self.stay_apart();
        };
        if let Some(reading) = self.groups.rejoin(&self.key, &begin) {
            self.mode = Mode::Along(Along::new(reading));
        } else if self.groups.has_room(&self.key) {
            let (groups, key, behind) = (Arc::clone(&self.groups), Arc::clone(&self.key), begin.clone());
            let start = async move { groups.start(&key, &behind).await };
            self.mode = Mode::Seeking(begin, start.boxed());
        } else {
            self.stay_apart();
        }
    }

    fn stay_apart(&mut self) {
        if !matches!(self.mode, Mode::Apart(..)) {
            self.part();
        }
    }

    /// Goes on alone, behind what was read.
    fn part(&mut self) {
        let answers = Box::new(self.alone.execute(self.after.as_deref()));
        let before = std::mem::replace(&mut self.mode, Mode::Apart(answers, None));
        if let Mode::Apart(_, left) = &mut self.mode {
            *left = match before {
                Mode::Along(along) => Some(along.reading),
                Mode::Apart(_, left) => left,
                Mode::Seeking(..) => None,
            };
        }
    }
}
