//! The values and rules of webhooks. Pure.

mod message;
mod retry;
mod signing;

pub use entity::{
    webhook_delivery::{DeliveryProblem, DeliveryStatus},
    webhook_endpoint::DisabledReason,
};
pub use message::{Message, event_name, of_alert, of_reset, of_test};
pub use retry::{GIVE_UP_AFTER, gives_up, last_attempt_at, rest_after};
pub use signing::{Secret, headers};

use crate::event::feed::{Alert, AlertFilter, Position};
use chrono::{DateTime, Utc};
use entity::alert::{AlertChange, AlertKind};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Where alerts are sent.
pub type Endpoint = entity::webhook_endpoint::Model;

/// A message, and what came of it.
pub type Delivery = entity::webhook_delivery::Model;

/// Endpoints of an organization at most.
pub const ENDPOINTS_MAX: u64 = 20;
/// Characters of a URL at most.
pub const URL_MAX: usize = 2_048;
/// Characters of a description at most.
pub const DESCRIPTION_MAX: usize = 200;
/// How long messages are signed with the secret before a rotation, too, so that a receiver can change over in peace.
pub const OVERLAP: chrono::TimeDelta = chrono::TimeDelta::hours(24);
/// How long the log is kept.
pub const LOG_KEPT: chrono::TimeDelta = chrono::TimeDelta::days(30);

/// Scheme, host and port of a URL, for those who may not know what it holds behind them.
#[must_use]
pub fn origin(url: &str) -> String {
    url::Url::parse(url).map(|url| format!("{}/", url.origin().ascii_serialization())).unwrap_or_default()
}

/// A new endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndpointDraft {
    /// Where to.
    pub url: String,
    /// What for.
    pub description: Option<String>,
    /// Which kinds of alerts; all where it is none.
    pub kinds: Option<Vec<AlertKind>>,
    /// Which changes; all where it is none.
    pub changes: Option<Vec<AlertChange>>,
}

/// A change of an endpoint. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointPatch {
    /// Where to.
    pub url: Option<String>,
    /// What for.
    pub description: Option<Option<String>>,
    /// Which kinds of alerts.
    pub kinds: Option<Option<Vec<AlertKind>>>,
    /// Which changes.
    pub changes: Option<Option<Vec<AlertChange>>>,
    /// Whether anything is sent.
    pub enabled: Option<bool>,
}

/// How far an endpoint has come in its organization's feed.
#[must_use]
pub fn position(endpoint: &Endpoint) -> Position {
    Position { epoch: endpoint.epoch, seq: endpoint.seq }
}

/// The words of a stored list; none where the list wants all. A word that no longer exists is left out.
#[must_use]
pub fn words<T: DeserializeOwned>(stored: Option<&Value>) -> Option<Vec<T>> {
    let list = stored?.as_array()?;
    Some(list.iter().filter_map(|word| serde_json::from_value(word.clone()).ok()).collect())
}

/// A list as it is stored: each word once.
#[must_use]
pub fn stored<T: Serialize + Ord + Clone>(words: Option<&[T]>) -> Option<Value> {
    let mut words = words?.to_vec();
    words.sort();
    words.dedup();
    serde_json::to_value(words).ok()
}

/// What an endpoint wants of the feed, as far as the feed can filter that by itself.
#[must_use]
pub fn feed_filter(endpoint: &Endpoint) -> AlertFilter {
    AlertFilter { kinds: words(endpoint.kinds.as_ref()), ..AlertFilter::default() }
}

/// Whether an endpoint wants an alert.
#[must_use]
pub fn wants(endpoint: &Endpoint, alert: &Alert) -> bool {
    feed_filter(endpoint).matches(alert)
        && words::<AlertChange>(endpoint.changes.as_ref()).is_none_or(|changes| changes.contains(&alert.change))
}

/// Whether an alert is sent again: up to where the endpoint had come when it was set back.
#[must_use]
pub fn is_replay(endpoint: &Endpoint, seq: i64) -> bool {
    seq <= endpoint.replay_until
}

