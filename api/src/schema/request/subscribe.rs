//! Operations that answer more than once: the same way as every request, then one outcome an item. Queries and mutations
//! go here too, where the transport is one that streams; they answer once.

use std::{panic::AssertUnwindSafe, pin::Pin, sync::Arc, task::Poll, time::Duration};

use async_graphql::{Data, Response, Value, Variables, parser::types::ExecutableDocument};
use futures::{FutureExt, Stream, StreamExt, future::poll_fn, stream, stream::BoxStream};
use tokio::time::{Instant, Sleep, sleep_until};
use tracing::Span;

use super::{
    Pipeline, Prepared,
    code::Code,
    complete::Plan,
    outcome::{self, Operation, Outcome},
    refusal::{Stage, problem},
    share::Repeatable,
    source::Course,
};
use crate::cache::DocumentHash;

/// How a subscription ended that did not end by itself.
enum Broken {
    Panicked,
    TooLong,
}

type Answers = Pin<Box<dyn Stream<Item = Result<Response, Broken>> + Send>>;

/// What is executed.
struct Subscription {
    document: ExecutableDocument,
    variables: Variables,
    plan: Arc<Plan>,
    operation: Operation,
    keep: Option<(DocumentHash, String)>,
}

struct Running {
    pipeline: Arc<Pipeline>,
    answers: Answers,
    course: Course,
    plan: Arc<Plan>,
    operation: Operation,
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
    /// The deadline is one for finding the source and for each item, not for the stream. A panic, or an item that takes
    /// too long, ends this stream with an outcome that says so, and nothing else. `after` is what the transport was told
    /// to go on behind; see [`Course::after`].
    pub fn subscribe(
        self: &Arc<Self>,
        prepared: Prepared,
        request_id: &str,
        data: Data,
        after: Option<String>,
    ) -> BoxStream<'static, Outcome> {
        let pipeline = Arc::clone(self);
        let request_id = request_id.to_owned();
        if !prepared.is_subscription() {
            let once = async move { pipeline.execute(prepared, &request_id, data).await };
            return stream::once(once).boxed();
        }
        let Prepared { document, variables, plan, operation, keep, .. } = prepared;
        let subscription = Subscription { document, variables, plan: Arc::new(plan), operation, keep };
        self.run(subscription, request_id, data, after)
    }

    /// As [`Pipeline::subscribe`], for a subscription that may be executed any number of times.
    pub fn repeat(
        self: &Arc<Self>,
        repeatable: &Repeatable,
        request_id: &str,
        data: Data,
        after: Option<String>,
    ) -> BoxStream<'static, Outcome> {
        let Repeatable { executable, variables, plan, operation, keep } = repeatable;
        let subscription = Subscription {
            document: executable.clone(),
            variables: variables.clone(),
            plan: Arc::clone(plan),
            operation: operation.clone(),
            keep: keep.clone(),
        };
        self.run(subscription, request_id.to_owned(), data, after)
    }

    fn run(
        self: &Arc<Self>,
        subscription: Subscription,
        request_id: String,
        mut data: Data,
        after: Option<String>,
    ) -> BoxStream<'static, Outcome> {
        let Subscription { document, variables, plan, operation, keep } = subscription;
        let pipeline = Arc::clone(self);
        let course = Course::begin(after);
        data.insert(course.clone());
        let request = super::request(document, variables, &operation, data);
        let span = tracing::error_span!("subscribe", request_id);
        let answers = AssertUnwindSafe((self.stream)(request)).catch_unwind();
        let answers: Answers = Box::pin(answers.map(|answer| answer.map_err(|_| Broken::Panicked)));
        let running = Running { pipeline, answers, course, plan, operation, keep, request_id, span, timer: None };
        stream::unfold(Some(running), |running| async move { running?.next().await }).boxed()
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
        let limits = &self.pipeline.settings.limits;
        let outcome = match answered {
            Ok(response) => {
                let of_response = || {
                    let operation = self.operation.clone();
                    outcome::of_response(response, &self.plan, operation, &self.request_id, limits)
                };
                let mut outcome = self.span.in_scope(of_response);
                (outcome.resume, outcome.personal) = self.course.take_told();
                outcome
            }
            Err(broken) => {
                let error = match broken {
                    Broken::Panicked => {
                        self.span.in_scope(|| tracing::error!(cause = "a resolver panicked", "internal fault"));
                        outcome::internal(&self.request_id)
                    }
                    Broken::TooLong => problem(Code::Timeout, format!("The server took longer than {deadline:?}")),
                };
                let outcome = outcome::without_answer(error, self.operation.clone());
                return Some((Outcome { stage: Self::stage(begun, outcome.stage), ..outcome }, None));
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
