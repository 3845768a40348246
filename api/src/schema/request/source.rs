//! What the source of a subscription and its transport tell one another: where to go on from, and where each item could
//! be resumed behind. It also brackets the work on an item, so that a deadline can tell it from waiting for the next.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context as Waking, Poll},
};

use async_graphql::Context;
use futures::Stream;
use tokio::time::Instant;

/// One item of a source.
#[derive(Debug, Clone)]
pub struct Step<T> {
    /// What the field resolves to.
    pub value: T,
    /// What a client names to go on behind this item; a transport that has a place for it sends it along.
    pub resume: Option<String>,
    /// Whether what is read for this item depends on the person, although its fields usually do not: it is then resolved
    /// for each reader by itself.
    pub personal: bool,
}

impl<T> Step<T> {
    /// An item that one can resume behind.
    pub fn resumable(value: T, resume: impl Into<String>) -> Self {
        Self { value, resume: Some(resume.into()), personal: false }
    }

    /// An item of a source that cannot be resumed.
    pub fn passing(value: T) -> Self {
        Self { value, resume: None, personal: false }
    }
}

/// The course of one subscription. Resolvers find it in their context; without one (an execution outside of the
/// pipeline) everything still works, without a deadline and without resuming.
#[derive(Clone)]
pub struct Course(Arc<Shared>);

struct Shared {
    after: Option<String>,
    /// Whether `after` is behind an item of this very subscription.
    resumed: bool,
    state: Mutex<State>,
}

struct State {
    begun: bool,
    /// Since when the server works, rather than waits for the source.
    working_since: Option<Instant>,
    resume: Option<String>,
    personal: bool,
}

impl Course {
    /// A subscription that begins now; `after` is what the transport was told to go on behind (`Last-Event-ID`).
    pub(super) fn begin(after: Option<String>) -> Self {
        Self::new(after, false)
    }

    /// A subscription that goes on behind an item of its own.
    pub(super) fn resume(after: String) -> Self {
        Self::new(Some(after), true)
    }

    fn new(after: Option<String>, resumed: bool) -> Self {
        let state = State { begun: false, working_since: Some(Instant::now()), resume: None, personal: false };
        Self(Arc::new(Shared { after, resumed, state: Mutex::new(state) }))
    }

    /// Behind what a field begins whose argument says `said`, if anything: what the argument says counts for more than
    /// what the transport was told, and only where the subscription began.
    #[must_use]
    pub fn begin_behind(&self, said: Option<String>) -> Option<String> {
        let told = || self.0.after.clone();
        if self.0.resumed { told() } else { said.or_else(told) }
    }

    /// Whether the resolver has returned a source.
    pub(super) fn begun(&self) -> bool {
        self.state(|state| state.begun)
    }

    pub(super) fn working_since(&self) -> Option<Instant> {
        self.state(|state| state.working_since)
    }

    /// Where the present item can be resumed behind, and whether it is personal.
    pub(super) fn take_told(&self) -> (Option<String>, bool) {
        self.state(|state| (state.resume.take(), state.personal))
    }

    fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Says that what is read for the present item depends on the person, as [`Step::personal`] says it of an item before it
/// is resolved. Without a subscription it means nothing.
pub fn mark_personal(ctx: &Context<'_>) {
    if let Some(course) = ctx.data_opt::<Course>() {
        course.state(|state| state.personal = true);
    }
}

/// What every field of the subscription returns: the values of `source`, with its course told to the transport. Without
/// it, the deadline of an item would run while the server only waits for the next one.
pub fn items<S, T, E>(ctx: &Context<'_>, source: S) -> Items<S>
where
    S: Stream<Item = Result<Step<T>, E>>,
{
    let course = ctx.data_opt::<Course>().cloned();
    if let Some(course) = &course {
        course.state(|state| state.begun = true);
    }
    Items { source: Box::pin(source), course }
}

/// See [`items`].
pub struct Items<S> {
    source: Pin<Box<S>>,
    course: Option<Course>,
}

impl<S, T, E> Stream for Items<S>
where
    S: Stream<Item = Result<Step<T>, E>>,
{
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, waking: &mut Waking<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        // The executor asks for an item only when it is done with the one before.
        if let Some(course) = &this.course {
            course.state(|state| state.working_since = None);
        }
        let polled = this.source.as_mut().poll_next(waking);
        let Poll::Ready(Some(item)) = polled else { return polled.map(|_| None) };
        let (item, resume, personal) = match item {
            Ok(step) => (Ok(step.value), step.resume, step.personal),
            // What failed for one may succeed for another.
            Err(error) => (Err(error), None, true),
        };
        if let Some(course) = &this.course {
            course.state(|state| {
                state.working_since = Some(Instant::now());
                (state.resume, state.personal) = (resume, personal);
            });
        }
        Poll::Ready(Some(item))
    }
}
