//! The facts that this room publishes. None has an alert: what is sent about alerts would never end. No fact tells a
//! secret, nor what a URL holds behind its host, where receivers like to put one.

use super::model::Endpoint;
use crate::event::{Discretion, Fact, subject};
use serde_json::{Value, json};

/// Something that happened to an endpoint.
pub enum WebhookEvent<'a> {
    /// It was made.
    Created(&'a Endpoint),
    /// It was changed.
    Updated(&'a Endpoint, &'a Endpoint),
    /// It got another secret.
    SecretRotated(&'a Endpoint),
    /// It was set back, or one of its messages is sent again.
    Replayed(&'a Endpoint),
    /// The courier switched it off.
    Disabled(&'a Endpoint, &'a Endpoint),
    /// It was removed.
    Removed(&'a Endpoint),
}

impl WebhookEvent<'_> {
    /// The fact to record. The match is exhaustive, so that a new event forces the question of what it makes stale;
    /// nothing of this is kept in a cache.
    #[must_use]
    pub fn fact(&self) -> Fact {
        match self {
            Self::Created(after) => of(after, "webhook_endpoint.created", None, Some(shown(after))),
            Self::Updated(before, after) => {
                of(after, "webhook_endpoint.updated", Some(shown(before)), Some(shown(after)))
            }
            Self::SecretRotated(after) => of(after, "webhook_endpoint.secret_rotated", None, None),
            Self::Replayed(after) => of(after, "webhook_endpoint.replayed", None, None),
            Self::Disabled(before, after) => {
                of(after, "webhook_endpoint.disabled", Some(shown(before)), Some(shown(after)))
            }
            Self::Removed(before) => of(before, "webhook_endpoint.removed", Some(shown(before)), None),
        }
    }
}

fn of(endpoint: &Endpoint, action: &'static str, before: Option<Value>, after: Option<Value>) -> Fact {
    Fact {
        action,
        organization: endpoint.organization_id,
        subject: subject(endpoint.id),
        before,
        after,
        stale: Vec::new(),
        alert: None,
        discretion: Discretion::NONE,
    }
}

fn shown(endpoint: &Endpoint) -> Value {
    let host = url::Url::parse(&endpoint.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    json!({
        "host": host,
        "description": endpoint.description,
        "kinds": endpoint.kinds,
        "changes": endpoint.changes,
        "enabled": endpoint.enabled,
        "disabledReason": endpoint.disabled_reason,
    })
}
