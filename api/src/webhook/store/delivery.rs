//! The SQL of the log of what was sent.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of the log of webhooks")]

use super::visible;
use crate::{
    db,
    op::{Fault, Op, Permit},
    webhook::{
        model::{Delivery, DeliveryStatus, LOG_KEPT},
        policy::ChangeEndpoint,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    id::{AlertId, WebhookDeliveryId, WebhookEndpointId},
    webhook_delivery as delivery, webhook_endpoint as endpoint,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, sea_query::Expr,
};
use uuid::Uuid;

/// The log of the endpoints that the actor may see.
fn log(op: &Op) -> Select<delivery::Entity> {
    let endpoints = visible(op).select_only().column(endpoint::Column::Id).into_query();
    delivery::Entity::find().filter(delivery::Column::EndpointId.in_subquery(endpoints))
}

/// The visible deliveries with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_deliveries_by_ids(op: &Op, ids: &[WebhookDeliveryId]) -> Result<Vec<Delivery>, Fault> {
    Ok(log(op).filter(delivery::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The newest `fetch` deliveries to each of these endpoints, behind the delivery `after` where it is given.
///
/// # Errors
/// Database faults.
pub async fn list_deliveries_of(
    op: &Op,
    endpoints: &[WebhookEndpointId],
    after: Option<Uuid>,
    fetch: u64,
) -> Result<Vec<Delivery>, Fault> {
    let mut rows = log(op).filter(delivery::Column::EndpointId.is_in(endpoints.iter().copied()));
    if let Some(after) = after {
        rows = rows.filter(delivery::Column::Id.lt(WebhookDeliveryId::from(after)));
    }
    let rows = db::first_of_each(rows, delivery::Column::EndpointId, delivery::Column::Id, Order::Desc, fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// How many deliveries are in the log, by endpoint; those without one are missing.
///
/// # Errors
/// Database faults.
pub async fn count_deliveries_of(
    op: &Op,
    endpoints: &[WebhookEndpointId],
) -> Result<Vec<(WebhookEndpointId, u64)>, Fault> {
    let counted: Vec<(WebhookEndpointId, i64)> = log(op)
        .filter(delivery::Column::EndpointId.is_in(endpoints.iter().copied()))
        .select_only()
        .column(delivery::Column::EndpointId)
        .column_as(delivery::Column::Id.count(), "total")
        .group_by(delivery::Column::EndpointId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counted.into_iter().map(|(id, total)| (id, u64::try_from(total).unwrap_or_default())).collect())
}

/// A message to go out aside from the feed's order.
#[derive(Clone, Debug)]
pub struct Aside {
    /// The delivery's id.
    pub id: WebhookDeliveryId,
    /// What the receiver knows the message by.
    pub message: String,
    /// Its type.
    pub event: String,
    /// The alert that is sent again; none for a test.
    pub alert: Option<(AlertId, i64, i64)>,
}

/// How many messages of an endpoint wait to go out aside from the feed's order, or were asked for within the last minute.
///
/// # Errors
/// Database faults.
pub async fn count_asides_in(tx: &DatabaseTransaction, op: &Op, permit: &Permit<ChangeEndpoint>) -> Result<u64, Fault> {
    let fresh = Condition::any()
        .add(delivery::Column::Status.eq(DeliveryStatus::Pending))
        .add(delivery::Column::CreatedAt.gt(op.now() - TimeDelta::minutes(1)));
    Ok(delivery::Entity::find()
        .filter(delivery::Column::EndpointId.eq(permit.resource()))
        .filter(delivery::Column::Aside.eq(true))
        .filter(fresh)
        .count(tx)
        .await?)
}

/// Writes down a message to go out aside from the feed's order.
///
/// # Errors
/// Database faults.
pub async fn insert_aside_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangeEndpoint>,
    aside: Aside,
) -> Result<Delivery, Fault> {
    let row = Delivery {
        id: aside.id,
        endpoint_id: permit.resource(),
        message: aside.message,
        event: aside.event,
        alert_id: aside.alert.map(|(id, ..)| id),
        epoch: aside.alert.map(|(_, epoch, _)| epoch),
        seq: aside.alert.map(|(.., seq)| seq),
        replayed: aside.alert.is_some(),
        aside: true,
        status: DeliveryStatus::Pending,
        attempts: 0,
        created_at: op.now(),
        last_attempt_at: None,
        response_status: None,
        problem: None,
        milliseconds: None,
    };
    Ok(row.into_active_model().reset_all().insert(tx).await?)
}

/// The message that an endpoint had not taken is no longer waited for: it comes again as another one, or not at all.
pub(super) async fn give_up_open_in(tx: &DatabaseTransaction, id: WebhookEndpointId) -> Result<(), Fault> {
    delivery::Entity::update_many()
        .col_expr(delivery::Column::Status, Expr::value(DeliveryStatus::Failed))
        .filter(delivery::Column::EndpointId.eq(id))
        .filter(delivery::Column::Aside.eq(false))
        .filter(delivery::Column::Status.eq(DeliveryStatus::Pending))
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets what is older than 30 days in the log and not waited for, the oldest first and in one statement about `limit`
/// of them, and says how many. It is the courier's own tidying, and so asks for no permit.
///
/// # Errors
/// Database faults.
pub async fn forget_old_deliveries(op: &Op, limit: u64) -> Result<usize, Fault> {
    let oldest: DateTime<Utc> = op.now() - LOG_KEPT;
    let old = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .filter(delivery::Column::CreatedAt.lt(oldest))
        .filter(delivery::Column::Status.ne(DeliveryStatus::Pending))
        .order_by_asc(delivery::Column::CreatedAt)
        .limit(limit)
        .into_tuple::<WebhookDeliveryId>()
        .all(op.db().read())
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let gone = delivery::Entity::delete_many().filter(delivery::Column::Id.is_in(old)).exec(op.db().read()).await?;
    Ok(usize::try_from(gone.rows_affected).unwrap_or(usize::MAX))
}
