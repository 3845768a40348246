//! Who may do what with what is shared. Pure: each rule sees the actor and the facts, nothing else.

use super::model::ExploratoryMapping;
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{ExploratoryMappingId, OrganizationId},
    value::Role,
};

/// Say what partners see of the organization's own lists, by rules and by defaults.
pub struct ShareLists;

impl Action for ShareLists {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "sharing.change";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, owner: &OrganizationId) -> bool {
        actor.holds(*owner, Role::Manager)
    }
}

/// Propose an exploratory mapping in the name of one's own organization.
pub struct ProposeMapping;

impl Action for ProposeMapping {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "exploratory_mapping.propose";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, inviter: &OrganizationId) -> bool {
        actor.holds(*inviter, Role::Manager)
    }
}

/// Accept or decline an exploratory mapping: the invited side.
pub struct AnswerMapping;

impl Action for AnswerMapping {
    type Resource = ExploratoryMappingId;
    type Facts = ExploratoryMapping;
    const NAME: &'static str = "exploratory_mapping.answer";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, mapping: &ExploratoryMapping) -> bool {
        actor.holds(mapping.invitee_id, Role::Manager)
    }
}

/// Take a proposal back: the inviting side.
pub struct CancelMapping;

impl Action for CancelMapping {
    type Resource = ExploratoryMappingId;
    type Facts = ExploratoryMapping;
    const NAME: &'static str = "exploratory_mapping.cancel";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, mapping: &ExploratoryMapping) -> bool {
        actor.holds(mapping.inviter_id, Role::Manager)
    }
}

/// End an exploratory mapping before its time: either side.
pub struct EndMapping;

impl Action for EndMapping {
    type Resource = ExploratoryMappingId;
    type Facts = ExploratoryMapping;
    const NAME: &'static str = "exploratory_mapping.end";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, mapping: &ExploratoryMapping) -> bool {
        actor.holds(mapping.inviter_id, Role::Manager) || actor.holds(mapping.invitee_id, Role::Manager)
    }
}

/// Put on record that nobody answered in time, or that the time is over: what the clock does.
pub struct ConcludeMapping;

impl Action for ConcludeMapping {
    type Resource = ExploratoryMappingId;
    type Facts = ();
    const NAME: &'static str = "exploratory_mapping.conclude";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        op::{KeyActor, PersonActor},
        sharing::model::tests::mapping,
    };
    use chrono::DateTime;
    use entity::{
        id::{ApiKeyId, PersonId},
        value::OrganizationStatus,
    };
    use uuid::Uuid;

    fn organization(number: u128) -> OrganizationId {
        OrganizationId(Uuid::from_u128(number))
    }

    fn person(number: u128, role: Role) -> Actor {
        Actor::Person(PersonActor {
            person: PersonId(Uuid::nil()),
            organization: organization(number),
            role,
            status: OrganizationStatus::Active,
            operator: number == 9,
            expires_at: DateTime::UNIX_EPOCH,
        })
    }

    fn key(number: u128) -> Actor {
        Actor::Key(KeyActor {
            key: ApiKeyId(Uuid::nil()),
            organization: organization(number),
            scopes: vec![Scope::PartnershipsWrite],
            status: OrganizationStatus::Active,
            operator: false,
            expires_at: None,
        })
    }

    #[test]
    fn managers_decide_for_their_own_side() {
        let mapping = mapping();
        for (actor, share, answer, cancel, end) in [
            (person(1, Role::Manager), true, false, true, true),
            (person(1, Role::Member), false, false, false, false),
            (person(2, Role::Owner), false, true, false, true),
            (person(2, Role::Viewer), false, false, false, false),
            (person(3, Role::Owner), false, false, false, false),
            (person(9, Role::Owner), false, false, false, false),
            (key(1), true, false, true, true),
            (key(2), false, true, false, true),
            (Actor::Visitor, false, false, false, false),
        ] {
            assert_eq!(ShareLists::allows(&actor, &organization(1)), share, "{actor:?}");
            assert_eq!(ProposeMapping::allows(&actor, &organization(1)), share, "{actor:?}");
            assert_eq!(AnswerMapping::allows(&actor, &mapping), answer, "{actor:?}");
            assert_eq!(CancelMapping::allows(&actor, &mapping), cancel, "{actor:?}");
            assert_eq!(EndMapping::allows(&actor, &mapping), end, "{actor:?}");
            assert!(!ConcludeMapping::allows(&actor, &()), "{actor:?}");
        }
        assert!(ConcludeMapping::allows(&Actor::System, &()));
    }
}
