//! The facts that this room publishes: to its own organization alone. Ids and numbers only, so that an alert that is read
//! later shows what may be seen then.

use super::model::{Progress, QualifiedLead, QualifiedLeadStatus, Rule};
use crate::event::{AlertDraft, Discretion, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::{OrganizationId, QualificationRuleId, QualifiedLeadId},
};
use serde_json::{Value, json};

/// Something that happened to a rule.
pub enum RuleEvent<'a> {
    /// It is new.
    Created(&'a Rule),
    /// It says something else.
    Updated {
        /// As it was.
        before: &'a Rule,
        /// As it is.
        after: &'a Rule,
    },
    /// It is gone.
    Deleted(&'a Rule),
}

impl RuleEvent<'_> {
    /// The facts to record.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        let (action, rule, before, after) = match self {
            Self::Created(rule) => ("qualification_rule.created", *rule, None, Some(said(rule))),
            Self::Updated { before, after } => {
                ("qualification_rule.updated", *after, Some(said(before)), Some(said(after)))
            }
            Self::Deleted(rule) => ("qualification_rule.deleted", *rule, Some(said(rule)), None),
        };
        vec![Fact {
            action,
            organization: rule.organization_id,
            subject: subject(rule.id),
            before,
            after,
            stale: Vec::new(),
            alert: None,
            discretion: Discretion::PRIVATE,
        }]
    }
}

fn said(rule: &Rule) -> Value {
    json!({
        "name": rule.name,
        "ownKinds": rule.own_kinds.list(),
        "partnerKinds": rule.partner_kinds.list(),
        "partners": rule.partners.as_ref().map(|named| named.0.iter().copied().map(subject).collect::<Vec<_>>()),
        "minConfidence": rule.min_confidence,
        "countries": rule.countries,
        "enabled": rule.enabled,
    })
}

/// A rule was applied to what a partner shows, and found something: told once, however much it is.
pub struct Qualified {
    /// Whose rule it is.
    pub organization: OrganizationId,
    /// The rule.
    pub rule: QualificationRuleId,
    /// The partner.
    pub partner: OrganizationId,
    /// How many there are.
    pub count: i64,
    /// The only one, where it is one.
    pub only: Option<QualifiedLeadId>,
}

impl Qualified {
    /// What a rule of an organization found in a pair of lists and nobody was told of; none where there is nothing.
    #[must_use]
    pub fn of(organization: OrganizationId, progress: &Progress) -> Option<Self> {
        let Progress { rule_id: rule, partner_id: partner, created: count, first_lead_id: first, .. } = *progress;
        (count > 0).then(|| Self { organization, rule, partner, count, only: first.filter(|_| count == 1) })
    }

    /// The fact to record.
    #[must_use]
    pub fn fact(&self) -> Fact {
        let details = json!({
            "rule": subject(self.rule),
            "partner": subject(self.partner),
            "count": self.count,
            "qualifiedLead": self.only.map(subject),
        });
        let named = self.only.map_or(uuid::Uuid::from(self.rule), Into::into);
        Fact {
            action: "qualified_lead.found",
            organization: self.organization,
            subject: self.only.map_or_else(|| subject(self.rule), subject),
            before: None,
            after: Some(details.clone()),
            stale: Vec::new(),
            alert: Some(draft(AlertChange::Created, named, details)),
            discretion: Discretion::PRIVATE,
        }
    }
}

/// Somebody decided on a qualified lead.
pub struct Decided<'a> {
    /// As it was.
    pub before: &'a QualifiedLead,
    /// As it is.
    pub after: &'a QualifiedLead,
}

impl Decided<'_> {
    /// The fact to record. The match is exhaustive, so that a new state forces the question of what it is told as.
    #[must_use]
    pub fn fact(&self) -> Fact {
        let (action, change) = match self.after.status {
            QualifiedLeadStatus::New => ("qualified_lead.updated", AlertChange::Updated),
            QualifiedLeadStatus::Accepted => ("qualified_lead.accepted", AlertChange::Accepted),
            QualifiedLeadStatus::Dismissed => ("qualified_lead.dismissed", AlertChange::Declined),
            QualifiedLeadStatus::Converted => ("qualified_lead.converted", AlertChange::Converted),
        };
        let row = self.after;
        let details = json!({
            "rule": subject(row.rule_id),
            "partner": subject(row.partner_id),
            "qualifiedLead": subject(row.id),
        });
        let state = |row: &QualifiedLead| {
            json!({
                "status": row.status,
                "dismissReason": row.dismiss_reason,
                "lead": row.lead_id.map(subject),
                "opportunity": row.opportunity_id.map(subject),
            })
        };
        Fact {
            action,
            organization: row.organization_id,
            subject: subject(row.id),
            before: Some(state(self.before)),
            after: Some(state(row)),
            stale: Vec::new(),
            alert: Some(draft(change, row.id.into(), details)),
            discretion: Discretion::PRIVATE,
        }
    }
}

fn draft(change: AlertChange, id: uuid::Uuid, details: Value) -> AlertDraft {
    AlertDraft {
        kind: AlertKind::QualifiedLead,
        change,
        subject: id,
        opportunity: None,
        stage: None,
        restricted: false,
        details,
    }
}
