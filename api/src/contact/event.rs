//! The facts that this room publishes. They name a contact by its id and hold nothing of the person.

use super::model::Contact;
use crate::event::{AlertDraft, DataScope, Discretion, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::OrganizationId,
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
    let fact = |reader: &Reader| Fact {
        action,
        organization: reader.organization,
        subject: subject(contact.id),
        before: None,
        after: Some(json!({
            "lead": contact.lead_id.map(subject),
            "opportunity": contact.opportunity_id.map(subject),
            "organization": subject(contact.organization_id),
        })),
        stale: (change == AlertChange::Erased).then_some(DataScope::Sight(reader.organization)).into_iter().collect(),
        alert: Some(AlertDraft {
            kind: reader.kind,
            change,
            subject: reader.subject,
            opportunity: contact.opportunity_id.filter(|_| reader.kind == AlertKind::Opportunity),
            stage: reader.stage,
            restricted: reader.restricted,
            details: told.clone(),
        }),
        discretion: discretion(contact, reader.organization),
    };
    readers.iter().map(fact).collect()
}

/// Who has the contact before them may know of the organization that entered it, and of no other: not of whoever runs the
/// installation and forgets somebody everywhere.
fn discretion(contact: &Contact, reader: OrganizationId) -> Discretion {
    let discretion = Discretion::of(contact.opportunity_id);
    match reader == contact.organization_id {
        true => discretion,
        false => discretion.among([contact.organization_id, reader]),
    }
}
