//! The facts that this room publishes, and what each makes stale. Each organization concerned has the fact in its trail.

use super::model::{Facts, Invitation, Party, Sides};
use crate::event::{DataScope, Fact, subject};
use entity::id::OrganizationId;
use serde_json::{Value, json};

/// Something that happened to a partnership or an invitation.
pub enum PartnershipEvent<'a> {
    /// An organization invited another.
    Invited(&'a Invitation),
    /// An invitation was accepted, declined or taken back.
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
    /// It was ended, or its end was announced.
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
            Self::Invited(invitation) => of_invitation(invitation, "partnership_invitation.sent", None),
            Self::Answered { before, after } => {
                of_invitation(after, "partnership_invitation.answered", Some(shown_invitation(before)))
            }
            Self::Began(sides, facts) => of_sides(sides, "partnership.began", None, Some(json!(facts)), sides.listed()),
            Self::Recorded(sides, facts) => {
                let mut after = json!(facts);
                after["source"] = json!(sides.partnership.source);
                after["state"] = json!(sides.partnership.state);
                of_sides(sides, "partnership.recorded", None, Some(after), sides.listed())
            }
            // One that was public is no longer until the new party agrees to that too.
            Self::Joined(sides, organization) => {
                of_sides(sides, "partnership.joined", None, Some(json!({"organization": subject(*organization)})), true)
            }
            Self::Updated { sides, before, after } => {
                of_sides(sides, "partnership.updated", Some(json!(before)), Some(json!(after)), sides.listed())
            }
            Self::SideChanged { before, after, organization } => {
                let shown = |sides: &Sides| sides.side(*organization).map(shown_side);
                let public = before.listed() || after.listed();
                of_sides(after, "partnership.side_changed", shown(before), shown(after), public)
            }
            // Without the one that left, it may be public.
            Self::Left(before, organization) => {
                of_sides(before, "partnership.left", Some(json!({"organization": subject(*organization)})), None, true)
            }
            Self::Ended { before, after } => {
                of_sides(after, "partnership.ended", Some(shown_end(before)), Some(shown_end(after)), after.listed())
            }
        }
    }
}

fn of_invitation(invitation: &Invitation, action: &'static str, before: Option<Value>) -> Vec<Fact> {
    [invitation.from_organization_id, invitation.to_organization_id]
        .map(|organization| Fact {
            action,
            organization,
            subject: subject(invitation.id),
            before: before.clone(),
            after: Some(shown_invitation(invitation)),
            // Whom an organization invites, it lets see itself.
            stale: vec![DataScope::Organization(organization)],
            alert: None,
        })
        .into()
}

fn of_sides(
    sides: &Sides,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
    public: bool,
) -> Vec<Fact> {
    let fact = |party: &Party| Fact {
        action,
        organization: party.organization_id,
        subject: subject(sides.partnership.id),
        before: before.clone(),
        after: after.clone(),
        stale: std::iter::once(DataScope::Organization(party.organization_id))
            .chain(public.then_some(DataScope::Catalog))
            .collect(),
        alert: None,
    };
    sides.parties.iter().map(fact).collect()
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
