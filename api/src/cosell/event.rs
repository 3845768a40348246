//! The facts that this room publishes, the alerts of each, and what each makes stale.
//!
//! Each organization that may know of a fact has one of its own, which says no more than its share does. Trails and alerts
//! hold no content of a deal but stages and the names of what changed: they outlive a share.

use super::model::{
    Invitation, OpportunityField, OpportunityStage, Part, Participant, ParticipantRole, ReviewStatus, Sides, Snapshot,
    StageMove, has,
};
use crate::event::{AlertDraft, DataScope, Discretion, Fact, subject};
use entity::{
    alert::{AlertChange, AlertKind},
    id::OrganizationId,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Something that happened to an opportunity or an invitation.
pub enum OpportunityEvent<'a> {
    /// It was entered.
    Created(&'a Sides),
    /// The owner changed its content.
    Updated {
        /// As it is.
        after: &'a Sides,
        /// What changed.
        parts: &'a [Part],
    },
    /// The owner edited it while a review runs; nobody else knows.
    EditKept(&'a Sides, &'a [Part]),
    /// Of the edits that waited for the review these could not be applied, or were not since it was rejected.
    EditGivenUp(&'a Sides, &'a [Part]),
    /// A side moved.
    Moved(&'a Sides, &'a StageMove),
    /// A side wrote its day, next steps or people.
    SideChanged {
        /// As it is.
        after: &'a Sides,
        /// The side.
        organization: OrganizationId,
        /// What it wrote: its day, its next steps or its people.
        written: &'a [OpportunityField],
    },
    /// The review went on.
    Reviewed {
        /// As it is.
        after: &'a Sides,
        /// The state before.
        from: ReviewStatus,
    },
    /// The owner changed what a participant sees or may do.
    ShareChanged(&'a Sides, OrganizationId),
    /// It was put away, or taken back.
    Archived(&'a Sides),
    /// An organization was taken out, or went by itself.
    Gone {
        /// As it was, with the one that is gone.
        before: &'a Sides,
        /// The one that is gone.
        organization: OrganizationId,
        /// Whether it went by itself.
        left: bool,
    },
    /// An organization was invited.
    Invited(&'a Sides, &'a Invitation),
    /// An invitation was declined, taken back, or ran out.
    Closed {
        /// The opportunity.
        sides: &'a Sides,
        /// The invitation as it is.
        invitation: &'a Invitation,
        /// What became of it.
        change: AlertChange,
    },
    /// An invitation was accepted.
    Joined {
        /// As it is, with the one that joined.
        after: &'a Sides,
        /// The invitation as it is.
        invitation: &'a Invitation,
    },
    /// What was shared was put on record.
    SnapshotTaken(&'a Sides, &'a Snapshot),
}

impl OpportunityEvent<'_> {
    /// The facts to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        match self {
            Self::Created(sides) => about(sides, "opportunity.created", AlertChange::Created, |_| {
                Some((Value::Null, json!({"stage": sides.opportunity.stage})))
            }),
            Self::Updated { after, parts } => updated(after, parts),
            Self::EditKept(sides, parts) => {
                let owner = sides.opportunity.owner_organization_id;
                vec![Fact { alert: None, ..fact(sides, owner, "opportunity.edit_kept", json!({"fields": parts})) }]
            }
            Self::EditGivenUp(sides, parts) => {
                let owner = sides.opportunity.owner_organization_id;
                let details = json!({"givenUp": parts});
                vec![alerting(sides, owner, "opportunity.edit_given_up", AlertChange::Updated, details)]
            }
            Self::Moved(sides, step) => moved(sides, step),
            Self::SideChanged { after, organization, written } => {
                let mut facts =
                    about_side(after, *organization, "opportunity.side_changed", AlertChange::Updated, |reader| {
                        let own = reader.organization_id == *organization;
                        let seen: Vec<_> = written.iter().filter(|field| own || has(reader.fields, **field)).collect();
                        (!seen.is_empty()).then(|| json!({"side": subject(*organization), "fields": seen}))
                    });
                if after.opportunity.confidential && written.contains(&OpportunityField::Team) {
                    stale(&mut facts, [*organization]);
                }
                facts
            }
            Self::Reviewed { after, from } => {
                let to = after.opportunity.review_status;
                let mut facts = about(after, "opportunity.reviewed", AlertChange::ReviewChanged, |_| {
                    Some((json!({"reviewStatus": from}), json!({"reviewStatus": to, "from": from, "to": to})))
                });
                if *from == ReviewStatus::PendingSubmission {
                    stale(&mut facts, after.opportunity.host_organization_id);
                }
                facts
            }
            Self::ShareChanged(after, organization) => {
                let owner = after.opportunity.owner_organization_id;
                let details = json!({"side": subject(*organization), "fields": ["SHARE"]});
                let mut facts: Vec<_> = [owner, *organization]
                    .map(|told| {
                        alerting(after, told, "opportunity.share_changed", AlertChange::Updated, details.clone())
                    })
                    .into();
                stale(&mut facts, [*organization]);
                facts
            }
            Self::Archived(sides) => about(sides, "opportunity.archived", AlertChange::Updated, |_| {
                let archived = sides.opportunity.archived_at.is_some();
                Some((json!({"archived": !archived}), json!({"archived": archived, "fields": ["ARCHIVED"]})))
            }),
            Self::Gone { before, organization, left } => {
                let action = if *left { "opportunity.left" } else { "opportunity.revoked" };
                let mut facts = about_side(before, *organization, action, AlertChange::Revoked, |_| {
                    Some(json!({"side": subject(*organization), "left": left}))
                });
                stale(&mut facts, before.participants.iter().map(|side| side.organization_id));
                facts
            }
            Self::Invited(sides, invitation) => of_invitation(sides, invitation, "invitation.sent", AlertChange::Sent),
            Self::Closed { sides, invitation, change } => {
                of_invitation(sides, invitation, "invitation.closed", *change)
            }
            Self::Joined { after, invitation } => joined(after, invitation),
            Self::SnapshotTaken(sides, snapshot) => {
                let details = json!({"snapshot": subject(snapshot.id), "revision": snapshot.revision,
                    "side": subject(snapshot.organization_id)});
                let told = [sides.opportunity.owner_organization_id, snapshot.organization_id];
                let told = if told[0] == told[1] { &told[..1] } else { &told[..] };
                told.iter()
                    .map(|told| {
                        let action = "opportunity.snapshot_taken";
                        alerting(sides, *told, action, AlertChange::SnapshotTaken, details.clone())
                    })
                    .collect()
            }
        }
    }
}

