//! The facts that this room publishes. They name a contact by its id and hold nothing of the person.

use super::model::Contact;
use crate::event::{AlertDraft, DataScope, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::OrganizationId,
};
use serde_json::json;
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
}

impl ContactEvent<'_> {
    /// The facts to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Erased { contact, readers } => readers
                .iter()
                .map(|reader| Fact {
                    action: "contact.erased",
                    organization: reader.organization,
                    subject: subject(contact.id),
                    before: None,
                    after: Some(json!({
                        "lead": contact.lead_id.map(subject),
                        "opportunity": contact.opportunity_id.map(subject),
                    })),
                    stale: vec![DataScope::Organization(reader.organization)],
                    alert: Some(AlertDraft {
                        kind: reader.kind,
                        change: AlertChange::Erased,
                        subject: reader.subject,
                        opportunity: contact.opportunity_id.filter(|_| reader.kind == AlertKind::Opportunity),
                        stage: None,
                        restricted: reader.restricted,
                        details: json!({"contact": subject(contact.id)}),
                    }),
                })
                .collect(),
        }
    }
}
