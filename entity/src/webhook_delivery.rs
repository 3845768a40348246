//! One message to an endpoint, and what came of it: the log that the endpoint's owner reads.

use crate::id::{AlertId, WebhookDeliveryId, WebhookEndpointId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryStatus {
    /// Not yet taken: to be tried, or tried again.
    Pending,
    /// Answered with 2xx.
    Delivered,
    /// Given up.
    Failed,
}

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeliveryProblem {
    /// The host has no address that may be sent to.
    AddressRefused,
    /// No connection, or one that broke.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// An answer other than 2xx.
    Status,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookDeliveryId,
    pub endpoint_id: WebhookEndpointId,
    /// What the header `webhook-id` says: the same for every attempt and every replay.
    pub message: String,
    /// The type in the payload, such as `opportunity.stage_changed`.
    pub event: String,
    /// The alert; null for a test and for a reset of the feed.
    pub alert_id: Option<AlertId>,
    /// The epoch of the feed.
    pub epoch: Option<i64>,
    /// The number of the alert in the feed.
    pub seq: Option<i64>,
    pub replayed: bool,
    /// Whether it goes out aside from the feed's order, and is tried once: a test, or one message again.
    pub aside: bool,
    pub status: DeliveryStatus,
    pub attempts: i32,
    pub created_at: DateTimeUtc,
    pub last_attempt_at: Option<DateTimeUtc>,
    /// The status of the last answer, if there was one.
    pub response_status: Option<i32>,
    /// Why the last attempt failed.
    pub problem: Option<DeliveryProblem>,
    /// How long the last attempt took.
    pub milliseconds: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
