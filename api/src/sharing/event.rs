//! The facts that this room publishes. The organization whose list it is has the rule in its trail; whoever is shown
//! something, or no longer, is told what it is shown: levels, parts and kinds, no rule and no name of a list. What is shown
//! to an organization is stale then: whoever listens for it is given nothing that was resolved before.

use super::model::{ExploratoryMapping, ExploratoryStatus, ExposureChange, SharingDefault, SharingLevel, SharingRule};
use crate::event::{AlertDraft, DataScope, Discretion, Fact, subject};
use entity::alert::{AlertChange, AlertKind};
use serde_json::{Value, json};

/// Something that happened to what is shared.
pub enum SharingEvent<'a> {
    /// A rule was made or changed.
    RuleSet {
        /// As it was; none for a new one.
        before: Option<&'a SharingRule>,
        /// As it is.
        after: &'a SharingRule,
    },
    /// A rule was removed.
    RuleRemoved(&'a SharingRule),
    /// A default was made or changed.
    DefaultSet {
        /// As it was; none for a new one.
        before: Option<&'a SharingDefault>,
        /// As it is.
        after: &'a SharingDefault,
    },
    /// A default was removed.
    DefaultRemoved(&'a SharingDefault),
    /// Somebody is shown something else than before.
    Exposed(&'a ExposureChange),
    /// An exploratory mapping was proposed.
    Proposed(&'a ExploratoryMapping),
    /// An exploratory mapping was answered or taken back, or it expired or ended.
    Moved {
        /// As it was.
        before: &'a ExploratoryMapping,
        /// As it is.
        after: &'a ExploratoryMapping,
    },
}

impl SharingEvent<'_> {
    /// The facts to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::RuleSet { before, after } => {
                vec![Fact {
                    before: before.map(shown_rule),
                    after: Some(shown_rule(after)),
                    ..of_rule("sharing_rule.set", after)
                }]
            }
            Self::RuleRemoved(rule) => {
                vec![Fact { before: Some(shown_rule(rule)), ..of_rule("sharing_rule.removed", rule) }]
            }
            Self::DefaultSet { before, after } => {
                vec![Fact {
                    before: before.map(shown_default),
                    after: Some(shown_default(after)),
                    ..of_default("sharing_default.set", after)
                }]
            }
            Self::DefaultRemoved(default) => {
                vec![Fact { before: Some(shown_default(default)), ..of_default("sharing_default.removed", default) }]
            }
            Self::Exposed(change) => vec![exposed(change)],
            Self::Proposed(mapping) => of_mapping("exploratory_mapping.proposed", None, mapping),
            Self::Moved { before, after } => of_mapping(
                match after.status {
                    ExploratoryStatus::Pending => "exploratory_mapping.proposed",
                    ExploratoryStatus::Accepted | ExploratoryStatus::Declined | ExploratoryStatus::Canceled => {
                        "exploratory_mapping.answered"
                    }
                    ExploratoryStatus::Expired => "exploratory_mapping.expired",
                    ExploratoryStatus::Ended => "exploratory_mapping.ended",
                },
                Some(before),
                after,
            ),
        }
    }
}

fn of_rule(action: &'static str, rule: &SharingRule) -> Fact {
    Fact {
        action,
        organization: rule.organization_id,
        subject: subject(rule.id),
        before: None,
        after: None,
        stale: Vec::new(),
        alert: None,
        discretion: Discretion::PRIVATE,
    }
}

fn of_default(action: &'static str, default: &SharingDefault) -> Fact {
    Fact {
        action,
        organization: default.organization_id,
        subject: subject(default.id),
        before: None,
        after: None,
        stale: Vec::new(),
        alert: None,
        discretion: Discretion::PRIVATE,
    }
}

fn exposed(change: &ExposureChange) -> Fact {
    let happened = match (change.level_before, change.level_after) {
        (SharingLevel::Hidden, _) => AlertChange::Shared,
        (_, SharingLevel::Hidden) => AlertChange::Revoked,
        _ => AlertChange::Updated,
    };
    let side =
        |level: SharingLevel, fields: super::model::SharedFields| json!({"level": level, "fields": fields.list()});
    let told = json!({
        "organization": subject(change.owner),
        "accountList": subject(change.list),
        "listKind": change.kind,
        "levelBefore": change.level_before,
        "levelAfter": change.level_after,
        "fieldsBefore": change.fields_before.list(),
        "fieldsAfter": change.fields_after.list(),
    });
    Fact {
        action: "account_list.exposed",
        organization: change.viewer,
        subject: subject(change.list),
        before: Some(side(change.level_before, change.fields_before)),
        after: Some(side(change.level_after, change.fields_after)),
        stale: vec![DataScope::Sight(change.viewer)],
        alert: Some(AlertDraft {
            kind: AlertKind::SharingRule,
            change: happened,
            subject: change.list.0,
            opportunity: None,
            stage: None,
            restricted: false,
            details: told,
        }),
        discretion: Discretion::PRIVATE,
    }
}

fn of_mapping(action: &'static str, before: Option<&ExploratoryMapping>, mapping: &ExploratoryMapping) -> Vec<Fact> {
    let change = match mapping.status {
        ExploratoryStatus::Pending => AlertChange::Sent,
        ExploratoryStatus::Accepted => AlertChange::Accepted,
        ExploratoryStatus::Declined => AlertChange::Declined,
        ExploratoryStatus::Canceled => AlertChange::Canceled,
        ExploratoryStatus::Expired => AlertChange::Expired,
        ExploratoryStatus::Ended => AlertChange::Ended,
    };
    let told = json!({
        "inviter": subject(mapping.inviter_id),
        "invitee": subject(mapping.invitee_id),
        "status": mapping.status,
        "expiresAt": mapping.expires_at,
        "endsAt": mapping.ends_at,
        "endedBy": mapping.ended_by.map(subject),
    });
    let fact = |organization| Fact {
        action,
        organization,
        subject: subject(mapping.id),
        before: before.map(shown_mapping),
        after: Some(shown_mapping(mapping)),
        // While it is open or runs, the two see each other's pages.
        stale: vec![DataScope::Sight(organization)],
        alert: Some(AlertDraft {
            kind: AlertKind::ExploratoryMapping,
            change,
            subject: mapping.id.0,
            opportunity: None,
            stage: None,
            restricted: false,
            details: told.clone(),
        }),
        discretion: Discretion::PRIVATE,
    };
    vec![fact(mapping.inviter_id), fact(mapping.invitee_id)]
}

fn shown_rule(rule: &SharingRule) -> Value {
    json!({
        "accountList": subject(rule.list_id),
        "partner": subject(rule.partner_id),
        "level": rule.level,
        "fields": rule.fields.list(),
    })
}

fn shown_default(default: &SharingDefault) -> Value {
    json!({
        "accountList": default.list_id.map(subject),
        "tier": default.tier_id.map(subject),
        "partnerType": default.partner_type.and_then(|types| types.iter().next()),
        "level": default.level,
        "fields": default.fields.list(),
    })
}

fn shown_mapping(mapping: &ExploratoryMapping) -> Value {
    json!({
        "inviter": subject(mapping.inviter_id),
        "invitee": subject(mapping.invitee_id),
        "message": mapping.message,
        "status": mapping.status,
        "expiresAt": mapping.expires_at,
        "days": mapping.days,
        "endsAt": mapping.ends_at,
    })
}
