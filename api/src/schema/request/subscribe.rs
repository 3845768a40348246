//! Operations that answer more than once: the same way as every request, then one outcome an item. Queries and mutations
//! go here too, where the transport is one that streams; they answer once.

use std::{panic::AssertUnwindSafe, pin::Pin, sync::Arc, task::Poll, time::Duration};

use async_graphql::{Data, Response, Value};
use futures::{FutureExt, Stream, StreamExt, future::poll_fn, stream, stream::BoxStream};
use tokio::time::{Instant, Sleep, sleep_until};
use tracing::Span;

use super::{
    Pipeline, Prepared,
    code::Code,
    outcome::{self, Outcome},
    refusal::{Stage, problem},
    share::Repeatable,
    source::Course,
};
use crate::cache::DocumentHash;

/// How an execution ended that did not end by itself.
enum Broken {
    Panicked,
    TooLong,
}

type Answers = Pin<Box<dyn Stream<Item = Result<Response, Broken>> + Send>>;

/// Makes what resolvers find in their context, anew for each execution.
pub type MakeData = Arc<dyn Fn() -> Data + Send + Sync>;

struct Running {
    pipeline: Arc<Pipeline>,
    answers: Answers,
    course: Course,
    repeatable: Arc<Repeatable>,
    data: MakeData,
    keep: Option<(DocumentHash, String)>,
    request_id: String,
    span: Span,
    /// When the work that is being done began, and the end of its time.
    timer: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Pipeline {
    /// Executes a prepared request of any kind. A first outcome whose stage is not [`Stage::Execution`] is the only one:
    /// the request was refused after all, by validation or by the field that was to be subscribed to.
    ///
    /// The deadline is one for finding the source and for each item, not for the stream. An item that takes too long, or in
    /// which something panics, is answered with an outcome that says so, and the stream goes on behind it, in another
    /// execution; where the source does not say what is behind it, the stream ends. `after` is what the transport was told
    /// to go on behind; see [`Course::begin_behind`].
    pub fn subscribe(
        self: &Arc<Self>,
        prepared: Prepared,
        request_id: &str,
        data: MakeData,
        after: Option<String>,
    ) -> BoxStream<'static, Outcome> {
        if !prepared.is_subscription() {
            let (pipeline, request_id) = (Arc::clone(self), request_id.to_owned());
            let once = async move { pipeline.execute(prepared, &request_id, data()).await };
            return stream::once(once).boxed();
        }
        let Prepared { document, variables, plan, operation, keep, .. } = prepared;
        let repeatable = Repeatable { executable: document, variables, plan, operation, keep };
        self.repeat(&Arc::new(repeatable), request_id, data, after)
    }

    /// As [`Pipeline::subscribe`], for a subscription that may be executed any number of times.
    pub fn repeat(
        self: &Arc<Self>,
        repeatable: &Arc<Repeatable>,
        request_id: &str,
        data: MakeData,
        after: Option<String>,
    ) -> BoxStream<'static, Outcome> {
        let (answers, course) = self.begin(repeatable, &data, Course::begin(after));
        let running = Running {
            pipeline: Arc::clone(self),
            answers,
            course,
            repeatable: Arc::clone(repeatable),
            data,
            keep: repeatable.keep.clone(),
            request_id: request_id.to_owned(),
            span: tracing::error_span!("subscribe", request_id),
            timer: None,
        };
        stream::unfold(Some(running), |running| async move { running?.next().await }).boxed()
    }

    fn begin(&self, repeatable: &Repeatable, data: &MakeData, course: Course) -> (Answers, Course) {
        let mut data = data();
        data.insert(course.clone());
        let Repeatable { executable, variables, operation, .. } = repeatable;
        let request = super::request(executable.clone(), variables.clone(), operation, data);
        let answers = AssertUnwindSafe((self.stream)(request)).catch_unwind();
        let answers: Answers = Box::pin(answers.map(|answer| answer.map_err(|_| Broken::Panicked)));
        (answers, course)
    }
}

impl Running {
    /// The next outcome, and what is to come after it.
    async fn next(mut self) -> Option<(Outcome, Option<Self>)> {
        let deadline = self.pipeline.settings.deadline;
        let answered = poll_fn(|waking| {
            let span = self.span.clone();
            let _within = span.enter();
            if let Poll::Ready(answer) = self.answers.poll_next_unpin(waking) {
                return Poll::Ready(answer);
            }
            self.poll_timer(waking, deadline).map(|()| Some(Err(Broken::TooLong)))
        })
        .await?;
        // Data without a source of ours: a field that does not tell its course has begun all the same.
        let data = matches!(&answered, Ok(response) if response.data != Value::Null);
        let begun = self.course.begun() || data;
        let since = self.course.working_since();
        let limits = &self.pipeline.settings.limits;
        let Repeatable { plan, operation, .. } = &*self.repeatable;
        let outcome = match answered {
            Ok(response) => {
                let of_response = || outcome::of_response(response, plan, operation.clone(), &self.request_id, limits);
                let mut outcome = self.span.in_scope(of_response);
                (outcome.resume, outcome.personal) = self.course.take_told();
                Outcome { begun: since, ..outcome }
            }
            Err(broken) => {
                let error = match broken {
                    Broken::Panicked => {
                        self.span.in_scope(|| tracing::error!(cause = "a resolver panicked", "internal fault"));
                        outcome::internal(&self.request_id)
                    }
                    Broken::TooLong => problem(Code::Timeout, format!("The server took longer than {deadline:?}")),
                };
                let outcome = outcome::without_answer(error, operation.clone());
                let (resume, personal) = self.course.take_told();
                let stage = Self::stage(begun, outcome.stage);
                // Nobody can go on behind it: then it is the end for who asked, and not for others.
                let personal = personal || resume.is_none();
                let outcome = Outcome { stage, resume: resume.clone(), personal, begun: since, ..outcome };
                return Some((outcome, resume.map(|resume| self.go_on_behind(resume))));
            }
        };
        let stage = Self::stage(begun, outcome.stage);
        if stage != Stage::Execution {
            return Some((Outcome { stage, ..outcome }, None));
        }
        if let (Some((hash, text)), Some(store)) = (self.keep.take(), &self.pipeline.persisted) {
            store.put(hash, &text).await;
        }
        Some((outcome, Some(self)))
    }

    /// The same subscription, in another execution.
    fn go_on_behind(mut self, resume: String) -> Self {
        (self.answers, self.course) = self.pipeline.begin(&self.repeatable, &self.data, Course::resume(resume));
        self.timer = None;
        self
    }

    /// What a field says before it has a source is an error of the request: there was nothing to execute yet.
    fn stage(begun: bool, stage: Stage) -> Stage {
        match stage {
            Stage::Execution if !begun => Stage::Request,
            _ if begun => Stage::Execution,
            stage => stage,
        }
    }

    fn poll_timer(&mut self, waking: &mut std::task::Context<'_>, deadline: Duration) -> Poll<()> {
        let Some(since) = self.course.working_since() else {
            self.timer = None;
            return Poll::Pending;
        };
        if self.timer.as_ref().is_none_or(|(of, _)| *of != since) {
            self.timer = Some((since, Box::pin(sleep_until(since + deadline))));
        }
        match &mut self.timer {
            Some((_, timer)) => timer.poll_unpin(waking),
            None => Poll::Pending,
        }
    }
}
