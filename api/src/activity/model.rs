//! The values and rules of activities. Pure.

pub use entity::activity::ActivityKind;

use crate::op::{ErrorCode, Refusal, check};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::{
    id::{ContactId, MemberId, OpportunityId, OrganizationId, PartnershipId, PersonId},
    value::OpportunityStage,
};
use serde::Serialize;

/// Something that was done.
pub type Activity = entity::activity::Model;

/// Who took part in it.
pub type Participant = entity::activity_participant::Model;

/// Characters of the text at most.
pub const TEXT_MAX: usize = 2_000;
/// Participants at most.
pub const PARTICIPANTS_MAX: usize = 20;
/// How far ahead of now something may have been done: clocks and time zones differ, the future does not count.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// What something was done about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Subject {
    /// An opportunity.
    Opportunity(OpportunityId),
    /// A partnership.
    Partnership(PartnershipId),
}

/// What an entry is about.
#[must_use]
pub fn subject_of(activity: &Activity) -> Option<Subject> {
    match (activity.opportunity_id, activity.partnership_id) {
        (Some(id), _) => Some(Subject::Opportunity(id)),
        (None, Some(id)) => Some(Subject::Partnership(id)),
        (None, None) => None,
    }
}

/// Who takes part in what an entry is about, as its policy and its events look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// What it is about.
    pub subject: Subject,
    /// The organizations that take part.
    pub sides: Vec<OrganizationId>,
    /// The owner, where the others do not know each other.
    pub known_by_all: Option<OrganizationId>,
    /// Whether not everybody in the organizations may see it.
    pub restricted: bool,
    /// The owner's stage, of an opportunity.
    pub stage: Option<OpportunityStage>,
}

impl Audience {
    /// Whether `viewer` may know what `author` did.
    #[must_use]
    pub fn knows(&self, viewer: OrganizationId, author: OrganizationId) -> bool {
        let apart = self.known_by_all.is_some_and(|owner| viewer != owner && author != owner);
        self.sides.contains(&viewer) && (viewer == author || !apart)
    }

    /// The organizations that may know of an entry of `author`.
    pub fn readers(&self, author: OrganizationId, internal: bool) -> impl Iterator<Item = OrganizationId> {
        let known = move |side: &OrganizationId| *side == author || !internal && self.knows(*side, author);
        self.sides.iter().copied().filter(known)
    }
}

/// An entry as its policy looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The entry.
    pub activity: Activity,
    /// Who takes part in what it is about.
    pub audience: Audience,
}

/// Who took part, as a client says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ParticipantDraft {
    /// A side, by its slug.
    Organization(String),
    /// A member of one's own organization.
    Member(MemberId),
    /// A contact at the customer.
    Contact(ContactId),
}

/// Who took part, found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attendance {
    /// A side.
    Organization(OrganizationId),
    /// A person of a side.
    Person(OrganizationId, PersonId),
    /// A contact at the customer.
    Contact(ContactId),
}

/// Something that was done, to be written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewActivity {
    /// What was done.
    pub kind: ActivityKind,
    /// When; now where it is not said.
    pub occurred_at: Option<DateTime<Utc>>,
    /// In words.
    pub text: String,
    /// Who took part.
    pub participants: Vec<ParticipantDraft>,
    /// Whether only one's own side reads it.
    pub internal: bool,
}

/// A change of an entry. `None` leaves the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityPatch {
    /// When.
    pub occurred_at: Option<DateTime<Utc>>,
    /// In words.
    pub text: Option<String>,
    /// All who took part.
    pub participants: Option<Vec<ParticipantDraft>>,
}

/// The text of an entry, tidied.
///
/// # Errors
/// [`ErrorCode::Required`] and [`ErrorCode::TooLong`].
pub fn checked_text(text: &str) -> Result<String, Refusal> {
    check::paragraph("input.text", text, TEXT_MAX)
}

/// When something was done that is written down at `now`.
///
/// # Errors
/// [`ErrorCode::OutOfRange`] for more than a day ahead.
pub fn checked_time(occurred_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    if occurred_at > now + AHEAD {
        let message = "An activity lies in the past, or at most a day ahead.";
        return Err(Refusal::of("input.occurredAt", ErrorCode::OutOfRange, message));
    }
    // As exact as both databases keep it.
    Ok(occurred_at.trunc_subsecs(6))
}

/// Refuses what is for one's own side only and is no note: what sides did together, they both know.
///
/// # Errors
/// [`ErrorCode::InvalidValue`].
pub fn check_internal(kind: ActivityKind, internal: bool) -> Result<(), Refusal> {
    if internal && kind != ActivityKind::Note {
        let message = "Only a note is for one's own side alone.";
        return Err(Refusal::of("input.internal", ErrorCode::InvalidValue, message));
    }
    Ok(())
}

#[cfg(test)]
pub(in crate::activity) mod tests {
    use super::*;
    use entity::id::ActivityId;
    use uuid::Uuid;

    pub(in crate::activity) fn organization(number: u128) -> OrganizationId {
        OrganizationId(Uuid::from_u128(number))
    }

    /// A note of organization 1 to 1, 2 and 3.
    pub(in crate::activity) fn entry(known_by_all: Option<u128>) -> Entry {
        Entry {
            activity: Activity {
                id: ActivityId(Uuid::nil()),
                opportunity_id: Some(OpportunityId(Uuid::nil())),
                partnership_id: None,
                organization_id: organization(1),
                actor_kind: "person".to_owned(),
                actor_id: Some(Uuid::from_u128(7)),
                kind: ActivityKind::Note,
                occurred_at: DateTime::UNIX_EPOCH,
                text: "Spoke".to_owned(),
                internal: false,
                created_at: DateTime::UNIX_EPOCH,
                updated_at: DateTime::UNIX_EPOCH,
                revision: 1,
            },
            audience: Audience {
                subject: Subject::Opportunity(OpportunityId(Uuid::nil())),
                sides: [1, 2, 3].map(organization).into(),
                known_by_all: known_by_all.map(organization),
                restricted: false,
                stage: None,
            },
        }
    }

    #[test]
    fn everybody_reads_what_is_not_internal_unless_sides_are_hidden() {
        let readers = |known_by_all, author, internal| {
            let entry = entry(known_by_all);
            entry.audience.readers(organization(author), internal).collect::<Vec<_>>()
        };
        assert_eq!(readers(None, 2, false), [1, 2, 3].map(organization));
        assert_eq!(readers(None, 2, true), [organization(2)]);
        assert_eq!(readers(Some(1), 2, false), [1, 2].map(organization));
        assert_eq!(readers(Some(1), 1, false), [1, 2, 3].map(organization));
        assert_eq!(readers(None, 9, true), []);
    }

    #[test]
    fn only_notes_are_internal_and_nothing_lies_ahead() {
        assert!(check_internal(ActivityKind::Note, true).is_ok());
        assert!(check_internal(ActivityKind::Call, false).is_ok());
        assert_eq!(check_internal(ActivityKind::Call, true).unwrap_err().code, ErrorCode::InvalidValue);
        let now = DateTime::UNIX_EPOCH;
        assert!(checked_time(now + AHEAD, now).is_ok());
        let exact = now + TimeDelta::nanoseconds(1_999);
        assert_eq!(checked_time(exact, now).unwrap(), now + TimeDelta::microseconds(1));
        let late = checked_time(now + AHEAD + TimeDelta::microseconds(1), now);
        assert_eq!(late.unwrap_err().code, ErrorCode::OutOfRange);
    }
}
