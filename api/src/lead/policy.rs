//! Who may do what with leads. Pure. Sellers do it: a member of either side is enough.

use super::model::Seen;
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{LeadId, OrganizationId},
    value::Role,
};

/// Write a lead down in the name of an organization.
pub struct CreateLead;

impl Action for CreateLead {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "lead.create";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, sender: &OrganizationId) -> bool {
        actor.holds(*sender, Role::Member)
    }
}

/// Change, send and take back a lead: its sender.
pub struct SendLead;

impl Action for SendLead {
    type Resource = LeadId;
    type Facts = Seen;
    const NAME: &'static str = "lead.send";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, seen: &Seen) -> bool {
        seen.step.is_none() && actor.holds(seen.lead.organization_id, Role::Member)
    }
}

/// Accept, decline, judge and convert a lead: a receiver that was asked.
pub struct WorkLead;

impl Action for WorkLead {
    type Resource = LeadId;
    type Facts = Seen;
    const NAME: &'static str = "lead.work";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, seen: &Seen) -> bool {
        seen.step.as_ref().is_some_and(|step| actor.holds(step.organization_id, Role::Member))
    }
}

/// Write down that a receiver's time has run out: the system's.
pub struct ExpireLead;

impl Action for ExpireLead {
    type Resource = LeadId;
    type Facts = ();
    const NAME: &'static str = "lead.expire";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lead::model::{
            LeadStatus, LeadStepState,
            state::tests::{lead, organization, step},
        },
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
    fn each_side_does_its_own() {
        let sent = Seen { lead: lead(LeadStatus::Sent), step: None };
        let received = Seen { lead: lead(LeadStatus::Sent), step: Some(step(LeadStepState::Sent)) };
        for (actor, sends, works) in [
            (person(1, Role::Member), true, false),
            (person(1, Role::Viewer), false, false),
            (person(2, Role::Member), false, true),
            (person(2, Role::Viewer), false, false),
            (person(3, Role::Owner), false, false),
            (person(9, Role::Owner), false, false),
            (Actor::Visitor, false, false),
        ] {
            assert_eq!(SendLead::allows(&actor, &sent), sends, "{actor:?}");
            assert_eq!(WorkLead::allows(&actor, &received), works, "{actor:?}");
            assert!(!SendLead::allows(&actor, &received) && !WorkLead::allows(&actor, &sent), "{actor:?}");
            assert!(!ExpireLead::allows(&actor, &()), "{actor:?}");
        }
    }
}
