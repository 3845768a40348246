//! Who may do what with activities. Pure.

use super::model::{Audience, Entry};
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{ActivityId, OrganizationId},
    value::Role,
};
use uuid::Uuid;

/// Write down what was done, in the name of a side.
pub struct LogActivity;

impl Action for LogActivity {
    type Resource = OrganizationId;
    type Facts = (OrganizationId, Audience);
    const NAME: &'static str = "activity.log";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, (side, audience): &(OrganizationId, Audience)) -> bool {
        audience.sides.contains(side) && actor.holds(*side, Role::Member)
    }
}

/// Change or remove an entry: whoever wrote it, and the managers of that side.
pub struct ChangeActivity;

impl Action for ChangeActivity {
    type Resource = ActivityId;
    type Facts = Entry;
    const NAME: &'static str = "activity.change";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, entry: &Entry) -> bool {
        let side = entry.activity.organization_id;
        let wrote = match actor {
            Actor::Person(person) => entry.activity.actor_id == Some(Uuid::from(person.person)),
            Actor::Key(key) => entry.activity.actor_id == Some(Uuid::from(key.key)),
            Actor::Visitor | Actor::Operator | Actor::System => false,
        };
        entry.audience.sides.contains(&side)
            && (actor.holds(side, Role::Manager) || wrote && actor.holds(side, Role::Member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        activity::model::tests::{entry, organization},
        op::PersonActor,
    };
    use chrono::DateTime;
    use entity::{id::PersonId, value::OrganizationStatus};

    fn person(id: u128, number: u128, role: Role) -> Actor {
        Actor::Person(PersonActor {
            person: PersonId(Uuid::from_u128(id)),
            organization: organization(number),
            role,
            status: OrganizationStatus::Active,
            operator: number == 9,
            expires_at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn members_of_the_sides_write_and_authors_and_managers_change() {
        let entry = entry(None);
        for (actor, logs, changes) in [
            (person(7, 1, Role::Member), true, true),
            (person(7, 1, Role::Viewer), false, false),
            (person(8, 1, Role::Member), true, false),
            (person(8, 1, Role::Manager), true, true),
            (person(7, 2, Role::Member), true, false),
            (person(8, 2, Role::Owner), true, false),
            (person(8, 4, Role::Owner), false, false),
            (person(8, 9, Role::Owner), false, false),
            (Actor::Visitor, false, false),
        ] {
            let side = actor.organization().unwrap_or(organization(1));
            assert_eq!(LogActivity::allows(&actor, &(side, entry.audience.clone())), logs, "{actor:?}");
            assert_eq!(ChangeActivity::allows(&actor, &entry), changes, "{actor:?}");
        }
    }

    #[test]
    fn a_side_that_left_changes_nothing() {
        let mut entry = entry(None);
        entry.audience.sides.retain(|side| *side != organization(1));
        assert!(!ChangeActivity::allows(&person(7, 1, Role::Owner), &entry));
    }
}
