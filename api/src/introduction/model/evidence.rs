//! What an overlap was to one side at the moment of a request, kept for whoever asks later what a deal goes back to. Pure.

use crate::overlap::model::{MatchConfidence, ReasonKind};
use chrono::{DateTime, Utc};
use entity::account_list::AccountListKind;
use serde::{Deserialize, Serialize};

/// An overlap as one side saw it, without any value of the other one's account. A reason is among them only where the side
/// was shown what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// What the company was to the side.
    pub own_kind: AccountListKind,
    /// What it was to the other one.
    pub partner_kind: AccountListKind,
    /// How sure it was, 0.5 to 1.
    pub score: f64,
    /// The same as a word.
    pub confidence: MatchConfidence,
    /// Why, the strongest first.
    pub reasons: Vec<ReasonKind>,
    /// When the two accounts were first found to match.
    pub found_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_is_kept_as_it_is_read() {
        let evidence = Evidence {
            own_kind: AccountListKind::Prospects,
            partner_kind: AccountListKind::Customers,
            score: 0.97,
            confidence: MatchConfidence::Likely,
            reasons: vec![ReasonKind::Domain, ReasonKind::NameInDomain],
            found_at: DateTime::UNIX_EPOCH,
        };
        let kept = serde_json::to_value(&evidence).unwrap();
        assert_eq!(
            kept,
            json!({
                "ownKind": "PROSPECTS", "partnerKind": "CUSTOMERS", "score": 0.97, "confidence": "LIKELY",
                "reasons": ["DOMAIN", "NAME_IN_DOMAIN"], "foundAt": "1970-01-01T00:00:00Z",
            })
        );
        assert_eq!(serde_json::from_value::<Evidence>(kept).unwrap(), evidence);
    }
}
