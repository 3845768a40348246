//! Where the alerts of an organization are sent by HTTP, and how far that has come.

use crate::id::{OrganizationId, WebhookEndpointId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Why nothing is sent to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisabledReason {
    /// Its organization switched it off.
    Manual,
    /// It answered 410 Gone.
    Gone,
    /// The installation's key is another one, and so would be the signatures.
    KeyChanged,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_endpoints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEndpointId,
    pub organization_id: OrganizationId,
    /// An absolute URL, at most 2,048 characters.
    pub url: String,
    /// At most 200 characters.
    pub description: Option<String>,
    /// A list of the kinds of alerts that are sent; all where it is null.
    #[sea_orm(column_type = "JsonBinary")]
    pub kinds: Option<Json>,
    /// A list of the changes that are sent; all where it is null.
    #[sea_orm(column_type = "JsonBinary")]
    pub changes: Option<Json>,
    pub enabled: bool,
    pub disabled_reason: Option<DisabledReason>,
    /// What the secret is worked out from, together with the installation's key: 32 random bytes, hexadecimal.
    pub salt: String,
    /// The salt before the last rotation.
    pub salt_before: Option<String>,
    /// Until when messages are signed with the secret before, too.
    pub salt_before_until: Option<DateTimeUtc>,
    /// The beginning of a hash of the secret, by which another key of the installation is noticed.
    pub secret_check: String,
    /// The epoch of the feed that `seq` belongs to.
    pub epoch: i64,
    /// The number of the last alert that is done with: delivered, given up, or not wanted here.
    pub seq: i64,
    /// Alerts up to this number are replays.
    pub replay_until: i64,
    /// When it was last switched on or set back: messages do not age before.
    pub resumed_at: DateTimeUtc,
    /// Attempts that failed, one after the other, since the last that did not.
    pub failures: i32,
    /// Before this nothing of the feed is sent.
    pub next_attempt_at: DateTimeUtc,
    /// Who sends to it now.
    pub lease_holder: Option<Uuid>,
    /// Until when; whoever holds it and crashes lets go by that.
    pub lease_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change that people make.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
