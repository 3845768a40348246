//! Who may do what with an organization. Pure: each rule sees the actor and the facts, nothing else.

use super::model::{Organization, Role};
use crate::op::{Action, Actor, Scope};
use entity::id::{OrganizationId, ProfileChangeId};

/// Enter an organization.
pub struct CreateOrganization;

impl Action for CreateOrganization {
    type Resource = OrganizationId;
    type Facts = ();
    const NAME: &'static str = "organization.create";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        actor.operates(Role::Manager)
    }
}

/// Make the organization that runs the installation: the command line's.
pub struct Bootstrap;

impl Action for Bootstrap {
    type Resource = OrganizationId;
    type Facts = ();
    const NAME: &'static str = "organization.bootstrap";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::Operator)
    }
}

/// Activate, suspend or terminate an organization.
pub struct DecideOrganization;

impl Action for DecideOrganization {
    type Resource = OrganizationId;
    type Facts = Organization;
    const NAME: &'static str = "organization.decide";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, _: &Organization) -> bool {
        actor.operates(Role::Admin)
    }
}

/// Change name, seat, aliases and public page.
pub struct UpdateOrganization;

impl Action for UpdateOrganization {
    type Resource = OrganizationId;
    type Facts = Organization;
    const NAME: &'static str = "organization.update";
    const SCOPE: Scope = Scope::OrganizationWrite;

    fn allows(actor: &Actor, organization: &Organization) -> bool {
        runs(actor, organization.id)
    }
}

/// Change the public profile, or propose a change of it.
pub struct UpdateProfile;

impl Action for UpdateProfile {
    type Resource = OrganizationId;
    type Facts = Organization;
    const NAME: &'static str = "profile.update";
    const SCOPE: Scope = Scope::OrganizationWrite;

    fn allows(actor: &Actor, organization: &Organization) -> bool {
        runs(actor, organization.id)
    }
}

/// Say what an organization covers.
pub struct SetCoverage;

impl Action for SetCoverage {
    type Resource = OrganizationId;
    type Facts = Organization;
    const NAME: &'static str = "coverage.set";
    const SCOPE: Scope = Scope::OrganizationWrite;

    fn allows(actor: &Actor, organization: &Organization) -> bool {
        runs(actor, organization.id)
    }
}

/// Decide on a profile change.
pub struct ModerateProfile;

impl Action for ModerateProfile {
    type Resource = ProfileChangeId;
    type Facts = ();
    const NAME: &'static str = "profile.moderate";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        actor.operates(Role::Manager)
    }
}

/// Say whether changes of a profile wait for a moderator: the system's, when a membership begins or ends.
pub struct SetModerated;

impl Action for SetModerated {
    type Resource = OrganizationId;
    type Facts = ();
    const NAME: &'static str = "organization.set_moderated";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::Operator)
    }
}

/// Add a member, change a role, remove a member.
pub struct ManageMember;

/// What is done to whose place.
#[derive(Clone, Copy, Debug)]
pub struct MemberFacts {
    /// The organization.
    pub organization: OrganizationId,
    /// The role before; none for somebody new.
    pub present: Option<Role>,
    /// The role after; none for somebody who goes.
    pub wanted: Option<Role>,
    /// Whether it is the actor's own place.
    pub own: bool,
}

impl Action for ManageMember {
    type Resource = OrganizationId;
    type Facts = MemberFacts;
    const NAME: &'static str = "member.manage";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, facts: &MemberFacts) -> bool {
        let leaves = facts.own && facts.wanted.is_none();
        let touches_owner = [facts.present, facts.wanted].contains(&Some(Role::Owner));
        let needed = if touches_owner { Role::Owner } else { Role::Admin };
        leaves || actor.holds(facts.organization, needed) || actor.operates(needed)
    }
}

/// Make an API key. The operator's people may not: they would act as somebody else.
pub struct CreateKey;

impl Action for CreateKey {
    type Resource = OrganizationId;
    type Facts = Organization;
    const NAME: &'static str = "api_key.create";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, organization: &Organization) -> bool {
        actor.holds(organization.id, Role::Admin)
    }
}

/// Revoke an API key.
pub struct RevokeKey;

impl Action for RevokeKey {
    type Resource = OrganizationId;
    type Facts = Organization;
    const NAME: &'static str = "api_key.revoke";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, organization: &Organization) -> bool {
        sees_keys(actor, organization.id)
    }
}

/// Whether the actor works on what the organization shows: its managers do, and the operator's administrators.
fn runs(actor: &Actor, organization: OrganizationId) -> bool {
    actor.holds(organization, Role::Manager) || actor.operates(Role::Admin)
}

