//! GraphQL over Server-Sent Events, in the distinct connections mode of graphql-sse: an event `next` for each result, and
//! `complete` after the last. What a client can resume behind is the event's id, which a browser sends back by itself.
//!
//! A stream that ends without `complete` is one to come back to: the server stops, or the credentials have expired or
//! lost rights; the next request then says which. Results are made only as fast as they are read, and a stream of which
//! nothing is read is cut off after a while (`super::patient`): its client comes back too.

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName},
    },
    web::{self, Bytes},
};
use futures::{
    Stream, StreamExt, future,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, sleep_until};

use super::{
    auth::{self, Entered},
    early::crowded,
    live::{Entry, Full},
    live_metrics::{Connected, Running},
    respond::Handled,
    server::Site,
    session::{Disturbed, Session},
};
use crate::schema::request::{Prepared, answer::Answer, outcome::Outcome, refusal::code_of};

/// An id is a cursor; a longer one is none of ours.
const ID_BYTES: usize = 1024;

/// Who asks for a stream.
pub(super) struct Asker {
    pub(super) entered: Entered,
    pub(super) authorization: Option<String>,
    pub(super) languages: Vec<String>,
    pub(super) request_id: String,
    /// What to go on behind, if the client said so.
    pub(super) after: Option<String>,
}

/// The id of the last event that a client saw, as it sends it when it comes back.
pub(super) fn last_event_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("last-event-id")?.to_str().ok()?;
    (!id.is_empty() && id.len() <= ID_BYTES).then(|| id.to_owned())
}

/// Streams the results of a prepared subscription.
pub(super) fn begin(site: &web::Data<Site>, prepared: Prepared, asker: Asker) -> HttpResponse {
    let Asker { entered, authorization, languages, request_id, after } = asker;
    if site.closing.has_begun() {
        return crowded(StatusCode::SERVICE_UNAVAILABLE, "The server is stopping.");
    }
    let seats = site.seats.enter(&site.live).and_then(|entry| Ok((entry, site.seats.sit(&entered.actor, &site.live)?)));
    let (entry, seat) = match seats {
        Ok(seats) => seats,
        Err(full @ Full::Server) => return crowded(StatusCode::SERVICE_UNAVAILABLE, full.message()),
        Err(full) => return crowded(StatusCode::TOO_MANY_REQUESTS, full.message()),
    };
    let site = Arc::clone(site);
    let subscriber = auth::subscriber(&site.admission, &entered.actor, request_id.clone(), languages, after);
    let groups = Arc::clone(&site.groups);
    let subscription = Subscription {
        answers: stream::once(async move { groups.subscribe(prepared, subscriber).await }).flatten().boxed(),
        session: Session::open(&site.admission, entered, authorization, seat),
        closing: Box::pin(site.closing.clone().due()),
        running: site.metrics.live.begin("events", request_id.clone()),
        comment_interval: site.live.comment_interval,
        request_id,
        _connected: site.metrics.live.connect("events"),
        _entry: entry,
    };
    let events = stream::unfold(Some(subscription), |subscription| async move {
        let mut subscription = subscription?;
        match subscription.next().await? {
            Step::Event(event) => Some((event, Some(subscription))),
            Step::Last(event) => Some((event, None)),
        }
    });
    // So that proxies and clients see at once that the stream is open.
    let opening = stream::once(future::ready(Bytes::from_static(b":\n\n")));
    answer(opening.chain(events))
}

/// The stream of a request that has one result. That is also one that was refused before it ran: a browser's
/// `EventSource` tells nothing of an answer with another status.
pub(super) fn of_one(outcome: Outcome) -> HttpResponse {
    let codes = outcome.errors.iter().filter_map(code_of).collect();
    let handled = Handled { operation: outcome.operation.clone(), codes };
    let mut response = answer(stream::iter([event(&outcome.into()), complete()]));
    response.extensions_mut().insert(handled);
    response
}

fn answer(events: impl Stream<Item = Bytes> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        // Understood by proxies that would otherwise collect answers before they pass them on.
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(events.map(Ok::<_, Infallible>))
}

struct Subscription {
    session: Session,
    answers: BoxStream<'static, Arc<Answer>>,
    closing: BoxFuture<'static, ()>,
    running: Running,
    comment_interval: Duration,
    request_id: String,
    _connected: Connected,
    _entry: Entry,
}

enum Step {
    Event(Bytes),
    Last(Bytes),
}

impl Subscription {
    /// What to send next; `None` where the stream ends without a word.
    async fn next(&mut self) -> Option<Step> {
        let comment = Instant::now() + self.comment_interval;
        loop {
            let answer = tokio::select! {
                biased;
                () = &mut self.closing => return None,
                disturbed = self.session.disturbed() => match disturbed {
                    Disturbed::Expired => return None,
                    Disturbed::Doubtful => {
                        self.session.look_again(&self.request_id).await.ok()?;
                        continue;
                    }
                },
                answer = self.answers.next() => answer,
                () = sleep_until(comment) => return Some(Step::Event(Bytes::from_static(b":\n\n"))),
            };
            let Some(answer) = answer else { return Some(Step::Last(complete())) };
            if self.session.has_expired() {
                return None;
            }
            self.running.answered(&answer);
            return Some(Step::Event(event(&answer)));
        }
    }
}

fn event(answer: &Answer) -> Bytes {
    let body = &answer.body;
    let mut event = Vec::with_capacity(body.len() + 64);
    let resume = answer.resume.as_deref().filter(|id| !id.is_empty() && !id.contains(['\n', '\r', '\0']));
    if let Some(id) = resume {
        event.extend_from_slice(b"id: ");
        event.extend_from_slice(id.as_bytes());
        event.push(b'\n');
    }
    // JSON is written on one line, so it is one line of data.
    event.extend_from_slice(b"event: next\ndata: ");
    event.extend_from_slice(body);
    event.extend_from_slice(b"\n\n");
    event.into()
}

fn complete() -> Bytes {
    Bytes::from_static(b"event: complete\ndata:\n\n")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;
    use crate::schema::request::refusal::{Refusal, Stage};

    #[test]
    fn an_event_is_one_line_of_data_and_an_id_that_is_one_line() {
        let answer = |resume: Option<&str>| {
            Answer::from(Outcome {
                stage: Stage::Execution,
                errors: Vec::new(),
                data: async_graphql::Value::from("a\nb"),
                resume: resume.map(str::to_owned),
                ..Outcome::from(Refusal::malformed(""))
            })
        };
        assert_eq!(event(&answer(None)), "event: next\ndata: {\"data\":\"a\\nb\"}\n\n");
        assert_eq!(event(&answer(Some("c1"))), "id: c1\nevent: next\ndata: {\"data\":\"a\\nb\"}\n\n");
        assert_eq!(event(&answer(Some("c\n1"))), event(&answer(None)));
    }

    #[test]
    fn the_last_id_is_a_short_text() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_event_id(&headers), None);
        for (value, expected) in [("", None), ("c1", Some("c1".to_owned())), (&"x".repeat(1025), None)] {
            headers.insert(HeaderName::from_static("last-event-id"), HeaderValue::from_str(value).unwrap());
            assert_eq!(last_event_id(&headers), expected);
        }
    }
}
