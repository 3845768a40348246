//! The facts that this room publishes, and what each makes stale. Each organization concerned has the fact in its trail
//! and in its feed; alerts leave out what people wrote, since they are kept as they are.

use super::model::{Facts, Invitation, InvitationStatus, Party, Sides};
use crate::event::{AlertDraft, DataScope, Discretion, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::OrganizationId,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Something that happened to a partnership or an invitation.
pub enum PartnershipEvent<'a> {
    /// An organization invited another.
    Invited(&'a Invitation),
    /// An invitation was accepted, declined or taken back, or it expired.
    Answered {
        /// As it was.
        before: &'a Invitation,
        /// As it is.
        after: &'a Invitation,
    },
    /// Two organizations became partners.
    Began(&'a Sides, &'a Facts),
    /// The operator recorded a partnership from a public source.
    Recorded(&'a Sides, &'a Facts),
    /// A further organization joined.
    Joined(&'a Sides, OrganizationId),
    /// The facts changed.
    Updated {
        /// The partnership as it is.
        sides: &'a Sides,
        /// The facts as they were.
        before: &'a Facts,
        /// The facts as they are.
        after: &'a Facts,
    },
    /// A side named its people, or went public or private.
    SideChanged {
        /// The partnership as it was.
        before: &'a Sides,
        /// The partnership as it is.
        after: &'a Sides,
        /// The side.
        organization: OrganizationId,
    },
    /// A party left and the others go on.
    Left(&'a Sides, OrganizationId),
    /// It was ended, its end was announced, or the day of an announced end has come.
    Ended {
        /// As it was.
        before: &'a Sides,
        /// As it is.
        after: &'a Sides,
    },
}

impl PartnershipEvent<'_> {
    /// The facts to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Invited(invitation) => {
                of_invitation(invitation, "partnership_invitation.sent", None, AlertChange::Sent)
            }
            Self::Answered { before, after } => {
                let change = match after.status {
                    InvitationStatus::Pending => AlertChange::Updated,
                    InvitationStatus::Accepted => AlertChange::Accepted,
                    InvitationStatus::Declined => AlertChange::Declined,
                    InvitationStatus::Canceled => AlertChange::Canceled,
                    InvitationStatus::Expired => AlertChange::Expired,
                };
                let action = match after.status {
                    InvitationStatus::Expired => "partnership_invitation.expired",
                    _ => "partnership_invitation.answered",
                };
                of_invitation(after, action, Some(shown_invitation(before)), change)
            }
            Self::Began(sides, facts) => {
                let change = Change::new("partnership.began", AlertChange::Created).after(json!(facts));
                change.of(sides, sides.listed())
            }
            Self::Recorded(sides, facts) => {
                let mut after = json!(facts);
                after["source"] = json!(sides.partnership.source);
                after["state"] = json!(sides.partnership.state);
                Change::new("partnership.recorded", AlertChange::Created).after(after).of(sides, sides.listed())
            }
            // One that was public is no longer until the new party agrees to that too.
            Self::Joined(sides, organization) => {
                let joined = json!({"organization": subject(*organization)});
                Change::new("partnership.joined", AlertChange::Shared)
                    .told(joined.clone())
                    .after(joined)
                    .of(sides, true)
            }
            Self::Updated { sides, before, after } => {
                let change = Change::new("partnership.updated", AlertChange::Updated);
                change.before(json!(before)).after(json!(after)).of(sides, sides.listed())
            }
            Self::SideChanged { before, after, organization } => {
                let shown = |sides: &Sides| sides.side(*organization).map(shown_side);
                let change = Change {
                    before: shown(before),
                    after: shown(after),
                    ..Change::new("partnership.side_changed", AlertChange::Updated)
                };
                change
                    .told(json!({"organization": subject(*organization)}))
                    .of(after, before.listed() || after.listed())
            }
            // Without the one that left, it may be public.
            Self::Left(before, organization) => {
                let left = json!({"organization": subject(*organization)});
                Change::new("partnership.left", AlertChange::Revoked).told(left.clone()).before(left).of(before, true)
            }
            Self::Ended { before, after } => {
                let ended = &after.partnership;
                let told = json!({
                    "endsOn": ended.ends_on,
                    "reason": ended.end_reason,
                    "organization": ended.ended_by.map(subject),
                });
                let (action, change) = match ended.concluded_at {
                    Some(_) => ("partnership.ended", AlertChange::Ended),
                    None => ("partnership.end_announced", AlertChange::Updated),
                };
                let change = Change::new(action, change).told(told);
                change.before(shown_end(before)).after(shown_end(after)).of(after, after.listed())
            }
        }
    }
}

