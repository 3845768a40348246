//! One operation of a socket: from the request of its `subscribe` to what the client is told, in the protocol's words.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use futures::{FutureExt, Stream, StreamExt, future, stream};

use super::message;
use crate::{
    http::server::Site,
    schema::{
        live::Subscriber,
        request::{Allowed, answer::Answer, input::Input, outcome::Outcome, refusal::Stage},
    },
};

/// What a client is told about an operation.
#[derive(Debug)]
pub(super) enum Told {
    /// A result: how each `next` of the operation begins, and its payload.
    Next(Arc<str>, Bytes),
    /// The request was refused: a whole `error`. Nothing follows.
    Refused(Bytes),
    /// There are no more results: a whole `complete`. Nothing follows.
    Complete(Bytes),
}

impl Told {
    /// Whether the operation is over.
    pub(super) fn is_last(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Complete(_))
    }
}

/// Runs the operation that `input` asks for. Nothing happens before the stream is polled, and no more once it is
/// dropped. `long` is set once it is known that the operation has no end of its own.
pub(super) fn run(
    site: Arc<Site>,
    id: Arc<str>,
    input: Input,
    subscriber: Subscriber,
    long: Arc<AtomicBool>,
) -> impl Stream<Item = (Arc<str>, Told)> + Send + 'static {
    let begin = message::next_begin(&id);
    let mut running = site.metrics.live.begin("websocket", subscriber.request_id.clone());
    let answers = async move {
        match site.pipeline.prepare(input, Allowed::Everything).await {
            Ok(prepared) => {
                long.store(prepared.is_subscription(), Ordering::Relaxed);
                site.groups.subscribe(prepared, subscriber).await
            }
            Err((refusal, operation)) => {
                let outcome = Outcome { operation, ..Outcome::from(refusal) };
                stream::once(future::ready(Arc::new(Answer::from(outcome)))).boxed()
            }
        }
    };
    let mut refused = false;
    // In a box, which goes once it is known what the answers come of: that may be a long time before they end.
    let told = stream::once(answers.boxed()).flatten().map(Some).chain(stream::once(future::ready(None)));
    told.filter_map(move |answer| {
        let told = match answer {
            Some(answer) => {
                running.answered(&answer);
                refused = answer.stage != Stage::Execution;
                Some(match refused {
                    true => Told::Refused(message::error(&id, &answer.errors)),
                    false => Told::Next(Arc::clone(&begin), answer.body.clone()),
                })
            }
            None if refused => None,
            None => Some(Told::Complete(message::complete(&id))),
        };
        future::ready(told.map(|told| (Arc::clone(&id), told)))
    })
}
