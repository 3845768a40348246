//! Who may do what with an organization. Pure: each rule sees the actor and the facts, nothing else.

use super::model::{Organization, Role};
use crate::op::{Action, Actor, Scope};
use entity::id::OrganizationId;

/// Change name, seat and public page.
pub struct UpdateOrganization;

impl Action for UpdateOrganization {
    type Resource = OrganizationId;
    type Facts = Organization;
    const NAME: &'static str = "organization.update";
    const SCOPE: Scope = Scope::OrganizationWrite;

    fn allows(actor: &Actor, organization: &Organization) -> bool {
        actor.holds(organization.id, Role::Manager) || actor.operates(Role::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_holds_no_role() {
        assert!(!Actor::Visitor.holds(OrganizationId(uuid::Uuid::nil()), Role::Viewer));
        assert!(!Actor::Visitor.operates(Role::Viewer));
    }
}
