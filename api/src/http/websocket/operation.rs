//! One operation of a socket: from the request of its `subscribe` to what the client is told, in the protocol's words.

use std::sync::Arc;

use async_graphql::Data;
use bytes::Bytes;
use futures::{Stream, StreamExt, future, stream};

use super::message;
use crate::{
    http::{live_metrics::Running, respond, server::Site},
    schema::request::{Allowed, input::Input, outcome::Outcome, refusal::Stage},
};

/// What a client is told about an operation.
#[derive(Debug)]
pub(super) enum Told {
    /// A result: the payload of a `next`.
    Next(Bytes),
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
/// dropped.
pub(super) fn run(
    site: Arc<Site>,
    id: Arc<str>,
    input: Input,
    request_id: String,
    data: Data,
) -> impl Stream<Item = (Arc<str>, Told)> + Send + 'static {
    let mut running = site.metrics.live.begin("websocket", request_id.clone());
    let outcomes = async move {
        match site.pipeline.prepare(input, Allowed::Everything).await {
            Ok(prepared) => site.pipeline.subscribe(prepared, &request_id, data, None),
            Err((refusal, operation)) => {
                stream::once(future::ready(Outcome { operation, ..Outcome::from(refusal) })).boxed()
            }
        }
    };
    let mut refused = false;
    let told = stream::once(outcomes).flatten().map(Some).chain(stream::once(future::ready(None)));
    told.filter_map(move |outcome| {
        let told = match outcome {
            Some(outcome) => {
                refused = outcome.stage != Stage::Execution;
                Some(tell(&id, &outcome, &mut running))
            }
            None if refused => None,
            None => Some(Told::Complete(message::complete(&id))),
        };
        future::ready(told.map(|told| (Arc::clone(&id), told)))
    })
}

fn tell(id: &str, outcome: &Outcome, running: &mut Running) -> Told {
    running.answered(outcome);
    if outcome.stage != Stage::Execution {
        return Told::Refused(message::error(id, outcome));
    }
    Told::Next(respond::body(outcome))
}
