//! The facts that this room publishes, and what each makes stale.
//!
//! What a fact tells is read by the organization's administrators for as long as the trail is kept, so it names people by
//! id only, and never a secret.

use super::model::{Aliases, ApiKey, Coverage, Member, Organization, Profile, ProfileChange, Role};
use crate::event::{DataScope, Discretion, Fact, subject};
use entity::id::OrganizationId;
use serde_json::{Value, json};

/// Something that happened to an organization.
pub enum OrganizationEvent<'a> {
    /// It was entered.
    Created {
        /// As it is.
        after: &'a Organization,
    },
    /// Name, seat, aliases or public page changed.
    Updated {
        /// As it was.
        before: (&'a Organization, &'a Aliases),
        /// As it is.
        after: (&'a Organization, &'a Aliases),
    },
    /// It went on in its lifecycle.
    StatusChanged {
        /// As it was.
        before: &'a Organization,
        /// As it is.
        after: &'a Organization,
    },
    /// Changes of its profile wait for a moderator from now on, or no longer.
    ModerationChanged {
        /// The organization.
        organization: OrganizationId,
        /// Whether they wait now.
        moderated: bool,
    },
    /// It covers something else.
    CoverageSet {
        /// The organization.
        organization: OrganizationId,
        /// As it was; only the kinds that were set.
        before: &'a Coverage,
        /// As it is; only the kinds that were set.
        after: &'a Coverage,
    },
    /// Its public profile changed.
    ProfileUpdated {
        /// The organization.
        organization: OrganizationId,
        /// As it was.
        before: Option<&'a Profile>,
        /// As it is.
        after: &'a Profile,
    },
    /// A change of its profile waits for a moderator.
    ProfileChangeSubmitted {
        /// The change.
        change: &'a ProfileChange,
    },
    /// A profile change was approved, rejected or withdrawn.
    ProfileChangeSettled {
        /// As it was.
        before: &'a ProfileChange,
        /// As it is.
        after: &'a ProfileChange,
    },
    /// Somebody joined it.
    MemberAdded {
        /// The place.
        member: &'a Member,
    },
    /// A member has another role.
    MemberRoleChanged {
        /// The role before.
        before: Role,
        /// The place as it is.
        after: &'a Member,
    },
    /// Somebody is no longer a member.
    MemberRemoved {
        /// The place as it was.
        member: &'a Member,
    },
    /// An API key was made.
    KeyCreated {
        /// The key.
        key: &'a ApiKey,
    },
    /// An API key was revoked.
    KeyRevoked {
        /// The key as it is.
        key: &'a ApiKey,
    },
}

impl OrganizationEvent<'_> {
    /// The fact to record. The match is exhaustive, so that a new event forces the question of what it makes stale.
    #[must_use]
    pub fn fact(&self) -> Fact {
        match *self {
            Self::Created { after } => {
                public("organization.created", after.id, subject(after.id), None, Some(shown(after, None)))
            }
            Self::Updated { before, after } => {
                let fact = public(
                    "organization.updated",
                    after.0.id,
                    subject(after.0.id),
                    Some(shown(before.0, Some(before.1))),
                    Some(shown(after.0, Some(after.1))),
                );
                also(fact, (before.0.listed != after.0.listed).then_some(DataScope::Pages))
            }
            Self::StatusChanged { before, after } => {
                let fact = public(
                    "organization.status_changed",
                    after.id,
                    subject(after.id),
                    Some(json!({ "status": before.status, "statusReason": before.status_reason })),
                    Some(json!({ "status": after.status, "statusReason": after.status_reason })),
                );
                also(fact, [DataScope::Access(after.id), DataScope::Pages])
            }
            Self::ModerationChanged { organization, moderated } => inner(
                "organization.moderation_changed",
                organization,
                subject(organization),
                Some(json!({ "profileModerated": !moderated })),
                Some(json!({ "profileModerated": moderated })),
            ),
            Self::CoverageSet { organization, before, after } => {
                public("coverage.set", organization, subject(organization), Some(json!(before)), Some(json!(after)))
            }
            Self::ProfileUpdated { organization, before, after } => public(
                "profile.updated",
                organization,
                subject(organization),
                before.map(|profile| json!(profile)),
                Some(json!(after)),
            ),
            Self::ProfileChangeSubmitted { change } => inner(
                "profile_change.submitted",
                change.organization_id,
                subject(change.id),
                None,
                Some(json!({ "status": change.status, "proposal": change.proposal })),
            ),
            Self::ProfileChangeSettled { before, after } => inner(
                "profile_change.settled",
                after.organization_id,
                subject(after.id),
                Some(json!({ "status": before.status })),
                Some(json!({ "status": after.status, "reason": after.reason })),
            ),
            Self::MemberAdded { member } => {
                inner("member.added", member.organization_id, subject(member.id), None, Some(place(member)))
            }
            Self::MemberRoleChanged { before, after } => {
                let (role_before, role) = (json!({ "role": before }), json!({ "role": after.role }));
                let organization = after.organization_id;
                let fact = inner("member.role_changed", organization, subject(after.id), Some(role_before), Some(role));
                also(fact, [DataScope::Access(organization)])
            }
            Self::MemberRemoved { member } => {
                let organization = member.organization_id;
                let fact = inner("member.removed", organization, subject(member.id), Some(place(member)), None);
                also(fact, [DataScope::Access(organization)])
            }
            Self::KeyCreated { key } => inner(
                "api_key.created",
                key.organization_id,
                subject(key.id),
                None,
                Some(json!({
                    "name": key.name, "prefix": key.prefix, "scopes": key.scopes, "expiresAt": key.expires_at,
                })),
            ),
            Self::KeyRevoked { key } => {
                let (before, after) = (json!({ "revokedAt": null }), json!({ "revokedAt": key.revoked_at }));
                let organization = key.organization_id;
                let fact = inner("api_key.revoked", organization, subject(key.id), Some(before), Some(after));
                also(fact, [DataScope::Access(organization)])
            }
        }
    }
}

/// A fact about what everybody may see.
fn public(
    action: &'static str,
    organization: OrganizationId,
    subject: String,
    before: Option<Value>,
    after: Option<Value>,
) -> Fact {
    let stale = vec![DataScope::Catalog, DataScope::Organization(organization)];
    Fact { action, organization, subject, before, after, stale, alert: None, discretion: Discretion::NONE }
}

/// A fact that no public page shows.
fn inner(
    action: &'static str,
    organization: OrganizationId,
    subject: String,
    before: Option<Value>,
    after: Option<Value>,
) -> Fact {
    Fact {
        action,
        organization,
        subject,
        before,
        after,
        stale: vec![DataScope::Organization(organization)],
        alert: None,
        discretion: Discretion::NONE,
    }
}

/// The fact, which makes this stale too.
fn also(mut fact: Fact, scopes: impl IntoIterator<Item = DataScope>) -> Fact {
    fact.stale.extend(scopes);
    fact
}

fn place(member: &Member) -> Value {
    json!({ "person": subject(member.person_id), "role": member.role })
}

fn shown(organization: &Organization, aliases: Option<&Aliases>) -> Value {
    let mut shown = json!({
        "name": organization.name,
        "countryCode": organization.country_code,
        "listed": organization.listed,
        "status": organization.status,
    });
    if let (Value::Object(fields), Some(aliases)) = (&mut shown, aliases) {
        fields.insert("otherNames".to_owned(), json!(aliases.names));
        fields.insert("domains".to_owned(), json!(aliases.domains));
    }
    shown
}
