//! The facts that this room publishes. Each side's trail and feed say what that side may know: the sender's everything, a
//! receiver's only its own part. Texts of interactions and people are in neither: they can be forgotten.

use super::model::{Lead, LeadStatus, Step};
use crate::event::{AlertDraft, Discretion, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::{ContactId, OpportunityId, OrganizationId},
};
use serde_json::{Value, json};

/// Something that happened to a lead.
pub enum LeadEvent<'a> {
    /// It was written down, and is with nobody yet.
    Created(&'a Lead),
    /// What it says changed.
    Updated {
        /// As it was.
        before: &'a Lead,
        /// As it is.
        after: &'a Lead,
        /// The contact that was entered, changed or removed.
        contact: Option<ContactId>,
        /// A receiver that was asked or works on it, if any.
        reader: Option<OrganizationId>,
    },
    /// It went to its first receiver.
    Sent {
        /// As it is.
        after: &'a Lead,
        /// The receiver's place.
        step: &'a Step,
    },
    /// The receiver works on it.
    Accepted {
        /// As it is.
        after: &'a Lead,
        /// The receiver's place.
        step: &'a Step,
    },
    /// A receiver declined or was too late. It went on to the next, or has come to its end.
    Passed {
        /// As it is.
        after: &'a Lead,
        /// The place of the one that declined or was too late.
        step: &'a Step,
        /// The place of the one that is asked now.
        next: Option<&'a Step>,
    },
    /// The sender took it back.
    Canceled {
        /// As it is.
        after: &'a Lead,
        /// The place of the one that was asked.
        step: Option<&'a Step>,
    },
    /// The receiver made it an opportunity.
    Converted {
        /// As it is.
        after: &'a Lead,
        /// The receiver's place.
        step: &'a Step,
        /// The opportunity.
        opportunity: OpportunityId,
    },
}

impl LeadEvent<'_> {
    /// The facts to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Created(after) => {
                vec![Fact { alert: None, ..to_sender("lead.created", after, AlertChange::Created) }]
            }
            Self::Updated { before, after, contact, reader } => {
                let touched = contact.map(subject);
                let mut of_sender = to_sender("lead.updated", after, AlertChange::Updated);
                of_sender.before = Some(shown(before));
                if let Some(after) = &mut of_sender.after {
                    after["contact"] = json!(touched);
                }
                let of_reader = reader.map(|organization| Fact {
                    before: Some(judged(before)),
                    ..to_receiver("lead.updated", after, organization, judged(after), AlertChange::Updated)
                });
                std::iter::once(of_sender).chain(of_reader).collect()
            }
            Self::Sent { after, step } => {
                vec![to_sender("lead.sent", after, AlertChange::Sent), asked(after, step)]
            }
            Self::Accepted { after, step } => vec![
                to_sender("lead.accepted", after, AlertChange::Accepted),
                of_step("lead.accepted", after, step, AlertChange::Accepted),
            ],
            Self::Passed { after, step, next } => passed(after, step, *next),
            Self::Canceled { after, step } => {
                let of_sender = to_sender("lead.canceled", after, AlertChange::Canceled);
                let of_receiver = step.map(|step| of_step("lead.canceled", after, step, AlertChange::Canceled));
                std::iter::once(of_sender).chain(of_receiver).collect()
            }
            Self::Converted { after, step, opportunity } => {
                let mut of_receiver = of_step("lead.converted", after, step, AlertChange::Converted);
                // The sender is not told the id: the opportunity is the receiver's to share.
                if let Some(after) = &mut of_receiver.after {
                    after["opportunity"] = json!(subject(*opportunity));
                }
                if let Some(alert) = &mut of_receiver.alert {
                    alert.opportunity = Some(*opportunity);
                }
                vec![to_sender("lead.converted", after, AlertChange::Converted), of_receiver]
            }
        }
    }
}

fn passed(after: &Lead, step: &Step, next: Option<&Step>) -> Vec<Fact> {
    let declined = step.decline_reason.is_some();
    let (action, change) = match declined {
        true => ("lead.declined", AlertChange::Declined),
        false => ("lead.expired", AlertChange::Expired),
    };
    let why = json!({
        "from": subject(step.organization_id),
        "declineReason": step.decline_reason,
        "to": next.map(|next| subject(next.organization_id)),
    });
    let mut of_sender = match next {
        Some(_) => to_sender("lead.rerouted", after, AlertChange::Rerouted),
        None => to_sender(action, after, change),
    };
    if let Some(after) = &mut of_sender.after {
        after["route"] = why.clone();
    }
    if let Some(alert) = &mut of_sender.alert {
        alert.details["route"] = why;
    }
    let of_receiver = of_step(action, after, step, change);
    [of_sender, of_receiver].into_iter().chain(next.map(|next| asked(after, next))).collect()
}

fn asked(after: &Lead, step: &Step) -> Fact {
    of_step("lead.received", after, step, AlertChange::Sent)
}

fn of_step(action: &'static str, lead: &Lead, step: &Step, change: AlertChange) -> Fact {
    let told = json!({
        "status": step.state,
        "expiresAt": step.expires_at,
        "declineReason": step.decline_reason,
    });
    to_receiver(action, lead, step.organization_id, told, change)
}

fn to_sender(action: &'static str, lead: &Lead, change: AlertChange) -> Fact {
    fact(action, lead, lead.organization_id, shown(lead), change, lead.status)
}

fn to_receiver(
    action: &'static str,
    lead: &Lead,
    organization: OrganizationId,
    told: Value,
    change: AlertChange,
) -> Fact {
    let status = match change {
        // What became of it after is no business of one that it went past.
        AlertChange::Declined => LeadStatus::Declined,
        AlertChange::Expired => LeadStatus::Expired,
        _ => lead.status,
    };
    fact(action, lead, organization, told, change, status)
}

fn fact(
    action: &'static str,
    lead: &Lead,
    organization: OrganizationId,
    after: Value,
    change: AlertChange,
    status: LeadStatus,
) -> Fact {
    Fact {
        action,
        organization,
        subject: subject(lead.id),
        before: None,
        after: Some(after),
        stale: Vec::new(),
        alert: Some(AlertDraft {
            kind: AlertKind::Lead,
            change,
            subject: lead.id.into(),
            opportunity: None,
            stage: None,
            restricted: false,
            details: json!({"status": status}),
        }),
        // The sender knows every receiver; a receiver knows the sender and itself, and not who was asked before.
        discretion: match organization == lead.organization_id {
            true => Discretion::PRIVATE,
            false => Discretion::PRIVATE.among([lead.organization_id, organization]),
        },
    }
}

/// How the company is judged: what a receiver is told of a change.
fn judged(lead: &Lead) -> Value {
    json!({"readiness": lead.readiness, "qualification": lead.qualification})
}

fn shown(lead: &Lead) -> Value {
    json!({
        "status": lead.status,
        "receiver": lead.receiver_id.map(subject),
        "company": lead.company_name,
        "website": lead.website,
        "countryCode": lead.country_code,
        "industry": lead.industry,
        "readiness": lead.readiness,
        "qualification": lead.qualification,
        "answerDays": lead.answer_days,
        "expiresAt": lead.expires_at,
    })
}
