//! A hint as it goes over Redis: JSON, in one of a few channels by the organization. Never one channel an organization:
//! a subscriber of all of them would have to follow their coming and going.

use super::Hint;
use crate::event::feed::Alert;
use entity::id::OrganizationId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A release that writes hints in another form uses other channels, and replicas of both find what they miss in the
/// table while they run side by side.
const FORM: &str = "feed1";

/// How many channels there are: a cluster can spread them over its servers.
pub(super) const SHARDS: u128 = 32;

#[derive(Serialize)]
struct Outgoing<'a> {
    epoch: i64,
    alert: &'a Alert,
}

#[derive(Deserialize)]
struct Incoming {
    epoch: i64,
    alert: Alert,
}

/// The channel of an organization's hints.
pub(super) fn channel(prefix: &str, organization: OrganizationId) -> String {
    // The last bits of an id are chance, the first ones are a time.
    named(prefix, organization.0.as_u128() % SHARDS)
}

/// All channels.
pub(super) fn channels(prefix: &str) -> Vec<String> {
    (0..SHARDS).map(|shard| named(prefix, shard)).collect()
}

fn named(prefix: &str, shard: u128) -> String {
    format!("{prefix}:{FORM}:{shard}")
}

/// `None` for what cannot be written, which no alert is.
pub(super) fn write(hint: &Hint) -> Option<Vec<u8>> {
    serde_json::to_vec(&Outgoing { epoch: hint.epoch, alert: &hint.alert }).ok()
}

/// `None` for what is no hint.
pub(super) fn read(message: &[u8]) -> Option<Hint> {
    let Incoming { epoch, alert } = serde_json::from_slice(message).ok()?;
    Some(Hint { epoch, alert: Arc::new(alert) })
}
