//! Who may do what with contacts. Pure.

use crate::op::{Action, Actor, Scope};
use entity::{id::OrganizationId, value::Role};

/// Enter and change contacts in the name of an organization.
pub struct KeepContacts;

impl Action for KeepContacts {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "contact.keep";
    const SCOPE: Scope = Scope::OpportunitiesWrite;

    fn allows(actor: &Actor, organization: &OrganizationId) -> bool {
        actor.holds(*organization, Role::Member)
    }
}

/// Whose contacts somebody may export and erase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those that this organization entered, and those that came into an opportunity of its own with a lead, as far as it
    /// may read who they are: whoever has a person's data before them can be asked for them, and to forget them.
    Own(OrganizationId),
    /// All of the installation: whoever runs it answers for all of it.
    Installation,
}

/// How far the actor reaches, should it be allowed to at all; `None` for whoever acts for nobody.
#[must_use]
pub fn reach(actor: &Actor) -> Option<Reach> {
    if actor.operates(Role::Admin) { Some(Reach::Installation) } else { actor.organization().map(Reach::Own) }
}

/// Export and erase a person's data.
pub struct ErasePerson;

impl Action for ErasePerson {
    type Resource = ();
    type Facts = Reach;
    const NAME: &'static str = "contact.erase";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, reach: &Reach) -> bool {
        match reach {
            Reach::Own(organization) => actor.holds(*organization, Role::Admin),
            Reach::Installation => actor.operates(Role::Admin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::PersonActor;
    use chrono::DateTime;
    use entity::{id::PersonId, value::OrganizationStatus};
    use uuid::Uuid;

    fn person(number: u128, role: Role) -> Actor {
        Actor::Person(PersonActor {
            person: PersonId(Uuid::nil()),
            organization: OrganizationId(Uuid::from_u128(number)),
            role,
            status: OrganizationStatus::Active,
            operator: number == 9,
            expires_at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn administrators_reach_their_own_and_those_of_the_operator_reach_all() {
        let own = Reach::Own(OrganizationId(Uuid::from_u128(1)));
        for (actor, reaches, allowed) in [
            (person(1, Role::Manager), Some(own), false),
            (person(1, Role::Admin), Some(own), true),
            (person(9, Role::Owner), Some(Reach::Installation), true),
            (person(9, Role::Manager), Some(Reach::Own(OrganizationId(Uuid::from_u128(9)))), false),
            (Actor::Visitor, None, false),
        ] {
            assert_eq!(reach(&actor), reaches, "{actor:?}");
            assert_eq!(reaches.is_some_and(|reach| ErasePerson::allows(&actor, &reach)), allowed, "{actor:?}");
        }
        assert!(!ErasePerson::allows(&person(2, Role::Owner), &own));
    }
}
