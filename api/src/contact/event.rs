//! The facts that this room publishes. They name a contact by its id and hold nothing of the person.

use super::model::Contact;
use crate::event::{AlertDraft, DataScope, Discretion, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::{LeadId, OrganizationId},
    opportunity,
    opportunity_participant::{self as side, ParticipantStatus},
    value::OpportunityStage,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Something that happened to a contact.
pub enum ContactEvent<'a> {
    /// The person's data were erased, everywhere.
    Erased {
        /// The tombstone.
        contact: &'a Contact,
        /// Who had the contact before them, its own organization included, each with what it was part of there.
        readers: &'a [Reader],
    },
    /// A side of an opportunity entered, changed or removed it.
    Kept {
        /// The contact, as it is or was.
        contact: &'a Contact,
        /// Who has it before them.
        readers: &'a [Reader],
        /// Which of the three.
        kept: Kept,
    },
}

/// What a side did with a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is new.
    Entered,
    /// It says something else.
    Changed,
    /// It is gone.
    Removed,
}

/// Who had a contact before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reader {
    /// The organization.
    pub organization: OrganizationId,
    /// The kind of what the contact is part of.
    pub kind: AlertKind,
    /// Its id.
    pub subject: Uuid,
    /// Whether not everybody in the organization may see it.
    pub restricted: bool,
    /// The owner's stage, of an opportunity.
    pub stage: Option<OpportunityStage>,
    /// Of whom it may know that it had to do with the contact: who entered it, or the opportunity's owner, who stands
    /// between the sender of the lead that brought the contact and everybody else.
    pub knows: OrganizationId,
}

impl Reader {
    /// One that has it with its lead.
    #[must_use]
    pub fn of_lead(contact: &Contact, lead: LeadId, organization: OrganizationId) -> Self {
        Self {
            organization,
            kind: AlertKind::Lead,
            subject: lead.into(),
            restricted: false,
            stage: None,
            knows: contact.organization_id,
        }
    }

    /// A side that has it, or had it when it still took part, as one of the opportunity.
    #[must_use]
    pub fn of_side(contact: &Contact, deal: &opportunity::Model, side: &side::Model) -> Self {
        let (organization, owner) = (side.organization_id, deal.owner_organization_id);
        let apart = contact.lead_id.is_some() && ![contact.organization_id, owner].contains(&organization);
        Self {
            organization,
            kind: AlertKind::Opportunity,
            subject: deal.id.into(),
            restricted: deal.confidential,
            stage: (side.status == ParticipantStatus::Active).then_some(deal.stage),
            knows: if apart { owner } else { contact.organization_id },
        }
    }
}

impl ContactEvent<'_> {
    /// The facts to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Erased { contact, readers } => {
                let told = json!({"contact": subject(contact.id)});
                facts("contact.erased", contact, readers, AlertChange::Erased, &told)
            }
            Self::Kept { contact, readers, kept } => {
                let action = match kept {
                    Kept::Entered => "contact.entered",
                    Kept::Changed => "contact.changed",
                    Kept::Removed => "contact.removed",
                };
                let told = json!({"contact": subject(contact.id), "fields": ["CONTACTS"]});
                facts(action, contact, readers, AlertChange::Updated, &told)
            }
        }
    }
}

fn facts(action: &'static str, contact: &Contact, readers: &[Reader], change: AlertChange, told: &Value) -> Vec<Fact> {
    let fact = |reader: &Reader| {
        // Each learns of what it has the contact with, and of nothing else that the contact belongs to.
        let with_lead = reader.kind == AlertKind::Lead;
        let opportunity = contact.opportunity_id.filter(|_| !with_lead);
        Fact {
            action,
            organization: reader.organization,
            subject: subject(contact.id),
            before: None,
            after: Some(json!({
                "lead": contact.lead_id.filter(|_| with_lead).map(subject),
                "opportunity": opportunity.map(subject),
                "organization": (reader.knows == contact.organization_id).then(|| subject(reader.knows)),
            })),
            stale: (change == AlertChange::Erased)
                .then_some(DataScope::Sight(reader.organization))
                .into_iter()
                .collect(),
            alert: Some(AlertDraft {
                kind: reader.kind,
                change,
                subject: reader.subject,
                opportunity,
                stage: reader.stage,
                restricted: reader.restricted,
                details: told.clone(),
            }),
            // It may know of the one that it knows, and of no other: not of whoever runs the installation and forgets
            // somebody everywhere.
            discretion: match reader.organization == contact.organization_id {
                true => Discretion::of(opportunity),
                false => Discretion::of(opportunity).among([reader.knows, reader.organization]),
            },
        }
    };
    readers.iter().map(fact).collect()
}