fn of_invitation(
    invitation: &Invitation,
    action: &'static str,
    before: Option<Value>,
    change: AlertChange,
) -> Vec<Fact> {
    let told = json!({
        "from": subject(invitation.from_organization_id),
        "to": subject(invitation.to_organization_id),
        "partnership": invitation.partnership_id.map(subject),
        "status": invitation.status,
        "expiresAt": invitation.expires_at,
        "declineReason": invitation.decline_reason,
    });
    [invitation.from_organization_id, invitation.to_organization_id]
        .map(|organization| Fact {
            action,
            organization,
            subject: subject(invitation.id),
            before: before.clone(),
            after: Some(shown_invitation(invitation)),
            // Whom an organization invites, it lets see itself, until the invitation is closed.
            stale: (change != AlertChange::Sent).then_some(DataScope::Sight(organization)).into_iter().collect(),
            alert: Some(alert("partnership_invitation", invitation.id.0, change, told.clone())),
            discretion: Discretion::NONE,
        })
        .into()
}

/// A change of a partnership, of which each of its parties has the fact.
struct Change {
    action: &'static str,
    change: AlertChange,
    before: Option<Value>,
    after: Option<Value>,
    told: Value,
}

impl Change {
    fn new(action: &'static str, change: AlertChange) -> Self {
        Self { action, change, before: None, after: None, told: json!({}) }
    }

    fn before(self, before: Value) -> Self {
        Self { before: Some(before), ..self }
    }

    fn after(self, after: Value) -> Self {
        Self { after: Some(after), ..self }
    }

    /// What the alert says: ids and plain values only.
    fn told(self, told: Value) -> Self {
        Self { told, ..self }
    }

    fn of(self, sides: &Sides, public: bool) -> Vec<Fact> {
        let id = sides.partnership.id;
        let fact = |party: &Party| Fact {
            action: self.action,
            organization: party.organization_id,
            subject: subject(id),
            before: self.before.clone(),
            after: self.after.clone(),
            stale: std::iter::once(DataScope::Sight(party.organization_id))
                .chain(public.then_some(DataScope::Catalog))
                .collect(),
            alert: Some(alert("partnership", id.0, self.change, self.told.clone())),
            discretion: Discretion::NONE,
        };
        sides.parties.iter().map(fact).collect()
    }
}

/// `what` says which of the two the id names.
fn alert(what: &'static str, id: Uuid, change: AlertChange, mut details: Value) -> AlertDraft {
    details["subject"] = json!(what);
    AlertDraft {
        kind: AlertKind::Partnership,
        change,
        subject: id,
        opportunity: None,
        stage: None,
        restricted: false,
        details,
    }
}

fn shown_invitation(invitation: &Invitation) -> Value {
    json!({
        "from": subject(invitation.from_organization_id),
        "to": subject(invitation.to_organization_id),
        "partnership": invitation.partnership_id.map(subject),
        "status": invitation.status,
        "message": invitation.message,
        "facts": invitation.facts,
        "expiresAt": invitation.expires_at,
        "declineReason": invitation.decline_reason,
        "comment": invitation.comment,
    })
}

fn shown_side(party: &Party) -> Value {
    json!({
        "organization": subject(party.organization_id),
        "manager": party.manager_person_id.map(subject),
        "sponsor": party.sponsor_person_id.map(subject),
        "listed": party.listed,
    })
}

fn shown_end(sides: &Sides) -> Value {
    let partnership = &sides.partnership;
    json!({
        "endsOn": partnership.ends_on,
        "reason": partnership.end_reason,
        "comment": partnership.end_comment,
        "endedBy": partnership.ended_by.map(subject),
        "acquiredBy": partnership.acquired_by.map(subject),
    })
}
