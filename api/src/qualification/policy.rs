//! Who may do what with rules over overlaps and what they qualified. Pure. Members read both; managers say what
//! qualifies, since it speaks to the whole house; members work on what was qualified, as on leads.

use super::model::{QualifiedLead, Rule};
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{OrganizationId, QualificationRuleId, QualifiedLeadId},
    value::Role,
};

/// Make a rule of an organization.
pub struct CreateRule;

impl Action for CreateRule {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "qualification_rule.create";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, own: &OrganizationId) -> bool {
        does(actor, *own, Role::Manager)
    }
}

/// Change and delete a rule.
pub struct ManageRule;

impl Action for ManageRule {
    type Resource = QualificationRuleId;
    type Facts = Rule;
    const NAME: &'static str = "qualification_rule.manage";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, rule: &Rule) -> bool {
        does(actor, rule.organization_id, Role::Manager)
    }
}

/// Accept, dismiss and convert what was qualified.
pub struct WorkQualifiedLead;

impl Action for WorkQualifiedLead {
    type Resource = QualifiedLeadId;
    type Facts = QualifiedLead;
    const NAME: &'static str = "qualified_lead.work";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, lead: &QualifiedLead) -> bool {
        does(actor, lead.organization_id, Role::Member)
    }
}

/// Apply the rules of an organization: the engine's.
pub struct ApplyRules;

impl Action for ApplyRules {
    type Resource = OrganizationId;
    type Facts = ();
    const NAME: &'static str = "qualification_rule.apply";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

/// The people and keys of the organization, and nobody who only runs the installation.
fn does(actor: &Actor, organization: OrganizationId, role: Role) -> bool {
    actor.organization() == Some(organization) && actor.holds(organization, role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        op::PersonActor,
        qualification::model::{
            QualifiedLeadStatus,
            tests::{lead, organization, rule},
        },
    };
    use chrono::DateTime;
    use entity::value::OrganizationStatus;
    use uuid::Uuid;

    fn person(number: u128, role: Role) -> Actor {
        Actor::Person(PersonActor {
            person: Uuid::nil().into(),
            organization: organization(number),
            role,
            status: OrganizationStatus::Active,
            operator: number == 9,
            expires_at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn managers_say_what_qualifies_and_members_work_on_it() {
        let lead = lead(QualifiedLeadStatus::New);
        for (actor, manages, works) in [
            (person(1, Role::Manager), true, true),
            (person(1, Role::Member), false, true),
            (person(1, Role::Viewer), false, false),
            (person(2, Role::Owner), false, false),
            (person(9, Role::Owner), false, false),
            (Actor::Visitor, false, false),
        ] {
            assert_eq!(ManageRule::allows(&actor, &rule()), manages, "{actor:?}");
            assert_eq!(CreateRule::allows(&actor, &organization(1)), manages, "{actor:?}");
            assert_eq!(WorkQualifiedLead::allows(&actor, &lead), works, "{actor:?}");
            assert!(!ApplyRules::allows(&actor, &()), "{actor:?}");
        }
        assert!(ApplyRules::allows(&Actor::System, &()));
    }
}
