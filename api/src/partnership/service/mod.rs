//! The use cases of partnerships, one function a mutation.

mod change;
mod due;
mod invite;
mod waiting;

pub use change::{assign, end, leave, record_fact, update};
pub use due::{conclude_due, expire_due_invitations, next_conclusion, next_invitation_expiry};
pub use invite::{accept, cancel, decline, extend, invite};
pub use waiting::{count_waiting_invitations, list_waiting_invitations};

pub use super::store::{are_partners, are_partners_in};

use super::{
    model::{Partnership, Sides},
    store,
};
use crate::db::Tx;
use crate::op::Fault;

/// A partnership with its present parties.
async fn sides_of(tx: &Tx, partnership: Partnership) -> Result<Sides, Fault> {
    let parties = store::list_parties(&**tx, &[partnership.id]).await?;
    Ok(Sides { partnership, parties })
}
