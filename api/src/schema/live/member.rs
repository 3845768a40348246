//! One who reads: along with a group where that has what comes next, else alone.

use std::sync::Arc;

use futures::{StreamExt, stream};
use tokio::{sync::watch, time::Instant};

use super::{
    Alone, Answers, Begin,
    driven::Driven,
    group::{Found, Group, KNOWN_FOR, Seat},
};
use crate::schema::request::answer::Answer;

/// Answers as they come of one execution that nobody else reads from.
pub(super) fn given(driven: Driven) -> Answers {
    let taken = |mut driven: Driven| async move { driven.next().await.map(|(answer, _)| (Arc::new(answer), driven)) };
    stream::unfold(driven, taken).boxed()
}

pub(super) struct Member {
    group: Arc<Group>,
    grown: watch::Receiver<u64>,
    alone: Alone,
    /// What resumes behind everything that was read.
    after: Option<String>,
    mode: Mode,
    /// Whether anything came of the group since this one joined it.
    taken: bool,
    _seat: Seat,
}

enum Mode {
    /// The number of the group's item that comes next, and since when it is the group that is read from.
    Along(u64, Instant),
    Apart(Driven),
}

impl Member {
    /// One who reads alone to the end.
    pub(super) fn apart(alone: Alone, after: Option<String>) -> Answers {
        given(alone.execute(after))
    }

    /// A member of a group.
    pub(super) fn of(group: Arc<Group>, seat: Seat, alone: Alone, begin: Begin) -> Answers {
        let grown = group.grown();
        let (mode, after) = match begin {
            Begin::Now => {
                let (number, resume) = group.attach_now().unzip();
                (number.map(|number| Mode::Along(number, Instant::now())), resume)
            }
            Begin::Behind(place, after) => {
                let number = place.and_then(|place| group.attach(place));
                (number.map(|number| Mode::Along(number, Instant::now())), Some(after))
            }
        };
        let mode = mode.unwrap_or_else(|| Mode::Apart(alone.execute(after.clone())));
        let member = Self { group, grown, alone, after, mode, taken: false, _seat: seat };
        stream::unfold(member, |mut member| async move { Some((member.next().await?, member)) }).boxed()
    }

    async fn next(&mut self) -> Option<Arc<Answer>> {
        loop {
            match &mut self.mode {
                Mode::Along(number, joined) => match self.group.find(*number, *joined) {
                    Found::Item(next, answer) => {
                        *number = next;
                        self.taken = true;
                        if answer.resume.is_some() {
                            self.after.clone_from(&answer.resume);
                        }
                        return Some(answer);
                    }
                    Found::Doubtful(since) => {
                        if !self.group.vouch(since).await {
                            self.mode = Mode::Apart(self.alone.execute(self.after.clone()));
                        }
                    }
                    // Dropping the future while it waits loses nothing: the next one looks again.
                    Found::Nothing => self.grown.changed().await.ok()?,
                    Found::Ended if self.taken => return None,
                    // An end without a word is not for one who came too late to hear it.
                    Found::Ended | Found::Personal | Found::Forgotten => {
                        self.mode = Mode::Apart(self.alone.execute(self.after.clone()));
                    }
                },
                Mode::Apart(answers) => {
                    let (answer, ready) = answers.next().await?;
                    if self.after.is_some() && ready.elapsed() > KNOWN_FOR {
                        // It lay here while the reader looked away, and the reader's rights may be others by now.
                        self.mode = Mode::Apart(self.alone.execute(self.after.clone()));
                        continue;
                    }
                    if let Some(resume) = &answer.resume {
                        self.after = Some(resume.clone());
                        if let Some(number) = self.group.attach_behind(resume) {
                            (self.mode, self.taken) = (Mode::Along(number, Instant::now()), false);
                        }
                    }
                    return Some(Arc::new(answer));
                }
            }
        }
    }
}
