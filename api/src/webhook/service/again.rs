//! Messages on demand: a test, one message again, or everything behind a cursor again.

use super::endpoint::find;
use crate::{
    db::Tx,
    event::{self, feed},
    op::{ErrorCode, Failure, Op, Outcome, Permit, Refusal},
    webhook::{
        event::WebhookEvent,
        model::{Delivery, Endpoint, of_test},
        policy::ChangeEndpoint,
        store::{self, Aside},
    },
};
use entity::id::{WebhookDeliveryId, WebhookEndpointId};

/// How many messages may be asked for within a minute, and wait at once, to go out aside from the feed's order: more than
/// somebody who tries out a receiver needs, and no flood for a host that is somebody else's.
const ASIDE_MAX: u64 = 20;

/// What is to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// Everything behind this cursor of the organization's feed, in its order.
    Behind(String),
    /// One message of the log, aside from the order.
    Delivery(WebhookDeliveryId),
}

/// Has a test message sent, once.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE` where the endpoint is off, `TOO_MANY` within a minute.
pub async fn ping(op: &Op, id: WebhookEndpointId) -> Outcome<Delivery> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let endpoint = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangeEndpoint>(id, &endpoint)?;
    must_be_on(&endpoint)?;
    has_room(&tx, op, &permit, "").await?;
    let id: WebhookDeliveryId = op.new_id();
    let message = of_test(id, op.now());
    let aside = Aside { id, message: message.id, event: message.event, alert: None };
    let delivery = store::insert_aside_in(&tx, op, &permit, aside).await?;
    tx.commit().await?;
    Ok(delivery)
}

/// Has messages sent again, marked as replays. One message goes out once, aside from the order; everything behind a
/// cursor goes out in the order of the feed, before what is new.
///
/// # Errors
/// `NOT_FOUND` for the endpoint, and for a delivery that is none of its own; `NOT_ALLOWED`; `INVALID_STATE` where the
/// endpoint is off or the message is no longer kept; `EXPIRED` for a cursor that the feed cannot go on from,
/// `INVALID_VALUE` for one ahead of what was sent; `TOO_MANY` single messages within a minute.
pub async fn replay(op: &Op, id: WebhookEndpointId, what: Replay) -> Outcome<(Endpoint, Option<Delivery>)> {
    op.signed_in()?;
    match what {
        Replay::Behind(cursor) => Ok((set_back(op, id, &cursor).await?, None)),
        Replay::Delivery(delivery) => one_again(op, id, delivery).await,
    }
}

async fn set_back(op: &Op, id: WebhookEndpointId, cursor: &str) -> Outcome<Endpoint> {
    let seen = store::list_endpoints_by_ids(op, &[id]).await?.pop().ok_or_else(|| Refusal::not_found("id"))?;
    let to = feed::read_cursor(op, seen.organization_id, cursor)?;
    let head = feed::head(op, seen.organization_id).await?;
    let tx = op.db().begin().await?;
    let before = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangeEndpoint>(id, &before)?;
    must_be_on(&before)?;
    if let feed::Resume::Reset { .. } = feed::resume(&head, Some(to)) {
        let message = "The feed cannot go on from this cursor; what is kept begins behind it.";
        return Err(Refusal::of("input.after", ErrorCode::Expired, message).into());
    }
    // What was sent to it, or given up, once: what is behind that would be skipped without a word.
    let sent = before.seq.max(before.replay_until);
    if to.epoch == before.epoch && to.seq > sent {
        let message = "This cursor is ahead of what was sent to the endpoint; what is in between would be skipped.";
        return Err(Refusal::of("input.after", ErrorCode::InvalidValue, message).into());
    }
    let after = store::set_back_in(&tx, op, &permit, &before, to).await?;
    event::record(&tx, op, vec![WebhookEvent::Replayed(&after).fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

async fn one_again(op: &Op, id: WebhookEndpointId, of: WebhookDeliveryId) -> Outcome<(Endpoint, Option<Delivery>)> {
    let path = "input.delivery";
    let before = store::list_deliveries_by_ids(op, &[of]).await?.pop();
    let before = before.filter(|delivery| delivery.endpoint_id == id);
    let tx = op.db().begin().await?;
    let endpoint = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangeEndpoint>(id, &endpoint)?;
    must_be_on(&endpoint)?;
    let before = before.ok_or_else(|| Refusal::not_found(path))?;
    let of_an_alert = before.alert_id.zip(before.epoch).zip(before.seq);
    let Some(((alert, epoch), seq)) = of_an_alert else {
        let message = "Only what was sent about an alert can be sent again.";
        return Err(Refusal::of(path, ErrorCode::InvalidState, message).into());
    };
    has_room(&tx, op, &permit, path).await?;
    let aside =
        Aside { id: op.new_id(), message: before.message, event: before.event, alert: Some((alert, epoch, seq)) };
    let delivery = store::insert_aside_in(&tx, op, &permit, aside).await?;
    event::record(&tx, op, vec![WebhookEvent::Replayed(&endpoint).fact()]).await?;
    tx.commit().await?;
    Ok((endpoint, Some(delivery)))
}

/// The endpoint is locked, so that two that come at once are counted one after the other.
async fn has_room(tx: &Tx, op: &Op, permit: &Permit<ChangeEndpoint>, path: &str) -> Result<(), Failure> {
    if store::count_asides_in(tx, op, permit).await? < ASIDE_MAX {
        return Ok(());
    }
    let message = format!("At most {ASIDE_MAX} tests and single messages a minute. Wait a moment.");
    Err(Refusal::of(path, ErrorCode::TooMany, message).into())
}

fn must_be_on(endpoint: &Endpoint) -> Result<(), Refusal> {
    if endpoint.enabled { Ok(()) } else { Err(Refusal::invalid_state("The endpoint is off. Switch it on first.")) }
}

/// A replay asks for one thing.
///
/// # Errors
/// `INVALID_VALUE` for both or neither.
pub fn which(after: Option<String>, delivery: Option<WebhookDeliveryId>) -> Result<Replay, Refusal> {
    match (after, delivery) {
        (Some(after), None) => Ok(Replay::Behind(after)),
        (None, Some(delivery)) => Ok(Replay::Delivery(delivery)),
        _ => Err(Refusal::of("input", ErrorCode::InvalidValue, "Give either `after` or `delivery`.")),
    }
}