/// A fact without an alert.
fn fact(sides: &Sides, organization: OrganizationId, action: &'static str, after: Value) -> Fact {
    Fact {
        action,
        organization,
        subject: subject(sides.opportunity.id),
        before: None,
        after: Some(after),
        stale: Vec::new(),
        alert: None,
        discretion: match sides.opportunity.hides_participants {
            true => Discretion::of(Some(sides.opportunity.id)).among(known(sides, organization)),
            false => Discretion::of(Some(sides.opportunity.id)),
        },
    }
}

/// Whom an organization may know of.
fn known(sides: &Sides, organization: OrganizationId) -> impl Iterator<Item = OrganizationId> {
    std::iter::once(organization).chain(sides.known_to(organization).map(|side| side.organization_id))
}

fn alerting(
    sides: &Sides,
    organization: OrganizationId,
    action: &'static str,
    change: AlertChange,
    details: Value,
) -> Fact {
    let alert = draft(sides, AlertKind::Opportunity, change, sides.opportunity.id.0, details.clone());
    Fact { alert: Some(alert), ..fact(sides, organization, action, details) }
}

fn draft(sides: &Sides, kind: AlertKind, change: AlertChange, subject: Uuid, details: Value) -> AlertDraft {
    AlertDraft {
        kind,
        change,
        subject,
        opportunity: Some(sides.opportunity.id),
        stage: Some(sides.opportunity.stage),
        restricted: sides.opportunity.confidential,
        details,
    }
}

/// A fact for each who takes part, with what `said` says to it before and after; none for whom it says nothing to.
fn about(
    sides: &Sides,
    action: &'static str,
    change: AlertChange,
    said: impl Fn(&Participant) -> Option<(Value, Value)>,
) -> Vec<Fact> {
    let told = |side: &Participant| {
        let (before, after) = said(side)?;
        let before = (!before.is_null()).then_some(before);
        Some(Fact { before, ..alerting(sides, side.organization_id, action, change, after) })
    };
    sides.participants.iter().filter_map(told).collect()
}

