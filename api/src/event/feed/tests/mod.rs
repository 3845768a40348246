//! What the unit tests of this room share.

use super::Alert;
use chrono::DateTime;
use entity::alert::{AlertChange, AlertKind};
use uuid::Uuid;

/// An alert with this number.
pub(super) fn alert(seq: i64) -> Alert {
    Alert {
        organization_id: Uuid::from_u128(1).into(),
        seq,
        id: Uuid::from_u128(seq.unsigned_abs().into()).into(),
        kind: AlertKind::Partnership,
        change: AlertChange::Updated,
        occurred_at: DateTime::UNIX_EPOCH,
        actor_kind: "system".to_owned(),
        actor_id: None,
        actor_organization_id: None,
        subject_id: Uuid::from_u128(2),
        opportunity_id: None,
        stage: None,
        restricted: false,
        details: serde_json::json!({}),
    }
}
