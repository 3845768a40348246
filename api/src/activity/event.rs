//! The facts that this room publishes: one for each organization that may read the entry. Neither trail nor feed holds its
//! text, which may tell of people.

use super::model::{Activity, Audience, Entry};
use crate::event::{AlertDraft, Discretion, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::{OrganizationId, PersonId},
};
use serde_json::{Value, json};

/// Somebody who answers for a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addressee {
    /// The side.
    pub organization: OrganizationId,
    /// The person.
    pub person: PersonId,
}

/// Something that happened to an entry of the log.
pub enum ActivityEvent<'a> {
    /// It was written down.
    Logged {
        /// The entry.
        entry: &'a Entry,
        /// Whom it is addressed to.
        addressees: &'a [Addressee],
    },
    /// It says something else.
    Updated {
        /// As it was.
        before: &'a Activity,
        /// As it is.
        after: &'a Entry,
        /// Whether its text changed, which is not told itself.
        text: bool,
        /// Whom it is addressed to.
        addressees: &'a [Addressee],
    },
    /// It was taken out.
    Removed(&'a Entry),
}

impl ActivityEvent<'_> {
    /// The facts to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Logged { entry, addressees } => {
                let after = Some(shown(&entry.activity));
                facts("activity.logged", entry, AlertChange::Created, None, after, addressees)
            }
            Self::Updated { before, after, text, addressees } => {
                let mut now = shown(&after.activity);
                now["textChanged"] = json!(text);
                let before = Some(shown(before));
                facts("activity.updated", after, AlertChange::Updated, before, Some(now), addressees)
            }
            Self::Removed(entry) => {
                let before = Some(shown(&entry.activity));
                facts("activity.removed", entry, AlertChange::Canceled, before, None, &[])
            }
        }
    }
}

fn facts(
    action: &'static str,
    entry: &Entry,
    change: AlertChange,
    before: Option<Value>,
    after: Option<Value>,
    addressees: &[Addressee],
) -> Vec<Fact> {
    let Entry { activity, audience } = entry;
    let fact = |organization| Fact {
        action,
        organization,
        subject: subject(activity.id),
        before: before.clone(),
        after: after.clone(),
        stale: Vec::new(),
        alert: Some(alert(activity, audience, change, organization, addressees)),
        // Who reads it may know of the side that wrote it, and nobody else changes it.
        discretion: Discretion::of(activity.opportunity_id),
    };
    audience.readers(activity.organization_id, activity.internal).map(fact).collect()
}

fn alert(
    activity: &Activity,
    audience: &Audience,
    change: AlertChange,
    reader: OrganizationId,
    addressees: &[Addressee],
) -> AlertDraft {
    // A side is told which of its own people it is for.
    let own = addressees.iter().filter(|addressee| addressee.organization == reader);
    AlertDraft {
        kind: AlertKind::Activity,
        change,
        subject: activity.id.into(),
        opportunity: activity.opportunity_id,
        stage: audience.stage,
        restricted: audience.restricted,
        details: json!({
            "kind": activity.kind,
            "occurredAt": activity.occurred_at,
            "organization": subject(activity.organization_id),
            "partnership": activity.partnership_id.map(subject),
            "addressees": own.map(|addressee| subject(addressee.person)).collect::<Vec<_>>(),
        }),
    }
}

fn shown(activity: &Activity) -> Value {
    json!({
        "opportunity": activity.opportunity_id.map(subject),
        "partnership": activity.partnership_id.map(subject),
        "organization": subject(activity.organization_id),
        "kind": activity.kind,
        "occurredAt": activity.occurred_at,
        "internal": activity.internal,
    })
}
