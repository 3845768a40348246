//! Who may do what with webhooks. Pure.

use super::model::Endpoint;
use crate::op::{Action, Actor, Scope};
use entity::{
    id::{OrganizationId, WebhookEndpointId},
    value::Role,
};

/// Make an endpoint in the name of one's own organization.
pub struct CreateEndpoint;

impl Action for CreateEndpoint {
    type Resource = OrganizationId;
    type Facts = OrganizationId;
    const NAME: &'static str = "webhook_endpoint.create";
    const SCOPE: Scope = Scope::WebhooksWrite;

    fn allows(actor: &Actor, organization: &OrganizationId) -> bool {
        runs(actor, *organization)
    }
}

/// Change an endpoint, have another secret made, have messages sent again. Not the operator's people: they would see the
/// secret, and lead the alerts elsewhere.
pub struct ChangeEndpoint;

impl Action for ChangeEndpoint {
    type Resource = WebhookEndpointId;
    type Facts = Endpoint;
    const NAME: &'static str = "webhook_endpoint.change";
    const SCOPE: Scope = Scope::WebhooksWrite;

    fn allows(actor: &Actor, endpoint: &Endpoint) -> bool {
        runs(actor, endpoint.organization_id)
    }
}

/// Remove an endpoint.
pub struct RemoveEndpoint;

impl Action for RemoveEndpoint {
    type Resource = WebhookEndpointId;
    type Facts = Endpoint;
    const NAME: &'static str = "webhook_endpoint.remove";
    const SCOPE: Scope = Scope::WebhooksWrite;

    fn allows(actor: &Actor, endpoint: &Endpoint) -> bool {
        runs(actor, endpoint.organization_id) || actor.operates(Role::Admin)
    }
}

/// Send to an endpoint and note what came of it: the courier's.
pub struct SendToEndpoint;

impl Action for SendToEndpoint {
    type Resource = WebhookEndpointId;
    type Facts = ();
    const NAME: &'static str = "webhook_endpoint.send";
    const SCOPE: Scope = Scope::Administration;

    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::System)
    }
}

/// Administrators, and a key that was made for it: its scope is asked for besides.
fn runs(actor: &Actor, organization: OrganizationId) -> bool {
    let needed = if matches!(actor, Actor::Key(_)) { Role::Manager } else { Role::Admin };
    !matches!(actor, Actor::System) && actor.holds(organization, needed)
}

/// Whether the actor may read the endpoints of the organization and what was sent to them.
#[must_use]
pub fn sees_endpoints(actor: &Actor, organization: OrganizationId) -> bool {
    let within_scope = match actor {
        Actor::Key(key) => key.scopes.contains(&Scope::WebhooksWrite),
        _ => true,
    };
    within_scope && (runs(actor, organization) || actor.operates(Role::Admin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        op::{KeyActor, PersonActor},
        webhook::model::tests::endpoint,
    };
    use chrono::DateTime;
    use entity::value::OrganizationStatus;
    use uuid::Uuid;

    fn person(organization: u128, role: Role) -> Actor {
        Actor::Person(PersonActor {
            person: Uuid::nil().into(),
            organization: Uuid::from_u128(organization).into(),
            role,
            status: OrganizationStatus::Active,
            operator: organization == 9,
            expires_at: DateTime::UNIX_EPOCH,
        })
    }

    fn key(organization: u128, scopes: &[Scope]) -> Actor {
        Actor::Key(KeyActor {
            key: Uuid::nil().into(),
            organization: Uuid::from_u128(organization).into(),
            scopes: scopes.to_vec(),
            status: OrganizationStatus::Active,
            operator: false,
            expires_at: None,
        })
    }

    #[test]
    fn administrators_and_keys_made_for_it_run_their_own_endpoints() {
        let endpoint = endpoint();
        for (actor, changes, removes, sees) in [
            (person(2, Role::Admin), true, true, true),
            (person(2, Role::Owner), true, true, true),
            (person(2, Role::Manager), false, false, false),
            (person(3, Role::Owner), false, false, false),
            (person(9, Role::Admin), false, true, true),
            (person(9, Role::Manager), false, false, false),
            (key(2, &[Scope::WebhooksWrite]), true, true, true),
            // What it lacks is asked for before the rule.
            (key(2, &[]), true, true, false),
            (key(3, &[Scope::WebhooksWrite]), false, false, false),
            (Actor::Visitor, false, false, false),
        ] {
            assert_eq!(ChangeEndpoint::allows(&actor, &endpoint), changes, "{actor:?}");
            assert_eq!(CreateEndpoint::allows(&actor, &endpoint.organization_id), changes, "{actor:?}");
            assert_eq!(RemoveEndpoint::allows(&actor, &endpoint), removes, "{actor:?}");
            assert_eq!(sees_endpoints(&actor, endpoint.organization_id), sees, "{actor:?}");
            assert!(!SendToEndpoint::allows(&actor, &()), "{actor:?}");
        }
        assert!(SendToEndpoint::allows(&Actor::System, &()));
    }
}
