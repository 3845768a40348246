//! Who may do what with introductions. Pure. Sellers do it: a member of either side is enough.

use super::model::Introduction;
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{IntroductionId, OrganizationId},
    value::Role,
};

/// Ask for an introduction in the name of one's own organization.
pub struct RequestIntroduction;

impl Action for RequestIntroduction {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "introduction.request";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, asker: &OrganizationId) -> bool {
        sells(actor, *asker)
    }
}

/// Take a request back, and make an opportunity of it: whoever asked.
pub struct PursueIntroduction;

impl Action for PursueIntroduction {
    type Resource = IntroductionId;
    type Facts = Introduction;
    const NAME: &'static str = "introduction.pursue";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, introduction: &Introduction) -> bool {
        sells(actor, introduction.asker_id)
    }
}

/// Accept and decline a request, and make a lead of it: whoever was asked.
pub struct AnswerIntroduction;

impl Action for AnswerIntroduction {
    type Resource = IntroductionId;
    type Facts = Introduction;
    const NAME: &'static str = "introduction.answer";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, introduction: &Introduction) -> bool {
        sells(actor, introduction.receiver_id)
    }
}

/// Say what came of it: either side.
pub struct ConcludeIntroduction;

impl Action for ConcludeIntroduction {
    type Resource = IntroductionId;
    type Facts = Introduction;
    const NAME: &'static str = "introduction.conclude";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, introduction: &Introduction) -> bool {
        sells(actor, introduction.asker_id) || sells(actor, introduction.receiver_id)
    }
}

/// Put on record that nobody answered in time: the system's.
pub struct ExpireIntroduction;

impl Action for ExpireIntroduction {
    type Resource = IntroductionId;
    type Facts = ();
    const NAME: &'static str = "introduction.expire";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

/// The people and keys of the organization, and nobody who only runs the installation.
fn sells(actor: &Actor, organization: OrganizationId) -> bool {
    actor.organization() == Some(organization) && actor.holds(organization, Role::Member)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        introduction::model::{
            IntroductionStatus,
            state::tests::{introduction, organization},
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
        let asked = introduction(IntroductionStatus::Requested);
        for (actor, pursues, answers) in [
            (person(1, Role::Member), true, false),
            (person(1, Role::Viewer), false, false),
            (person(2, Role::Member), false, true),
            (person(2, Role::Viewer), false, false),
            (person(3, Role::Owner), false, false),
            (person(9, Role::Owner), false, false),
            (Actor::Operator, false, false),
            (Actor::Visitor, false, false),
        ] {
            assert_eq!(PursueIntroduction::allows(&actor, &asked), pursues, "{actor:?}");
            assert_eq!(AnswerIntroduction::allows(&actor, &asked), answers, "{actor:?}");
            assert_eq!(ConcludeIntroduction::allows(&actor, &asked), pursues || answers, "{actor:?}");
            assert!(!ExpireIntroduction::allows(&actor, &()), "{actor:?}");
        }
        assert!(ExpireIntroduction::allows(&Actor::System, &()));
    }
}
