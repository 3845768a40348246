//! One operation of a socket: from the request of its `subscribe` to what the client is told, in the protocol's words.

use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::{FutureExt, StreamExt, future::BoxFuture};

use super::{message, wire::Message};
use crate::{
    http::{live_metrics::Running, server::Site},
    schema::{
        live::{Answers, Subscriber},
        request::{Allowed, answer::Answer, input::Input, outcome::Outcome, refusal::Stage},
    },
};

/// What a client is told about an operation.
#[derive(Debug)]
pub(super) enum Told {
    /// A result.
    Next(Message),
    /// The request was refused, or there are no more results. Nothing follows.
    Last(Message),
}

/// An operation that runs until it has told its last, or is dropped. Nothing happens before it is first asked.
pub(super) struct Operation {
    id: Box<str>,
    /// How each `next` begins, up to its payload.
    begin: Bytes,
    stage: At,
    is_long: bool,
    running: Running,
}

enum At {
    /// In a box, which goes once it is known what the answers come of: that may be a long time before they end.
    Beginning(BoxFuture<'static, Begun>),
    Answering(Answers),
    End,
}

/// What a request has come to.
enum Begun {
    /// With whether it has no end of its own.
    Answers(Answers, bool),
    /// It was refused before it ran.
    Refused(Answer),
}

impl Operation {
    /// The operation that `input` asks for.
    pub(super) fn new(site: Arc<Site>, id: &str, input: Input, subscriber: Subscriber) -> Self {
        let begin = message::next_begin(id);
        let running = site.metrics.live.begin("websocket", subscriber.request_id.clone());
        let beginning = async move {
            match site.pipeline.prepare(input, Allowed::Everything).await {
                Ok(prepared) => {
                    let is_long = prepared.is_subscription();
                    Begun::Answers(site.groups.subscribe(prepared, subscriber).await, is_long)
                }
                Err((refusal, operation)) => {
                    let outcome = Outcome { operation, ..Outcome::from(refusal) };
                    Begun::Refused(Answer::from(outcome))
                }
            }
        };
        Self { id: id.into(), begin, stage: At::Beginning(beginning.boxed()), is_long: false, running }
    }

    /// The name that the client gave it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether it is known to have no end of its own.
    pub(super) fn is_long(&self) -> bool {
        self.is_long
    }

    /// What the client is to be told next. After the last it must not be asked again.
    pub(super) fn poll_told(&mut self, context: &mut Context<'_>) -> Poll<Told> {
        loop {
            match &mut self.stage {
                At::Beginning(beginning) => match ready!(beginning.poll_unpin(context)) {
                    Begun::Answers(answers, is_long) => (self.stage, self.is_long) = (At::Answering(answers), is_long),
                    Begun::Refused(answer) => {
                        self.stage = At::End;
                        return Poll::Ready(self.tell(&answer));
                    }
                },
                At::Answering(answers) => match ready!(answers.poll_next_unpin(context)) {
                    Some(answer) => return Poll::Ready(self.tell(&answer)),
                    None => self.stage = At::End,
                },
                At::End => return Poll::Ready(Told::Last(Message::of(message::complete(&self.id)))),
            }
        }
    }

    fn tell(&mut self, answer: &Answer) -> Told {
        self.running.answered(answer);
        if answer.stage == Stage::Execution {
            let (begin, payload) = (self.begin.clone(), answer.body.clone());
            Told::Next(Message { begin, payload, end: message::NEXT_END })
        } else {
            Told::Last(Message::of(message::error(&self.id, &answer.errors)))
        }
    }
}
