//! Who may do what with account lists. Pure. Members read them; what leaves or enters the house is a manager's.

use super::model::AccountList;
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{AccountListId, OrganizationId},
    value::Role,
};

/// Make a list in the name of one's own organization.
pub struct CreateAccountList;

impl Action for CreateAccountList {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "account_list.create";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, organization: &OrganizationId) -> bool {
        actor.holds(*organization, Role::Manager)
    }
}

/// Change a list and its accounts, and delete it.
pub struct ManageAccountList;

impl Action for ManageAccountList {
    type Resource = AccountListId;
    type Facts = AccountList;
    const NAME: &'static str = "account_list.manage";
    const SCOPE: Scope = Scope::PartnershipsWrite;

    fn allows(actor: &Actor, list: &AccountList) -> bool {
        actor.holds(list.organization_id, Role::Manager)
    }
}

/// Remove what no reader sees any more, and what a writer that died has left: the system's.
pub struct TidyAccountList;

impl Action for TidyAccountList {
    type Resource = AccountListId;
    type Facts = ();
    const NAME: &'static str = "account_list.tidy";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::model::tests::{list, organization},
        op::{KeyActor, PersonActor},
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
    fn managers_run_the_lists_of_their_own_organization() {
        let list = list();
        let key = Actor::Key(KeyActor {
            key: Uuid::nil().into(),
            organization: organization(1),
            scopes: Vec::new(),
            status: OrganizationStatus::Active,
            operator: false,
            expires_at: None,
        });
        for (actor, manages) in [
            (person(1, Role::Viewer), false),
            (person(1, Role::Member), false),
            (person(1, Role::Manager), true),
            (person(1, Role::Owner), true),
            (person(2, Role::Owner), false),
            // Whoever runs the installation has no part in its customers; the command line has.
            (person(9, Role::Owner), false),
            (Actor::Operator, true),
            (Actor::Visitor, false),
            // What a key lacks is asked for before the rule.
            (key, true),
        ] {
            assert_eq!(ManageAccountList::allows(&actor, &list), manages, "{actor:?}");
            assert_eq!(CreateAccountList::allows(&actor, &organization(1)), manages, "{actor:?}");
            assert!(!TidyAccountList::allows(&actor, &()), "{actor:?}");
        }
        assert!(TidyAccountList::allows(&Actor::System, &()));
    }
}
