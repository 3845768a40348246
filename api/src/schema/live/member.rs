//! One who reads: along with a group where one has what comes next, else alone.

use std::sync::Arc;

use futures::{StreamExt, stream};
use tokio::time::Instant;

use super::{
    Alone, Answers, Groups, Key, Place, Reading,
    driven::Driven,
    group::{Found, KNOWN_FOR},
};
use crate::schema::request::answer::Answer;

/// Answers as they come of one execution that nobody else reads from.
pub(super) fn given(driven: Driven) -> Answers {
    let taken = |mut driven: Driven| async move { driven.next().await.map(|(answer, _)| (Arc::new(answer), driven)) };
    stream::unfold(driven, taken).boxed()
}

pub(super) struct Member {
    groups: Arc<Groups>,
    key: Key,
    alone: Alone,
    /// What resumes behind everything that was read.
    after: Option<String>,
    mode: Mode,
}

enum Mode {
    Along(Along),
    /// With the group that was left, which goes on while somebody may come back to it.
    Apart(Driven, Option<Reading>),
}

/// Reading along with a group.
struct Along {
    reading: Reading,
    /// Since when.
    joined: Instant,
    /// Whether anything came of the group since then.
    taken: bool,
}

impl Along {
    fn new(reading: Reading) -> Self {
        Self { reading, joined: Instant::now(), taken: false }
    }

    /// Whether one who is at `place` had this already.
    fn has(&self, place: Option<Place>) -> bool {
        let (Some(pass), Some(place)) = (self.reading.joint.pass, place) else { return false };
        // What comes of a later life of the source is new, whatever its number.
        place.epoch == pass.epoch && place.number <= pass.number
    }
}

impl Member {
    /// One who reads alone to the end.
    pub(super) fn apart(alone: Alone, after: Option<String>) -> Answers {
        given(alone.execute(after))
    }

    /// A member of a group, who was told to go on behind `after` if it was told.
    pub(super) fn of(groups: Arc<Groups>, key: Key, reading: Reading, alone: Alone, after: Option<String>) -> Answers {
        let after = after.unwrap_or_else(|| reading.joint.resume.clone());
        let member = Self { groups, key, alone, after: Some(after), mode: Mode::Along(Along::new(reading)) };
        stream::unfold(member, |mut member| async move { Some((member.next().await?, member)) }).boxed()
    }

    async fn next(&mut self) -> Option<Arc<Answer>> {
        loop {
            match &mut self.mode {
                Mode::Along(along) => match along.reading.joint.group.find(along.reading.joint.number, along.joined) {
                    Found::Item(next, place, answer) => {
                        along.reading.joint.number = next;
                        along.taken = true;
                        if along.has(place) {
                            continue;
                        }
                        along.reading.joint.pass = None;
                        if answer.resume.is_some() {
                            self.after.clone_from(&answer.resume);
                        }
                        // Whoever follows goes over to the first group as soon as that has what comes next.
                        if along.reading.joint.follows
                            && let Some(first) = place.and_then(|place| self.groups.overtake(&self.key, place))
                        {
                            *along = Along::new(first);
                        }
                        return Some(answer);
                    }
                    Found::Doubtful(since) => {
                        if !along.reading.joint.group.vouch(since).await {
                            self.part();
                        }
                    }
                    // Dropping the future while it waits loses nothing: the next one looks again.
                    Found::Nothing => along.reading.grown.changed().await.ok()?,
                    Found::Ended if along.taken => return None,
                    // An end without a word is not for one who came too late to hear it.
                    Found::Ended | Found::Personal | Found::Forgotten => self.part(),
                },
                Mode::Apart(answers, _) => {
                    let (answer, ready) = answers.next().await?;
                    if self.after.is_some() && ready.elapsed() > KNOWN_FOR {
                        // It lay here while the reader looked away, and the reader's rights may be others by now.
                        self.part();
                        continue;
                    }
                    if let Some(resume) = &answer.resume {
                        self.after = Some(resume.clone());
                        if let Some(reading) = self.groups.rejoin(&self.key, resume) {
                            self.mode = Mode::Along(Along::new(reading));
                        }
                    }
                    return Some(Arc::new(answer));
                }
            }
        }
    }

    /// Goes on alone, behind what was read.
    fn part(&mut self) {
        let answers = self.alone.execute(self.after.clone());
        let before = std::mem::replace(&mut self.mode, Mode::Apart(answers, None));
        if let Mode::Apart(_, left) = &mut self.mode {
            *left = match before {
                Mode::Along(along) => Some(along.reading),
                Mode::Apart(_, left) => left,
            };
        }
    }
}
