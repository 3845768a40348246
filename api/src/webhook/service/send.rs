//! One turn of the courier at one endpoint, by whoever holds its lease.
//!
//! The next message is found by the endpoint's position in the feed, sent, and what came of it is written down together
//! with the new position. A crash in between has it sent again: receivers know a message by its id.

use crate::{
    db::Tx,
    event::{
        self,
        feed::{self, Alert, Position, Resume},
    },
    op::{Failure, Fault, Op, Permit},
    outbound::PostFault,
    webhook::{
        event::WebhookEvent,
        model::{
            self, Delivery, DeliveryProblem, DeliveryStatus, DisabledReason, Endpoint, Message, Secret, gives_up,
            is_replay, last_attempt_at, of_alert, of_reset, of_test, position, rest_after, salts, wants,
        },
        policy::SendToEndpoint,
        store::{self, Attempt, Progress},
    },
};
use chrono::{DateTime, Utc};
use entity::id::{AlertId, WebhookEndpointId};
use std::time::Instant;
use uuid::Uuid;

/// Messages that one turn sends at most, so that a busy endpoint lets go of its lease now and then.
const TURN: usize = 100;
/// Alerts that are read at once: most of them may be unwanted.
const FETCH: u64 = 100;

/// What one turn did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Attempts that were made.
    pub attempts: usize,
    /// Whether more may be there at once.
    pub more: bool,
}

/// Sends to an endpoint what it is to have now, unless another one does so.
///
/// # Errors
/// Database faults; what was written down before stays so.
pub async fn send(op: &Op, id: WebhookEndpointId) -> Result<Sent, Fault> {
    let permit = op.authorize::<SendToEndpoint>(id, &()).map_err(|denied| Failure::from(denied).into_fault())?;
    let holder: Uuid = op.new_id();
    let Some(endpoint) = store::claim_lease(op, &permit, holder).await? else {
        return Ok(Sent { attempts: 0, more: false });
    };
    let turn = Turn { op, permit, holder };
    let sent = turn.go(endpoint).await;
    // Also after a fault, so that the next try need not wait for the lease's end.
    store::end_lease(op, &turn.permit, holder).await?;
    sent
}

struct Turn<'a> {
    op: &'a Op,
    permit: Permit<SendToEndpoint>,
    holder: Uuid,
}

/// What there is to be done next.
enum Next {
    /// A message of the feed's order, and behind where the endpoint is when it has taken it.
    Message { message: Message, alert: Option<AlertId>, occurred_at: DateTime<Utc>, then: Position },
    /// Nothing that it wants, up to here.
    Skip(Position),
    /// Nothing now.
    Nothing,
}