/// The salts that messages are signed with at `now`, the present one first.
#[must_use]
pub fn salts(endpoint: &Endpoint, now: DateTime<Utc>) -> Vec<&str> {
    let before =
        endpoint.salt_before.as_deref().filter(|_| endpoint.salt_before_until.is_some_and(|until| until > now));
    std::iter::once(endpoint.salt.as_str()).chain(before).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use chrono::TimeDelta;
    use serde_json::json;
    use uuid::Uuid;

    pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_793_610_000 + seconds, 0).unwrap()
    }

    pub(crate) fn endpoint() -> Endpoint {
        Endpoint {
            id: Uuid::from_u128(1).into(),
            organization_id: Uuid::from_u128(2).into(),
            url: "https://hooks.partner.example/".to_owned(),
            description: None,
            kinds: None,
            changes: None,
            enabled: true,
            disabled_reason: None,
            salt: "aa".to_owned(),
            salt_before: None,
            salt_before_until: None,
            secret_check: String::new(),
            epoch: 1,
            seq: 10,
            replay_until: 0,
            resumed_at: at(0),
            failures: 0,
            next_attempt_at: at(0),
            lease_holder: None,
            lease_until: None,
            created_at: at(0),
            updated_at: at(0),
            revision: 1,
        }
    }

    pub(crate) fn alert(kind: AlertKind, change: AlertChange) -> Alert {
        Alert {
            organization_id: Uuid::from_u128(2).into(),
            seq: 11,
            id: Uuid::from_u128(3).into(),
            kind,
            change,
            occurred_at: at(0),
            actor_kind: "person".to_owned(),
            actor_id: Some(Uuid::from_u128(4)),
            actor_organization_id: Some(Uuid::from_u128(5).into()),
            subject_id: Uuid::from_u128(6),
            opportunity_id: None,
            stage: None,
            restricted: false,
            details: json!({"before": null, "after": {"status": "PENDING"}}),
        }
    }

    #[test]
    fn an_endpoint_wants_what_both_of_its_lists_have() {
        let sent = alert(AlertKind::Invitation, AlertChange::Sent);
        assert!(wants(&endpoint(), &sent));
        for (kinds, changes, wanted) in [
            (Some(json!(["INVITATION"])), None, true),
            (Some(json!(["LEAD"])), None, false),
            (Some(json!([])), None, false),
            (None, Some(json!(["SENT", "ACCEPTED"])), true),
            (None, Some(json!(["ACCEPTED"])), false),
            (Some(json!(["INVITATION"])), Some(json!(["ACCEPTED"])), false),
            (Some(json!(["INVITATION", "NO_LONGER_A_KIND"])), Some(json!(["SENT"])), true),
        ] {
            let endpoint = Endpoint { kinds: kinds.clone(), changes: changes.clone(), ..endpoint() };
            assert_eq!(wants(&endpoint, &sent), wanted, "{kinds:?} {changes:?}");
        }
    }

    #[test]
    fn lists_are_stored_in_order_and_read_back() {
        let kinds = [AlertKind::Lead, AlertKind::Opportunity, AlertKind::Lead];
        assert_eq!(stored(Some(&kinds)), Some(json!(["OPPORTUNITY", "LEAD"])));
        assert_eq!(words(stored(Some(&kinds)).as_ref()), Some(vec![AlertKind::Opportunity, AlertKind::Lead]));
        assert_eq!(stored::<AlertKind>(None), None);
        assert_eq!(words::<AlertKind>(None), None);
    }

    #[test]
    fn the_secret_before_counts_for_a_day() {
        let rotated = Endpoint {
            salt_before: Some("bb".to_owned()),
            salt_before_until: Some(at(0) + TimeDelta::hours(24)),
            ..endpoint()
        };
        assert_eq!(salts(&rotated, at(86_399)), ["aa", "bb"]);
        assert_eq!(salts(&rotated, at(86_400)), ["aa"]);
        assert_eq!(salts(&endpoint(), at(0)), ["aa"]);
    }
}
