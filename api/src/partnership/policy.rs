//! Who may do what with partnerships and invitations. Pure: each rule sees the actor and the facts, nothing else.

use super::model::{Invitation, PartnershipOrigin, Sides};
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{OrganizationId, PartnershipId, PartnershipInvitationId},
    value::Role,
};

/// Invite another organization in the name of one's own.
pub struct InvitePartner;

impl Action for InvitePartner {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "partnership.invite";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, inviter: &OrganizationId) -> bool {
        actor.holds(*inviter, Role::Manager)
    }
}

/// Accept or decline an invitation: the invited side.
pub struct AnswerInvitation;

impl Action for AnswerInvitation {
    type Resource = PartnershipInvitationId;
    type Facts = Invitation;
    const NAME: &'static str = "partnership_invitation.answer";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, invitation: &Invitation) -> bool {
        actor.holds(invitation.to_organization_id, Role::Manager)
    }
}

/// Take an invitation back: the inviting side.
pub struct CancelInvitation;

impl Action for CancelInvitation {
    type Resource = PartnershipInvitationId;
    type Facts = Invitation;
    const NAME: &'static str = "partnership_invitation.cancel";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, invitation: &Invitation) -> bool {
        actor.holds(invitation.from_organization_id, Role::Manager)
    }
}

/// Put on record that an invitation has expired: what the clock does.
pub struct ExpireInvitation;

impl Action for ExpireInvitation {
    type Resource = PartnershipInvitationId;
    type Facts = ();
    const NAME: &'static str = "partnership_invitation.expire";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

/// Put on record that the last day of a partnership is over: what the clock does.
pub struct ConcludePartnership;

impl Action for ConcludePartnership {
    type Resource = PartnershipId;
    type Facts = ();
    const NAME: &'static str = "partnership.conclude";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

/// Change the facts of a partnership, invite into it, end it. A recorded one is the operator's.
pub struct ChangePartnership;

impl Action for ChangePartnership {
    type Resource = PartnershipId;
    type Facts = Sides;
    const NAME: &'static str = "partnership.change";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        match sides.partnership.origin {
            PartnershipOrigin::Agreed => is_manager_of_a_side(actor, sides),
            PartnershipOrigin::Recorded => actor.operates(Role::Manager),
        }
    }
}

/// Say of one's own side who manages and sponsors it and whether it is public, or leave. Also of a recorded partnership:
/// whoever is named in one may take it off the public pages.
pub struct ChangeSide;

impl Action for ChangeSide {
    type Resource = PartnershipId;
    type Facts = Sides;
    const NAME: &'static str = "partnership.change_side";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        is_manager_of_a_side(actor, sides)
    }
}

/// Record a partnership from a public source.
pub struct RecordPartnership;

impl Action for RecordPartnership {
    type Resource = PartnershipId;
    type Facts = ();
    const NAME: &'static str = "partnership.record";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, (): &()) -> bool {
        actor.operates(Role::Manager)
    }
}

/// Whether the actor sees what only the parties see: terms, aim, people, and how it ended.
#[must_use]
pub fn sees_inside(actor: &Actor, parties: &[OrganizationId]) -> bool {
    actor.operates(Role::Viewer) || actor.organization().is_some_and(|own| parties.contains(&own))
}

fn is_manager_of_a_side(actor: &Actor, sides: &Sides) -> bool {
    sides.parties.iter().any(|party| actor.holds(party.organization_id, Role::Manager))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        op::PersonActor,
        partnership::model::{Party, tests::partnership},
    };
    use chrono::DateTime;
    use entity::{id::PersonId, value::OrganizationStatus};
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

    fn sides(origin: PartnershipOrigin) -> Sides {
        let mut partnership = partnership(None);
        partnership.origin = origin;
        let party = |number| Party {
            partnership_id: partnership.id,
            organization_id: organization(number),
            manager_person_id: None,
            sponsor_person_id: None,
            listed: false,
            joined_at: DateTime::UNIX_EPOCH,
            left_at: None,
        };
        Sides { parties: vec![party(1), party(2)], partnership }
    }

    #[test]
    fn managers_of_both_sides_change_what_was_agreed_and_only_the_operator_what_was_recorded() {
        let agreed = sides(PartnershipOrigin::Agreed);
        let recorded = sides(PartnershipOrigin::Recorded);
        for (actor, of_agreed, of_recorded, of_side) in [
            (person(1, Role::Manager), true, false, true),
            (person(2, Role::Owner), true, false, true),
            (person(1, Role::Member), false, false, false),
            (person(3, Role::Owner), false, false, false),
            (person(9, Role::Manager), false, true, false),
            (person(9, Role::Member), false, false, false),
            (Actor::Visitor, false, false, false),
            (Actor::Operator, true, true, true),
        ] {
            assert_eq!(ChangePartnership::allows(&actor, &agreed), of_agreed, "{actor:?}");
            assert_eq!(ChangePartnership::allows(&actor, &recorded), of_recorded, "{actor:?}");
            assert_eq!(ChangeSide::allows(&actor, &agreed), of_side, "{actor:?}");
        }
    }

    #[test]
    fn only_the_clock_does_what_the_clock_does() {
        assert!(ExpireInvitation::allows(&Actor::System, &()));
        assert!(ConcludePartnership::allows(&Actor::System, &()));
        for actor in [person(1, Role::Owner), person(9, Role::Owner), Actor::Visitor, Actor::Operator] {
            assert!(!ExpireInvitation::allows(&actor, &()), "{actor:?}");
            assert!(!ConcludePartnership::allows(&actor, &()), "{actor:?}");
        }
    }

    #[test]
    fn parties_and_the_operator_see_inside() {
        let parties = [organization(1), organization(2)];
        assert!(sees_inside(&person(1, Role::Viewer), &parties));
        assert!(sees_inside(&person(9, Role::Viewer), &parties));
        assert!(!sees_inside(&person(3, Role::Owner), &parties));
        assert!(!sees_inside(&Actor::Visitor, &parties));
    }
}
