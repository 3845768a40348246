//! The SQL of the courier: which endpoints have something to be sent, who sends to them, and what came of it.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of sending webhooks")]

use crate::{
    event::feed::Position,
    op::{Fault, Op, Permit},
    webhook::{
        model::{Delivery, DeliveryProblem, DeliveryStatus, Endpoint, Message},
        policy::SendToEndpoint,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    feed, feed_epoch,
    id::{AlertId, WebhookEndpointId},
    organization,
    value::OrganizationStatus,
    webhook_delivery as delivery, webhook_endpoint as endpoint,
    webhook_endpoint::DisabledReason,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

/// How long one replica holds an endpoint without saying so again: much longer than one message takes.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// At most `limit` endpoints that have something to be sent now and that nobody sends to, those that wait longest first.
///
/// # Errors
/// Database faults.
pub async fn list_due(op: &Op, limit: u64) -> Result<Vec<WebhookEndpointId>, Fault> {
    let now = op.now();
    let grown = Condition::all().add(endpoint::Column::NextAttemptAt.lte(now)).add(Expr::exists(elsewhere()));
    Ok(endpoint::Entity::find()
        .select_only()
        .column(endpoint::Column::Id)
        .filter(endpoint::Column::Enabled.eq(true))
        .filter(free(now))
        .filter(endpoint::Column::OrganizationId.in_subquery(active()))
        .filter(Condition::any().add(grown).add(endpoint::Column::Id.in_subquery(with_an_aside())))
        .order_by_asc(endpoint::Column::NextAttemptAt)
        .order_by_asc(endpoint::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

fn free(now: DateTime<Utc>) -> Condition {
    Condition::any().add(endpoint::Column::LeaseUntil.is_null()).add(endpoint::Column::LeaseUntil.lte(now))
}

/// That the feed's head is elsewhere than where the endpoint is: further on, or in another life of the database.
fn elsewhere() -> SelectStatement {
    let own = |column| Expr::col((endpoint::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from(feed_epoch::Entity)
        .left_join(
            feed::Entity,
            Expr::col((feed::Entity, feed::Column::OrganizationId)).eq(own(endpoint::Column::OrganizationId)),
        )
        .cond_where(
            Condition::any()
                .add(Expr::col((feed_epoch::Entity, feed_epoch::Column::Epoch)).ne(own(endpoint::Column::Epoch)))
                .add(Expr::col((feed::Entity, feed::Column::Seq)).if_null(0_i64).ne(own(endpoint::Column::Seq))),
        )
        .to_owned()
}

fn active() -> SelectStatement {
    Query::select()
        .column(organization::Column::Id)
        .from(organization::Entity)
        .and_where(Expr::col(organization::Column::Status).eq(OrganizationStatus::Active))
        .to_owned()
}

fn with_an_aside() -> SelectStatement {
    Query::select()
        .column(delivery::Column::EndpointId)
        .from(delivery::Entity)
        .and_where(Expr::col(delivery::Column::Status).eq(DeliveryStatus::Pending))
        .and_where(Expr::col(delivery::Column::Aside).eq(true))
        .to_owned()
}

/// Takes the lease of an endpoint that nobody holds, and gives the endpoint as it is then; none where another one was
/// faster or the endpoint is gone or off.
///
/// # Errors
/// Database faults.
pub async fn claim_lease(op: &Op, permit: &Permit<SendToEndpoint>, holder: Uuid) -> Result<Option<Endpoint>, Fault> {
    let now = op.now();
    let taken = endpoint::Entity::update_many()
        .col_expr(endpoint::Column::LeaseHolder, Expr::value(holder))
        .col_expr(endpoint::Column::LeaseUntil, Expr::value(now + LEASE))
        .filter(endpoint::Column::Id.eq(permit.resource()))
        .filter(endpoint::Column::Enabled.eq(true))
        .filter(free(now))
        .exec(op.db().read())
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    Ok(endpoint::Entity::find_by_id(permit.resource()).one(op.db().read()).await?)
}

/// Lets go of an endpoint, where it is still held.
///
/// # Errors
/// Database faults.
pub async fn end_lease(op: &Op, permit: &Permit<SendToEndpoint>, holder: Uuid) -> Result<(), Fault> {
    endpoint::Entity::update_many()
        .col_expr(endpoint::Column::LeaseHolder, Expr::value(None::<Uuid>))
        .col_expr(endpoint::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(endpoint::Column::Id.eq(permit.resource()))
        .filter(endpoint::Column::LeaseHolder.eq(holder))
        .exec(op.db().read())
        .await?;
    Ok(())
}

/// Makes the lease last from now on, where it is still held, and gives the endpoint as it is now, locked until the
/// transaction ends; none where it was lost.
///
/// # Errors
/// Database faults.
pub async fn has_lease(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<SendToEndpoint>,
    holder: Uuid,
) -> Result<Option<Endpoint>, Fault> {
    let held = endpoint::Entity::update_many()
        .col_expr(endpoint::Column::LeaseUntil, Expr::value(op.now() + LEASE))
        .filter(endpoint::Column::Id.eq(permit.resource()))
        .filter(endpoint::Column::LeaseHolder.eq(holder))
        .exec(tx)
        .await?;
    if held.rows_affected == 0 {
        return Ok(None);
    }
    Ok(endpoint::Entity::find_by_id(permit.resource()).one(tx).await?)
}

/// The oldest message that is to go out aside from the feed's order, if there is one.
///
/// # Errors
/// Database faults.
pub async fn list_aside(op: &Op, permit: &Permit<SendToEndpoint>) -> Result<Option<Delivery>, Fault> {
    Ok(delivery::Entity::find()
        .filter(delivery::Column::EndpointId.eq(permit.resource()))
        .filter(delivery::Column::Aside.eq(true))
        .filter(delivery::Column::Status.eq(DeliveryStatus::Pending))
        .order_by_asc(delivery::Column::Id)
        .one(op.db().read())
        .await?)
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// How far the message has come by it.
    pub status: DeliveryStatus,
    /// The status of the answer, if there was one.
    pub response_status: Option<u16>,
    /// Why it failed.
    pub problem: Option<DeliveryProblem>,
    /// How long it took.
    pub milliseconds: i32,
}

/// Notes an attempt of a message that goes out aside.
///
/// # Errors
/// Database faults.
pub async fn note_aside_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<SendToEndpoint>,
    before: Delivery,
    attempt: Attempt,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), before.endpoint_id, "the permit is for another endpoint");
    note(op, before, attempt).update(tx).await?;
    Ok(())
}

/// Notes an attempt of the next message of the feed's order: in the log, the same entry for all attempts of a message.
///
/// # Errors
/// Database faults.
pub async fn note_attempt_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<SendToEndpoint>,
    message: &Message,
    of: Option<(AlertId, Position)>,
    attempt: Attempt,
) -> Result<(), Fault> {
    let open = delivery::Entity::find()
        .filter(delivery::Column::EndpointId.eq(permit.resource()))
        .filter(delivery::Column::Aside.eq(false))
        .filter(delivery::Column::Status.eq(DeliveryStatus::Pending))
        .filter(delivery::Column::Message.eq(&message.id))
        .order_by_desc(delivery::Column::Id)
        .one(tx)
        .await?;
    if let Some(open) = open {
        note(op, open, attempt).update(tx).await?;
        return Ok(());
    }
    let fresh = Delivery {
        id: op.new_id(),
        endpoint_id: permit.resource(),
        message: message.id.clone(),
        event: message.event.clone(),
        alert_id: of.map(|(id, _)| id),
        epoch: of.map(|(_, position)| position.epoch),
        seq: of.map(|(_, position)| position.seq),
        replayed: message.replayed,
        aside: false,
        status: DeliveryStatus::Pending,
        attempts: 0,
        created_at: op.now(),
        last_attempt_at: None,
        response_status: None,
        problem: None,
        milliseconds: None,
    };
    note(op, fresh, attempt).reset_all().insert(tx).await?;
    Ok(())
}

fn note(op: &Op, before: Delivery, attempt: Attempt) -> delivery::ActiveModel {
    let attempts = before.attempts.saturating_add(1);
    let mut row = before.into_active_model();
    row.status = Set(attempt.status);
    row.attempts = Set(attempts);
    row.last_attempt_at = Set(Some(op.now()));
    row.response_status = Set(attempt.response_status.map(i32::from));
    row.problem = Set(attempt.problem);
    row.milliseconds = Set(Some(attempt.milliseconds));
    row
}

/// How an endpoint goes on after an attempt, or after alerts that it does not want.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Behind where.
    pub position: Position,
    /// Attempts that failed, one after the other.
    pub failures: i32,
    /// Not before.
    pub next_attempt_at: DateTime<Utc>,
}

/// Notes how an endpoint goes on. Only who holds the lease does so.
///
/// # Errors
/// Database faults.
pub async fn note_progress_in(
    tx: &DatabaseTransaction,
    permit: &Permit<SendToEndpoint>,
    before: &Endpoint,
    progress: Progress,
) -> Result<Endpoint, Fault> {
    let mut row = sent_to(permit, before);
    row.epoch = Set(progress.position.epoch);
    row.seq = Set(progress.position.seq);
    row.failures = Set(progress.failures);
    row.next_attempt_at = Set(progress.next_attempt_at);
    if progress.position.epoch != before.epoch {
        row.replay_until = Set(0);
    }
    Ok(row.update(tx).await?)
}

/// Switches an endpoint off.
///
/// # Errors
/// Database faults.
pub async fn switch_off_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<SendToEndpoint>,
    before: &Endpoint,
    reason: DisabledReason,
) -> Result<Endpoint, Fault> {
    let mut row = sent_to(permit, before);
    row.enabled = Set(false);
    row.disabled_reason = Set(Some(reason));
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

fn sent_to(permit: &Permit<SendToEndpoint>, before: &Endpoint) -> endpoint::ActiveModel {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another endpoint");
    before.clone().into_active_model()
}
