//! The facts that this room publishes, and what each makes stale.

use super::model::{Membership, MetricDraft, Program, ProgramStatus, Tier, type_words};
use crate::event::{DataScope, Discretion, Fact, subject};
use chrono::NaiveDate;
use entity::id::OrganizationId;
use serde_json::{Value, json};

/// Something that happened to a program or to one of its tiers. The trail is the host's.
pub enum ProgramEvent<'a> {
    /// A new program.
    Created(&'a Program),
    /// Its own columns changed.
    Updated(&'a Program, &'a Program),
    /// Its status changed: published or retired.
    StatusChanged(&'a Program, &'a Program),
    /// A new tier.
    TierCreated(&'a Program, &'a Tier),
    /// A tier's own columns changed.
    TierUpdated(&'a Program, &'a Tier, &'a Tier),
    /// A tier is gone.
    TierRemoved(&'a Program, &'a Tier),
    /// What a tier gives was written anew: before and after.
    BenefitsSet(&'a Program, &'a Tier, Value, Value),
    /// A new version of what a tier requires.
    RequirementsSet(&'a Program, &'a Tier, Value),
}

impl ProgramEvent<'_> {
    /// The fact to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn fact(&self) -> Fact {
        match self {
            Self::Created(program) => of(program, "program.created", None, Some(shown(program))),
            Self::Updated(before, after) => of(after, "program.updated", Some(shown(before)), Some(shown(after))),
            Self::StatusChanged(before, after) => {
                let action = match after.status {
                    ProgramStatus::Retired => "program.retired",
                    ProgramStatus::Published | ProgramStatus::Draft => "program.published",
                };
                let status = |program: &Program| Some(json!({ "status": program.status }));
                of(after, action, status(before), status(after))
            }
            Self::TierCreated(program, tier) => about_tier(program, tier, "tier.created", None, Some(shown_tier(tier))),
            Self::TierUpdated(program, before, after) => {
                about_tier(program, after, "tier.updated", Some(shown_tier(before)), Some(shown_tier(after)))
            }
            Self::TierRemoved(program, tier) => about_tier(program, tier, "tier.removed", Some(shown_tier(tier)), None),
            Self::BenefitsSet(program, tier, before, after) => {
                about_tier(program, tier, "tier.benefitsSet", Some(before.clone()), Some(after.clone()))
            }
            Self::RequirementsSet(program, tier, after) => {
                about_tier(program, tier, "tier.requirementsSet", None, Some(after.clone()))
            }
        }
    }
}

fn of(program: &Program, action: &'static str, before: Option<Value>, after: Option<Value>) -> Fact {
    Fact {
        action,
        organization: program.organization_id,
        subject: subject(program.id),
        before,
        after,
        stale: vec![DataScope::Program(program.id)],
        alert: None,
        discretion: Discretion::NONE,
    }
}

fn about_tier(
    program: &Program,
    tier: &Tier,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Fact {
    Fact { subject: subject(tier.id), ..of(program, action, before, after) }
}

fn shown(program: &Program) -> Value {
    json!({
        "slug": program.slug,
        "name": program.name,
        "description": program.description,
        "status": program.status,
        "types": type_words(program.types),
        "moderatesProfiles": program.moderates_profiles,
        "graceDays": program.grace_days,
        "reapplyDays": program.reapply_days,
        "startsOn": program.starts_on,
        "endsOn": program.ends_on,
    })
}

fn shown_tier(tier: &Tier) -> Value {
    json!({
        "name": tier.name,
        "rank": tier.rank,
        "description": tier.description,
        "badgeUrl": tier.badge_url,
    })
}

/// What happened to a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipChange {
    /// The organization asks for it.
    Applied,
    /// The host asks the organization.
    Invited,
    /// The invited organization said yes.
    Accepted,
    /// The invited organization said no.
    Declined,
    /// The one who asked took it back.
    Withdrawn,
    /// The host said yes.
    Approved,
    /// The host said no.
    Rejected,
    /// Set aside.
    Suspended,
    /// In force again.
    Reinstated,
    /// Over.
    Terminated,
    /// Holds longer, or without an end.
    Renewed,
    /// Another tier, at once or from a later day on.
    TierAssigned,
    /// A planned change of tier was dropped.
    DemotionWaived,
    /// Its time ran out, or a planned tier counts from now on: what the clock did.
    CameDue,
    /// Written as a source says.
    Imported,
}

impl MembershipChange {
    const fn action(self) -> &'static str {
        match self {
            Self::Applied => "membership.applied",
            Self::Invited => "membership.invited",
            Self::Accepted => "membership.accepted",
            Self::Declined => "membership.declined",
            Self::Withdrawn => "membership.withdrawn",
            Self::Approved => "membership.approved",
            Self::Rejected => "membership.rejected",
            Self::Suspended => "membership.suspended",
            Self::Reinstated => "membership.reinstated",
            Self::Terminated => "membership.terminated",
            Self::Renewed => "membership.renewed",
            Self::TierAssigned => "membership.tierAssigned",
            Self::DemotionWaived => "membership.demotionWaived",
            Self::CameDue => "membership.came_due",
            Self::Imported => "membership.imported",
        }
    }
}

/// The facts of a change of a membership: one in the host's trail and one in the member's, where they differ.
#[must_use]
pub fn membership_facts(
    change: MembershipChange,
    host: OrganizationId,
    before: Option<&Membership>,
    after: &Membership,
) -> Vec<Fact> {
    both(host, after, change.action(), before.map(shown_membership), Some(shown_membership(after)))
}

/// The fact that a value was measured: before and after.
#[must_use]
pub fn metric_fact(host: OrganizationId, membership: &Membership, before: Option<i64>, after: &MetricDraft) -> Fact {
    let shown =
        |value: i64| json!({ "metric": after.metric, "key": after.key, "asOf": after.as_of, "tenThousandths": value });
    Fact {
        action: "membership.metricRecorded",
        organization: host,
        subject: subject(membership.id),
        before: before.map(shown),
        after: Some(shown(after.value)),
        stale: vec![DataScope::Program(membership.program_id)],
        alert: None,
        discretion: Discretion::NONE,
    }
}

fn both(
    host: OrganizationId,
    membership: &Membership,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Vec<Fact> {
    let member = membership.organization_id;
    let mut facts = vec![Fact {
        action,
        organization: host,
        subject: subject(membership.id),
        before: before.clone(),
        after: after.clone(),
        stale: vec![DataScope::Program(membership.program_id), DataScope::Organization(member)],
        alert: None,
        discretion: Discretion::NONE,
    }];
    if member != host {
        facts.push(Fact {
            action,
            organization: member,
            subject: subject(membership.id),
            before,
            after,
            stale: Vec::new(),
            alert: None,
            discretion: Discretion::NONE,
        });
    }
    facts
}

fn shown_membership(membership: &Membership) -> Value {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    json!({
        "program": subject(membership.program_id),
        "organization": subject(membership.organization_id),
        "status": membership.status,
        "types": type_words(membership.types),
        "tier": membership.tier_id.map(subject),
        "nextTier": membership.next_tier_id.map(subject),
        "nextTierOn": day(membership.next_tier_on),
        "expiresOn": day(membership.expires_on),
        "joinedAt": membership.joined_at,
        "rejectionReason": membership.rejection_reason,
        "comment": membership.comment,
    })
}
