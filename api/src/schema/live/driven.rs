//! An execution that its reader does not hold up. Readers look away, for as long as their socket has no room or it is
//! asked again who they are; an execution that was left in the middle of a statement would hold its connection to the
//! database meanwhile, and what the reader waits for may need the last one. So an answer, once asked for, is made by a
//! task of its own. It knows nothing of groups.

use std::task::{Context, Poll, ready};

use futures::{Stream, StreamExt};
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    task::JoinSet,
    time::Instant,
};
use tracing::Instrument;

use crate::schema::request::answer::Answer;

/// Answers of an execution, made one at a time and only when asked for. Dropping it ends the execution.
pub(super) struct Driven {
    ask: Sender<()>,
    /// The next answer was asked for and has not been taken.
    is_asked: bool,
    made: Receiver<(Answer, Instant)>,
    _task: JoinSet<()>,
}

impl Driven {
    /// Takes `answers` over. Nothing of them happens before the first is asked for.
    pub(super) fn new(mut answers: impl Stream<Item = Answer> + Send + Unpin + 'static) -> Self {
        let (ask, mut asked) = mpsc::channel(1);
        let (give, made) = mpsc::channel(1);
        let mut task = JoinSet::new();
        let drive = async move {
            while asked.recv().await == Some(()) {
                let Some(answer) = answers.next().await else { break };
                if give.send((answer, Instant::now())).await.is_err() {
                    break;
                }
            }
        };
        task.spawn(drive.in_current_span());
        Self { ask, is_asked: false, made, _task: task }
    }

    /// The next answer, and when it was ready; `None` at the end. It is made once it was asked for here, whether anybody
    /// asks again or not, and the next call gives it.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<(Answer, Instant)>> {
        if !self.is_asked {
            // There is room, as what was asked for before was made.
            if self.ask.try_send(()).is_err() {
                return Poll::Ready(None);
            }
            self.is_asked = true;
        }
        let made = ready!(self.made.poll_recv(context));
        self.is_asked = false;
        Poll::Ready(made)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        time::Duration,
    };

    use futures::{FutureExt, future::poll_fn, stream};
    use tokio::{
        sync::{Mutex, Notify},
        task::yield_now,
        time::timeout,
    };

    use super::*;
    use crate::schema::request::refusal::Stage;

    /// A source whose answers hold a lock while they are made.
    #[derive(Clone, Default)]
    struct Source {
        lock: Arc<Mutex<()>>,
        begun: Arc<AtomicUsize>,
        started: Arc<Notify>,
        go: Arc<Notify>,
    }

    impl Source {
        fn driven(&self) -> Driven {
            let answers = stream::unfold(self.clone(), |source| async move {
                let held = source.lock.lock().await;
                source.begun.fetch_add(1, Ordering::SeqCst);
                source.started.notify_one();
                source.go.notified().await;
                drop(held);
                Some((answer(), source))
            });
            Driven::new(answers.boxed())
        }

        async fn is_free(&self) -> bool {
            timeout(Duration::from_secs(60), self.lock.lock()).await.is_ok()
        }

        /// How many answers were begun, once whatever can run has run.
        async fn begun(&self) -> usize {
            for _ in 0..20 {
                yield_now().await;
            }
            self.begun.load(Ordering::SeqCst)
        }
    }

    async fn next(driven: &mut Driven) -> Option<(Answer, Instant)> {
        poll_fn(|context| driven.poll_next(context)).await
    }

    fn answer() -> Answer {
        let (body, errors) = (bytes::Bytes::new(), Vec::new());
        let (operation, resume, personal, begun) = (None, None, false, None);
        Answer { stage: Stage::Execution, body, errors, operation, resume, personal, begun }
    }

    #[tokio::test]
    async fn what_it_holds_is_given_back_though_nobody_looks() {
        let source = Source::default();
        let mut driven = source.driven();
        assert_eq!(source.begun().await, 0, "nobody has asked yet");

        assert!(next(&mut driven).now_or_never().is_none());
        source.started.notified().await;
        assert!(source.lock.try_lock().is_err(), "the first answer is being made");
        source.go.notify_one();
        assert!(source.is_free().await);

        assert_eq!(source.begun().await, 1, "the second one waits until it is asked for");
        let before = Instant::now();
        let (_, ready) = next(&mut driven).await.unwrap();
        assert!(ready <= before);
    }

    #[tokio::test]
    async fn it_ends_with_its_reader_and_its_source() {
        let source = Source::default();
        let mut driven = source.driven();
        assert!(next(&mut driven).now_or_never().is_none());
        source.started.notified().await;
        drop(driven);
        assert!(source.is_free().await);

        let mut once = Driven::new(stream::iter([answer()]));
        assert!(next(&mut once).await.is_some());
        assert!(next(&mut once).await.is_none());
        assert!(next(&mut once).await.is_none());
    }
}