/// A fact of one side, for each who may know that this side takes part, with what `said` says to it; none for whom it says
/// nothing to.
fn about_side(
    sides: &Sides,
    organization: OrganizationId,
    action: &'static str,
    change: AlertChange,
    said: impl Fn(&Participant) -> Option<Value>,
) -> Vec<Fact> {
    sides
        .participants
        .iter()
        .filter(|side| sides.knows(side.organization_id, organization))
        .filter_map(|side| Some(alerting(sides, side.organization_id, action, change, said(side)?)))
        .collect()
}

/// Each learns the names of what it sees, and nothing where it sees nothing of what changed.
fn updated(after: &Sides, parts: &[Part]) -> Vec<Fact> {
    let mut facts = about(after, "opportunity.updated", AlertChange::Updated, |side| {
        let owner = side.role == ParticipantRole::Owner;
        let seen: Vec<_> = parts.iter().filter(|part| owner || part.is_shared(side.fields)).collect();
        (!seen.is_empty()).then(|| (Value::Null, json!({"fields": seen})))
    });
    // Who sees it, and who sees whom.
    if parts.iter().any(|part| matches!(part, Part::Confidential | Part::HidesParticipants)) {
        let all: Vec<_> = after.participants.iter().map(|side| side.organization_id).collect();
        stale(&mut facts, all);
    }
    facts
}

fn moved(sides: &Sides, step: &StageMove) -> Vec<Fact> {
    let details = |from: Option<OpportunityStage>| json!({"side": subject(step.organization_id), "from": from, "to": step.to_stage});
    let mut facts =
        about_side(sides, step.organization_id, "opportunity.stage_changed", AlertChange::StageChanged, |_| {
            Some(details(step.from_stage))
        });
    for fact in &mut facts {
        fact.before = Some(json!({"stage": step.from_stage}));
    }
    facts
}

fn joined(after: &Sides, invitation: &Invitation) -> Vec<Fact> {
    let organization = invitation.to_organization_id;
    let mut facts = of_invitation(after, invitation, "invitation.accepted", AlertChange::Accepted);
    facts.extend(about_side(after, organization, "opportunity.shared", AlertChange::Shared, |_| {
        Some(json!({"side": subject(organization), "role": invitation.role}))
    }));
    stale(&mut facts, after.participants.iter().map(|side| side.organization_id));
    facts
}

/// A fact for the two of an invitation, and for the owner where somebody else sent it.
fn of_invitation(sides: &Sides, invitation: &Invitation, action: &'static str, change: AlertChange) -> Vec<Fact> {
    let (from, to) = (invitation.from_organization_id, invitation.to_organization_id);
    let owner = sides.opportunity.owner_organization_id;
    let details = json!({
        "from": subject(from),
        "to": subject(to),
        "status": invitation.status,
        "role": invitation.role,
        "expiresAt": invitation.expires_at,
        "declineReason": invitation.decline_reason,
    });
    [Some(from), Some(to), (owner != from && owner != to).then_some(owner)]
        .into_iter()
        .flatten()
        .map(|organization| {
            let mut alert = draft(sides, AlertKind::Invitation, change, invitation.id.0, details.clone());
            // The stage is not part of what an invitation shows.
            if organization == to && change != AlertChange::Accepted {
                alert.stage = None;
            }
            // Before it joins, the one that is invited knows of the one that invites, who may not be the owner.
            let known: Vec<_> = known(sides, organization).filter(|_| organization != to).chain([from, to]).collect();
            // Its administrators see the invitation, also into a confidential deal, of which it tells nothing.
            let discretion = Discretion::of((organization != to).then_some(sides.opportunity.id));
            // Whom an organization invites, it lets see itself, until the invitation is closed.
            let closed = change != AlertChange::Sent;
            Fact {
                subject: subject(invitation.id),
                stale: closed.then_some(DataScope::Sight(organization)).into_iter().collect(),
                alert: Some(alert),
                discretion: discretion.among(known),
                ..fact(sides, organization, action, details.clone())
            }
        })
        .collect()
}

/// What these organizations may see has changed: what was resolved for them before is not given out any more.
fn stale(facts: &mut [Fact], organizations: impl IntoIterator<Item = OrganizationId>) {
    if let Some(first) = facts.first_mut() {
        first.stale.extend(organizations.into_iter().map(DataScope::Sight));
    }
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
