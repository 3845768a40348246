//! The proof that an action was allowed. Every write in a store asks for one, so that a forgotten check does not compile.

use super::{Actor, Denied, Op, Scope};
use entity::value::OrganizationStatus;
use std::marker::PhantomData;

/// Something that an actor may or may not do to a resource. Declared in a domain's `policy.rs`; the rule is pure.
pub trait Action {
    /// What is acted on, as an id.
    type Resource: Copy + Send + Sync;
    /// What the rule looks at.
    type Facts: ?Sized;
    /// The action's name in logs, for example `profile.update`.
    const NAME: &'static str;
    /// What an API key needs for it.
    const SCOPE: Scope;

    /// Whether `actor` may do it.
    fn allows(actor: &Actor, facts: &Self::Facts) -> bool;
}

/// Proof that [`Op::authorize`] allowed `A` on one resource.
pub struct Permit<A: Action> {
    resource: A::Resource,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Permit<A> {
    /// The resource that the permit is for. Writes take it from here, not from an argument.
    #[must_use]
    pub fn resource(&self) -> A::Resource {
        self.resource
    }
}

impl Op {
    /// Asks the rule of `A`, and logs a refusal.
    ///
    /// # Errors
    /// [`Denied`] says whether a sign-in, a scope or the right itself is missing.
    pub fn authorize<A: Action>(&self, resource: A::Resource, facts: &A::Facts) -> Result<Permit<A>, Denied> {
        let denied = match &self.actor {
            Actor::Visitor => Some(Denied::SignedOut),
            Actor::Key(key) if !key.scopes.contains(&A::SCOPE) => Some(Denied::Scope(A::SCOPE)),
            actor if actor.status() != Some(OrganizationStatus::Active) => Some(Denied::Inactive),
            actor if !A::allows(actor, facts) => Some(Denied::Rule),
            _ => None,
        };
        match denied {
            None => Ok(Permit { resource, action: PhantomData }),
            Some(denied) => {
                tracing::debug!(action = A::NAME, reason = ?denied, "action denied");
                Err(denied)
            }
        }
    }

    /// Asks that somebody is signed in: before an object is looked for, so that a visitor does not learn whether it exists.
    ///
    /// # Errors
    /// [`Denied::SignedOut`] for a visitor.
    pub fn signed_in(&self) -> Result<(), Denied> {
        match self.actor {
            Actor::Visitor => Err(Denied::SignedOut),
            Actor::Person(_) | Actor::Key(_) | Actor::Operator | Actor::System => Ok(()),
        }
    }

    /// Whether [`Op::authorize`] would allow it: what `viewerCanX` fields answer.
    #[must_use]
    pub fn may<A: Action>(&self, resource: A::Resource, facts: &A::Facts) -> bool {
        self.authorize::<A>(resource, facts).is_ok()
    }
}
