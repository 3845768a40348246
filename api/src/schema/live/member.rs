//! One who reads: along with a group where one has what comes next, else alone.

use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};

use futures::{FutureExt, future::BoxFuture};
use tokio::time::Instant;

use super::{
    Alone, Groups, Key, Place, Reading,
    driven::Driven,
    group::{Found, KNOWN_FOR},
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
    /// Whether what is next may be given out is being asked.
    asking: Option<BoxFuture<'static, bool>>,
}

impl Along {
    fn new(reading: Reading) -> Self {
        Self { reading, joined: Instant::now(), taken: false, asking: None }
    }

    /// Whether one who is at `place` had this already.
    fn has(&self, place: Option<Place>) -> bool {
        let (Some(pass), Some(place)) = (self.reading.joint.pass, place) else { return false };
        // What comes of a later life of the source is new, whatever its number.
        place.epoch == pass.epoch && place.number <= pass.number
    }
}

impl Member {
    /// A member of a group, who was told to go on behind `after` if it was told.
    pub(super) fn of(
        groups: Arc<Groups>,
        key: Arc<Key>,
        reading: Reading,
        alone: Alone,
        after: Option<Arc<str>>,
    ) -> Self {
        let after = after.unwrap_or_else(|| Arc::clone(&reading.joint.resume));
        Self { groups, key, alone, after: Some(after), mode: Mode::Along(Along::new(reading)) }
    }

    /// The next answer. Nothing of it is lost where nobody asks again.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Arc<Answer>>> {
        loop {
            match &mut self.mode {
                Mode::Along(along) => {
                    if let Some(asking) = &mut along.asking {
                        let is_known = ready!(asking.poll_unpin(context));
                        along.asking = None;
                        if !is_known {
                            self.part();
                            continue;
                        }
                    }
                    let Reading { joint, seat } = &along.reading;
                    match joint.group.next(joint.number, along.joined, seat, context.waker()) {
                        Found::Item(next, place, answer) => {
                            if self.take(next, place, &answer) {
                                return Poll::Ready(Some(answer));
                            }
                        }
                        Found::Doubtful(since) => {
                            let group = Arc::clone(&joint.group);
                            along.asking = Some(async move { group.vouch(since).await }.boxed());
                        }
                        Found::Nothing => return Poll::Pending,
                        Found::Ended if along.taken => return Poll::Ready(None),
                        // An end without a word is not for one who came too late to hear it.
                        Found::Ended | Found::Personal | Found::Forgotten => self.part(),
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
                        if let Some(reading) = self.groups.rejoin(&self.key, resume) {
                            self.mode = Mode::Along(Along::new(reading));
                        }
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
        along.taken = true;
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

    /// Goes on alone, behind what was read.
    fn part(&mut self) {
        let answers = Box::new(self.alone.execute(self.after.as_deref()));
        let before = std::mem::replace(&mut self.mode, Mode::Apart(answers, None));
        if let Mode::Apart(_, left) = &mut self.mode {
            *left = match before {
                Mode::Along(along) => Some(along.reading),
                Mode::Apart(_, left) => left,
            };
        }
    }
}
