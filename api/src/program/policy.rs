//! Who may do what with programs and memberships. Pure: each rule sees the actor and the facts, nothing else.

use super::model::{Membership, Program, Role};
use crate::op::{Action, Actor, Scope};
use entity::id::{MembershipId, OrganizationId, ProgramId};

/// Create a program of an organization.
pub struct CreateProgram;

impl Action for CreateProgram {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "program.create";
    const SCOPE: Scope = Scope::ProgramsWrite;

    fn allows(actor: &Actor, host: &OrganizationId) -> bool {
        actor.holds(*host, Role::Manager)
    }
}

/// Change a program, its tiers, what they give and what they require; invite into it.
pub struct RunProgram;

impl Action for RunProgram {
    type Resource = ProgramId;
    type Facts = Program;
    const NAME: &'static str = "program.run";
    const SCOPE: Scope = Scope::ProgramsWrite;

    fn allows(actor: &Actor, program: &Program) -> bool {
        actor.holds(program.organization_id, Role::Manager)
    }
}

/// Apply to a program in the name of an organization.
pub struct ApplyToProgram;

impl Action for ApplyToProgram {
    type Resource = ProgramId;
    type Facts = OrganizationId;
    const NAME: &'static str = "membership.apply";
    const SCOPE: Scope = Scope::ProgramsWrite;

    fn allows(actor: &Actor, applicant: &OrganizationId) -> bool {
        actor.holds(*applicant, Role::Manager)
    }
}

/// Decide on a membership as the host of its program.
pub struct DecideMembership;

impl Action for DecideMembership {
    type Resource = MembershipId;
    type Facts = Program;
    const NAME: &'static str = "membership.decide";
    const SCOPE: Scope = Scope::ProgramsWrite;

    fn allows(actor: &Actor, program: &Program) -> bool {
        actor.holds(program.organization_id, Role::Manager)
    }
}

/// Answer for the organization that the membership is of: accept, decline, leave.
pub struct AnswerMembership;

impl Action for AnswerMembership {
    type Resource = MembershipId;
    type Facts = Membership;
    const NAME: &'static str = "membership.answer";
    const SCOPE: Scope = Scope::ProgramsWrite;

    fn allows(actor: &Actor, membership: &Membership) -> bool {
        actor.holds(membership.organization_id, Role::Manager)
    }
}

/// Put on record what the clock has done to a membership.
pub struct SettleMembership;

impl Action for SettleMembership {
    type Resource = MembershipId;
    type Facts = ();
    const NAME: &'static str = "membership.settle";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

/// Write memberships and facts from a source, without anybody's invitation or review.
pub struct ImportMemberships;

impl Action for ImportMemberships {
    type Resource = ProgramId;
    type Facts = ();
    const NAME: &'static str = "membership.import";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::Operator)
    }
}

/// Whether the actor belongs to the organization that runs the program, whatever the role: sees drafts, applications and
/// what memberships are judged by.
#[must_use]
pub fn hosts(actor: &Actor, program: &Program) -> bool {
    actor.holds(program.organization_id, Role::Viewer) || actor.operates(Role::Viewer)
}

/// Whether the actor sees what only the two sides of a membership see.
#[must_use]
pub fn takes_part(actor: &Actor, program: &Program, membership: &Membership) -> bool {
    hosts(actor, program) || actor.holds(membership.organization_id, Role::Viewer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::PersonActor;
    use entity::value::OrganizationStatus;
    use uuid::Uuid;

    fn person(organization: u128, role: Role) -> Actor {
        Actor::Person(PersonActor {
            person: Uuid::nil().into(),
            organization: Uuid::from_u128(organization).into(),
            role,
            status: OrganizationStatus::Active,
            operator: false,
            expires_at: chrono::DateTime::from_timestamp(0, 0).unwrap(),
        })
    }

    #[test]
    fn managers_act_for_their_own_organization_only() {
        let own = OrganizationId(Uuid::from_u128(1));
        for (actor, allowed) in [
            (person(1, Role::Owner), true),
            (person(1, Role::Manager), true),
            (person(1, Role::Member), false),
            (person(2, Role::Owner), false),
            (Actor::Visitor, false),
        ] {
            assert_eq!(CreateProgram::allows(&actor, &own), allowed, "{actor:?}");
            assert_eq!(ApplyToProgram::allows(&actor, &own), allowed, "{actor:?}");
        }
    }

    #[test]
    fn only_the_command_line_imports() {
        assert!(ImportMemberships::allows(&Actor::Operator, &()));
        assert!(!ImportMemberships::allows(&person(1, Role::Owner), &()));
    }

    #[test]
    fn only_the_clock_settles() {
        assert!(SettleMembership::allows(&Actor::System, &()));
        for actor in [person(1, Role::Owner), Actor::Visitor, Actor::Operator] {
            assert!(!SettleMembership::allows(&actor, &()), "{actor:?}");
        }
    }
}