/// Whether the actor may read what only the organization's own people and the operator may: members, the reason of its
/// state, its id elsewhere, a pending profile.
#[must_use]
pub fn sees_inside(actor: &Actor, organization: OrganizationId) -> bool {
    actor.holds(organization, Role::Viewer) || actor.operates(Role::Viewer)
}

/// Whether the actor may read which API keys there are.
#[must_use]
pub fn sees_keys(actor: &Actor, organization: OrganizationId) -> bool {
    actor.holds(organization, Role::Admin) || actor.operates(Role::Admin)
}

/// Whether the actor may read the audit trail of the organization, or a part of it.
#[must_use]
pub fn sees_audit(actor: &Actor, organization: OrganizationId) -> bool {
    administers(actor, organization) || oversees(actor)
}

/// Whether the actor reads all of the organization's audit trail, but for what it may not see at all.
#[must_use]
pub fn administers(actor: &Actor, organization: OrganizationId) -> bool {
    actor.holds(organization, Role::Admin)
}

/// Whether the actor reads in every audit trail what the operator answers for.
#[must_use]
pub fn oversees(actor: &Actor) -> bool {
    actor.operates(Role::Manager)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{KeyActor, PersonActor};
    use entity::{
        id::{ApiKeyId, PersonId},
        value::OrganizationStatus,
    };
    use uuid::Uuid;

    const OWN: OrganizationId = OrganizationId(Uuid::from_u128(1));
    const OTHER: OrganizationId = OrganizationId(Uuid::from_u128(2));

    fn person(role: Role, operator: bool) -> Actor {
        Actor::Person(PersonActor {
            person: PersonId(Uuid::from_u128(3)),
            organization: OWN,
            role,
            status: OrganizationStatus::Active,
            operator,
            expires_at: chrono::DateTime::UNIX_EPOCH,
        })
    }

    fn key(operator: bool) -> Actor {
        Actor::Key(KeyActor {
            key: ApiKeyId(Uuid::from_u128(4)),
            organization: OWN,
            scopes: Scope::GRANTABLE.to_vec(),
            status: OrganizationStatus::Active,
            operator,
            expires_at: None,
        })
    }

    fn may(actor: &Actor, organization: OrganizationId, present: Option<Role>, wanted: Option<Role>) -> bool {
        ManageMember::allows(actor, &MemberFacts { organization, present, wanted, own: false })
    }

    #[test]
    fn an_admin_manages_all_but_owners() {
        let admin = person(Role::Admin, false);
        assert!(may(&admin, OWN, None, Some(Role::Admin)));
        assert!(may(&admin, OWN, Some(Role::Member), None));
        assert!(!may(&admin, OWN, None, Some(Role::Owner)), "cannot make an owner");
        assert!(!may(&admin, OWN, Some(Role::Owner), Some(Role::Viewer)), "cannot demote an owner");
        assert!(!may(&admin, OWN, Some(Role::Owner), None), "cannot remove an owner");
        assert!(!may(&admin, OTHER, None, Some(Role::Viewer)), "cannot reach into another organization");
        assert!(may(&person(Role::Owner, false), OWN, Some(Role::Owner), None));
        assert!(!may(&person(Role::Manager, false), OWN, None, Some(Role::Viewer)));
    }

    #[test]
    fn everybody_may_leave_and_nobody_may_raise_themselves() {
        for role in [Role::Viewer, Role::Member, Role::Manager, Role::Admin, Role::Owner] {
            let own = |wanted| MemberFacts { organization: OWN, present: Some(role), wanted, own: true };
            assert!(ManageMember::allows(&person(role, false), &own(None)));
            assert_eq!(ManageMember::allows(&person(role, false), &own(Some(Role::Owner))), role == Role::Owner);
        }
    }

    #[test]
    fn the_operators_admin_does_not_become_an_owner_by_being_the_operator() {
        assert!(may(&person(Role::Admin, true), OTHER, None, Some(Role::Member)));
        assert!(!may(&person(Role::Admin, true), OWN, Some(Role::Admin), Some(Role::Owner)));
        assert!(may(&person(Role::Owner, true), OTHER, None, Some(Role::Owner)));
    }

    #[test]
    fn a_key_is_a_manager_and_no_more() {
        assert!(sees_inside(&key(false), OWN) && !sees_inside(&key(false), OTHER));
        assert!(!sees_keys(&key(true), OWN) && !sees_audit(&key(false), OWN));
        assert!(!may(&key(true), OWN, None, Some(Role::Viewer)));
    }

    #[test]
    fn a_visitor_holds_no_role() {
        assert!(!Actor::Visitor.holds(OWN, Role::Viewer));
        assert!(!Actor::Visitor.operates(Role::Viewer));
        assert!(!sees_inside(&Actor::Visitor, OWN) && !sees_audit(&Actor::Visitor, OWN));
    }
}
