//! Who may do what with opportunities and invitations. Pure: each rule sees the actor and the facts, nothing else. Whether
//! somebody sees a confidential opportunity at all is decided before, by the store's `visible`.
//!
//! Members work on deals; what takes data out of the house or brings somebody in (inviting, sharing, submitting, putting
//! away) is a manager's.

use super::model::{Invitation, ParticipantRole, Sides};
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{InvitationId, OpportunityId, OrganizationId},
    value::Role,
};

/// Enter an opportunity in the name of one's own organization.
pub struct CreateOpportunity;

impl Action for CreateOpportunity {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "opportunity.create";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, owner: &OrganizationId) -> bool {
        actor.holds(*owner, Role::Member)
    }
}

/// Change the content: the owner.
pub struct UpdateOpportunity;

impl Action for UpdateOpportunity {
    type Resource = OpportunityId;
    type Facts = Sides;
    const NAME: &'static str = "opportunity.update";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        actor.holds(sides.opportunity.owner_organization_id, Role::Member)
    }
}

/// Write one's own side: its stage, day, next steps and people. Whoever takes part.
pub struct WriteSide;

impl Action for WriteSide {
    type Resource = OpportunityId;
    type Facts = Sides;
    const NAME: &'static str = "opportunity.write_side";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        takes_part(actor, sides, Role::Member)
    }
}

/// Put on record what was shared: whoever takes part.
pub struct TakeSnapshot;

impl Action for TakeSnapshot {
    type Resource = OpportunityId;
    type Facts = Sides;
    const NAME: &'static str = "opportunity.take_snapshot";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        takes_part(actor, sides, Role::Member)
    }
}

/// Invite an organization: the owner, and whom the owner gave the right to.
pub struct InviteToOpportunity;

impl Action for InviteToOpportunity {
    type Resource = OpportunityId;
    type Facts = Sides;
    const NAME: &'static str = "opportunity.invite";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        sides
            .participants
            .iter()
            .any(|side| sides.may_invite(side.organization_id) && actor.holds(side.organization_id, Role::Manager))
    }
}

/// Change what a participant sees and may do, or take it out: the owner.
pub struct ShareOpportunity;

impl Action for ShareOpportunity {
    type Resource = OpportunityId;
    type Facts = Sides;
    const NAME: &'static str = "opportunity.share";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        actor.holds(sides.opportunity.owner_organization_id, Role::Manager)
    }
}

/// Submit to a program, put away and take back: the owner.
pub struct SubmitOpportunity;

impl Action for SubmitOpportunity {
    type Resource = OpportunityId;
    type Facts = Sides;
    const NAME: &'static str = "opportunity.submit";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        actor.holds(sides.opportunity.owner_organization_id, Role::Manager)
    }
}

/// Review: the host of the program that it was submitted to.
pub struct ReviewOpportunity;

impl Action for ReviewOpportunity {
    type Resource = OpportunityId;
    type Facts = Sides;
    const NAME: &'static str = "opportunity.review";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        sides.opportunity.host_organization_id.is_some_and(|host| actor.holds(host, Role::Manager))
    }
}

/// Leave: whoever takes part and is not the owner.
pub struct LeaveOpportunity;

impl Action for LeaveOpportunity {
    type Resource = OpportunityId;
    type Facts = Sides;
    const NAME: &'static str = "opportunity.leave";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sides: &Sides) -> bool {
        sides
            .participants
            .iter()
            .any(|side| side.role != ParticipantRole::Owner && actor.holds(side.organization_id, Role::Manager))
    }
}

/// Accept or decline an invitation: the invited side.
pub struct AnswerInvitation;

impl Action for AnswerInvitation {
    type Resource = InvitationId;
    type Facts = Invitation;
    const NAME: &'static str = "invitation.answer";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, invitation: &Invitation) -> bool {
        actor.holds(invitation.to_organization_id, Role::Member)
    }
}

/// Take an invitation back: the side that sent it, and the owner.
pub struct CancelInvitation;

impl Action for CancelInvitation {
    type Resource = InvitationId;
    type Facts = (Invitation, OrganizationId);
    const NAME: &'static str = "invitation.cancel";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, (invitation, owner): &(Invitation, OrganizationId)) -> bool {
        actor.holds(invitation.from_organization_id, Role::Manager) || actor.holds(*owner, Role::Manager)
    }
}

fn takes_part(actor: &Actor, sides: &Sides, role: Role) -> bool {
    sides.participants.iter().any(|side| actor.holds(side.organization_id, role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cosell::model::tests::{organization, sides},
        op::PersonActor,
    };
    use chrono::DateTime;
    use entity::{id::PersonId, value::OrganizationStatus};
    use uuid::Uuid;

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

    #[test]
    fn the_owner_runs_it_and_the_others_their_side() {
        let mut sides = sides();
        sides.opportunity.host_organization_id = Some(organization(8));
        sides.participants[2].may_invite = true;
        // Update, side, invite, share, review, leave.
        for (actor, expected) in [
            (person(1, Role::Viewer), [false, false, false, false, false, false]),
            (person(1, Role::Member), [true, true, false, false, false, false]),
            (person(1, Role::Manager), [true, true, true, true, false, false]),
            (person(2, Role::Member), [false, true, false, false, false, false]),
            (person(2, Role::Owner), [false, true, false, false, false, true]),
            (person(3, Role::Manager), [false, true, true, false, false, true]),
            (person(8, Role::Member), [false, false, false, false, false, false]),
            (person(8, Role::Manager), [false, false, false, false, true, false]),
            // Whoever runs the installation has no part in its deals.
            (person(9, Role::Owner), [false, false, false, false, false, false]),
            (Actor::Visitor, [false, false, false, false, false, false]),
        ] {
            let found = [
                UpdateOpportunity::allows(&actor, &sides),
                WriteSide::allows(&actor, &sides),
                InviteToOpportunity::allows(&actor, &sides),
                ShareOpportunity::allows(&actor, &sides),
                ReviewOpportunity::allows(&actor, &sides),
                LeaveOpportunity::allows(&actor, &sides),
            ];
            assert_eq!(found, expected, "{actor:?}");
            assert_eq!(SubmitOpportunity::allows(&actor, &sides), expected[3], "{actor:?}");
            assert_eq!(TakeSnapshot::allows(&actor, &sides), expected[1], "{actor:?}");
        }
        assert!(CreateOpportunity::allows(&person(1, Role::Member), &organization(1)));
        assert!(!CreateOpportunity::allows(&person(1, Role::Viewer), &organization(1)));
        assert!(!CreateOpportunity::allows(&person(1, Role::Owner), &organization(2)));
    }
}
