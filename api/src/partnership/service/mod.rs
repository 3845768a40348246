//! The use cases of partnerships, one function a mutation.

mod change;
mod due;
mod invite;

pub use change::{assign, end, leave, record_fact, update};
pub use due::{conclude_due, expire_due_invitations, next_conclusion, next_invitation_expiry};
pub use invite::{accept, cancel, decline, extend, invite};

pub use super::store::{are_partners, are_partners_in};

use super::{
    model::{Partnership, Sides},
    store,
};
use crate::db::Tx;
use crate::op::{Actor, ErrorCode, Failure, Fault, Op, Refusal};
use entity::id::OrganizationId;

/// The organization that the actor acts for.
///
/// # Errors
/// [`Fault::Unauthenticated`] for a visitor, `NOT_ALLOWED` for the command line, which acts for none.
pub fn own_organization(op: &Op) -> Result<OrganizationId, Failure> {
    match &op.actor {
        Actor::Visitor => Err(Fault::Unauthenticated.into()),
        actor => actor.organization().ok_or_else(|| {
            Refusal::of("", ErrorCode::NotAllowed, "This is done in the name of an organization.").into()
        }),
    }
}

/// A partnership with its present parties.
async fn sides_of(tx: &Tx, partnership: Partnership) -> Result<Sides, Fault> {
    let parties = store::list_parties(&**tx, &[partnership.id]).await?;
    Ok(Sides { partnership, parties })
}