impl Turn<'_> {
    async fn go(&self, mut endpoint: Endpoint) -> Result<Sent, Fault> {
        let (mut attempts, mut aside_was_last) = (0, false);
        while attempts < TURN {
            let secrets = self.secrets(&endpoint);
            if secrets.first().is_none_or(|present| present.check() != endpoint.secret_check) {
                self.switch_off(DisabledReason::KeyChanged).await?;
                return Ok(Sent { attempts, more: false });
            }
            // One at most between two messages of the feed's order: those are what the endpoint is there for.
            if !aside_was_last && let Some(aside) = store::list_aside(self.op, &self.permit).await? {
                (attempts, aside_was_last) = (attempts + 1, true);
                match self.send_aside(&endpoint, aside, &secrets).await? {
                    Some(after) => endpoint = after,
                    None => return Ok(Sent { attempts, more: true }),
                }
                continue;
            }
            let due = endpoint.next_attempt_at <= self.op.now();
            let outcome = match if due { self.next(&endpoint).await? } else { Next::Nothing } {
                Next::Nothing if aside_was_last => {
                    aside_was_last = false;
                    continue;
                }
                Next::Nothing => return Ok(Sent { attempts, more: false }),
                Next::Skip(to) => self.go_on(&endpoint, to).await?,
                Next::Message { message, alert, occurred_at, then } => {
                    (attempts, aside_was_last) = (attempts + 1, false);
                    self.send_next(&endpoint, &message, alert, occurred_at, then, &secrets).await?
                }
            };
            match outcome {
                Some(after) if after.enabled => endpoint = after,
                // Switched off, or the lease was lost, or the owner set it back meanwhile.
                _ => return Ok(Sent { attempts, more: true }),
            }
        }
        Ok(Sent { attempts, more: true })
    }

    fn secrets(&self, endpoint: &Endpoint) -> Vec<Secret> {
        salts(endpoint, self.op.now()).into_iter().map(|salt| Secret::of(self.op.outbound(), salt)).collect()
    }

    /// What comes next in the feed for this endpoint.
    async fn next(&self, endpoint: &Endpoint) -> Result<Next, Fault> {
        let own = endpoint.organization_id;
        let head = feed::head(self.op, own).await?;
        let cursor = |position| feed::write_cursor(self.op, own, position);
        let from = match feed::resume(&head, Some(position(endpoint))) {
            Resume::From(from) => from,
            Resume::Reset { reason, head: newest, from } => {
                let then = Position { epoch: head.epoch, seq: from };
                let message = of_reset(own, reason, &cursor(newest), &cursor(then), self.op.now());
                // It is never given up: who does not know of the gap must not get what comes behind it.
                return Ok(Next::Message { message, alert: None, occurred_at: self.op.now(), then });
            }
        };
        if from >= head.seq {
            return Ok(Next::Nothing);
        }
        let filter = model::feed_filter(endpoint);
        let found = feed::list(self.op, own, from, &filter, FETCH).await?;
        let read_all = u64::try_from(found.len()).unwrap_or(u64::MAX) < FETCH;
        let last = found.last().map_or(from, |alert| alert.seq);
        Ok(match found.into_iter().find(|alert| wants(endpoint, alert)) {
            Some(alert) => self.message(endpoint, &alert, head.epoch),
            // None up to the head, as it was when it was read; or none of those that were read.
            None if read_all => Next::Skip(Position { epoch: head.epoch, seq: head.seq.max(last) }),
            None => Next::Skip(Position { epoch: head.epoch, seq: last }),
        })
    }

    fn message(&self, endpoint: &Endpoint, alert: &Alert, epoch: i64) -> Next {
        let then = Position { epoch, seq: alert.seq };
        let cursor = feed::write_cursor(self.op, alert.organization_id, then);
        let message = of_alert(alert, &cursor, is_replay(endpoint, alert.seq));
        Next::Message { message, alert: Some(alert.id), occurred_at: alert.occurred_at, then }
    }

    /// Sends a message, and says what came of it.
    async fn post(&self, endpoint: &Endpoint, message: &Message, secrets: &[Secret]) -> Result<Attempt, Fault> {
        let headers = model::headers(message, secrets, self.op.now())?;
        // It was judged when it was typed in; what the operator allows may have changed since.
        let Ok(url) = self.op.outbound().judge(&endpoint.url) else {
            return Ok(failed(DeliveryProblem::AddressRefused, None, 0));
        };
        let begun = Instant::now();
        let posted = self.op.outbound().post(&url, &headers, message.body.clone()).await;
        let took = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
        Ok(match posted {
            Ok(answer) if (200..300).contains(&answer.status) => Attempt {
                status: DeliveryStatus::Delivered,
                response_status: Some(answer.status),
                problem: None,
                milliseconds: took,
            },
            Ok(answer) => failed(DeliveryProblem::Status, Some(answer.status), took),
            Err(PostFault::AddressRefused) => failed(DeliveryProblem::AddressRefused, None, took),
            Err(PostFault::Unreachable) => failed(DeliveryProblem::Unreachable, None, took),
            Err(PostFault::Timeout) => failed(DeliveryProblem::Timeout, None, took),
        })
    }

    async fn send_next(
        &self,
        endpoint: &Endpoint,
        message: &Message,
        alert: Option<AlertId>,
        occurred_at: DateTime<Utc>,
        then: Position,
        secrets: &[Secret],
    ) -> Result<Option<Endpoint>, Fault> {
        let op = self.op;
        let mut attempt = self.post(endpoint, message, secrets).await?;
        let taken = attempt.status == DeliveryStatus::Delivered;
        let last = last_attempt_at(occurred_at, endpoint.resumed_at);
        let gone = attempt.response_status == Some(410);
        if !taken && !gone && gives_up(occurred_at, endpoint.resumed_at, op.now()) {
            attempt.status = DeliveryStatus::Failed;
        }
        let done = attempt.status != DeliveryStatus::Pending;
        let rested = |failures| op.now() + rest_after(failures, op.new_secret()[0]);
        let (failures, next_attempt_at) = match attempt.status {
            DeliveryStatus::Delivered => (0, op.now()),
            // It may have been refused for what it says; the next one need not pay for it.
            DeliveryStatus::Failed => (1, rested(1)),
            DeliveryStatus::Pending => {
                let failures = endpoint.failures.saturating_add(1);
                let rested = rested(failures);
                (failures, if last > op.now() { rested.min(last) } else { rested })
            }
        };
        let progress = Progress { position: if done { then } else { position(endpoint) }, failures, next_attempt_at };
        let tx = op.db().begin().await?;
        let Some(now) = store::has_lease(&tx, op, &self.permit, self.holder).await? else { return Ok(None) };
        store::note_attempt_in(&tx, op, &self.permit, message, alert.map(|id| (id, then)), attempt).await?;
        // Its owner may have set it back or switched it off and on while it was sent to: that counts.
        let unmoved = position(&now) == position(endpoint) && now.resumed_at == endpoint.resumed_at;
        let after =
            if unmoved { Some(store::note_progress_in(&tx, &self.permit, &now, progress).await?) } else { None };
        if gone {
            self.switch_off_in(&tx, after.as_ref().unwrap_or(&now), DisabledReason::Gone).await?;
        }
        tx.commit().await?;
        Ok(after.filter(|_| !gone))
    }

    /// Behind alerts that the endpoint does not want.
    async fn go_on(&self, endpoint: &Endpoint, to: Position) -> Result<Option<Endpoint>, Fault> {
        let op = self.op;
        let progress =
            Progress { position: to, failures: endpoint.failures, next_attempt_at: endpoint.next_attempt_at };
        let tx = op.db().begin().await?;
        let Some(now) = store::has_lease(&tx, op, &self.permit, self.holder).await? else { return Ok(None) };
        if position(&now) != position(endpoint) || now.resumed_at != endpoint.resumed_at {
            return Ok(None);
        }
        let after = store::note_progress_in(&tx, &self.permit, &now, progress).await?;
        tx.commit().await?;
        Ok(Some(after))
    }

    /// Sends a test, or one message again: once, whatever comes of it. Gives the endpoint as it is then, where it is still
    /// ours.
    async fn send_aside(
        &self,
        endpoint: &Endpoint,
        aside: Delivery,
        secrets: &[Secret],
    ) -> Result<Option<Endpoint>, Fault> {
        let op = self.op;
        let attempt = match self.aside_message(endpoint, &aside).await? {
            Some(message) => self.post(endpoint, &message, secrets).await?,
            // The alert is no longer kept.
            None => Attempt { status: DeliveryStatus::Failed, response_status: None, problem: None, milliseconds: 0 },
        };
        let gone = attempt.response_status == Some(410);
        let status = match attempt.status {
            DeliveryStatus::Pending => DeliveryStatus::Failed,
            status => status,
        };
        let tx = op.db().begin().await?;
        let Some(now) = store::has_lease(&tx, op, &self.permit, self.holder).await? else { return Ok(None) };
        store::note_aside_in(&tx, op, &self.permit, aside, Attempt { status, ..attempt }).await?;
        if gone {
            self.switch_off_in(&tx, &now, DisabledReason::Gone).await?;
        }
        tx.commit().await?;
        Ok(Some(now).filter(|now| now.enabled && !gone))
    }

    async fn aside_message(&self, endpoint: &Endpoint, aside: &Delivery) -> Result<Option<Message>, Fault> {
        let (Some(epoch), Some(seq)) = (aside.epoch, aside.seq) else {
            return Ok(Some(of_test(aside.id, aside.created_at)));
        };
        let own = endpoint.organization_id;
        let found = feed::list(self.op, own, seq - 1, &feed::AlertFilter::default(), 1).await?.pop();
        // After a restore another alert may have the number.
        let found = found.filter(|alert| Some(alert.id) == aside.alert_id);
        let cursor = feed::write_cursor(self.op, own, Position { epoch, seq });
        Ok(found.map(|alert| of_alert(&alert, &cursor, true)))
    }

    async fn switch_off(&self, reason: DisabledReason) -> Result<(), Fault> {
        let tx = self.op.db().begin().await?;
        if let Some(now) = store::has_lease(&tx, self.op, &self.permit, self.holder).await? {
            self.switch_off_in(&tx, &now, reason).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn switch_off_in(&self, tx: &Tx, before: &Endpoint, reason: DisabledReason) -> Result<(), Fault> {
        tracing::warn!(endpoint = %before.id.0, ?reason, "a webhook endpoint was switched off");
        let after = store::switch_off_in(tx, self.op, &self.permit, before, reason).await?;
        event::record(tx, self.op, vec![WebhookEvent::Disabled(before, &after).fact()]).await
    }
}

fn failed(problem: DeliveryProblem, response_status: Option<u16>, milliseconds: i32) -> Attempt {
    Attempt { status: DeliveryStatus::Pending, response_status, problem: Some(problem), milliseconds }
}
