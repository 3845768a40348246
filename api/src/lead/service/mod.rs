//! The use cases of leads, one function a mutation.
//!
//! Each locks the lead's row first, so that all that happens to one lead happens in order.

mod answer;
mod convert;
mod due;
mod route;
mod write;

pub use answer::{accept, decline};
pub use convert::convert;
pub use due::{expire_due, next_expiry};
pub use route::{cancel, send};
pub use write::{Prepared, create, enter_in, prepare, update};

use super::{
    model::{Lead, Seen, Step},
    store::{self, LeadPosition},
};
use crate::{
    db::Tx,
    op::{Fault, Op, Outcome, Refusal},
};
use entity::id::LeadId;

/// At most `limit` leads that wait for the answer of the actor's organization behind a position, soonest expiry first.
///
/// # Errors
/// Database faults.
pub async fn list_waiting(op: &Op, after: Option<LeadPosition>, limit: u64) -> Result<Vec<Seen>, Fault> {
    store::list_waiting(op, after, limit).await
}

/// At most `limit` leads about a company with this registrable domain that are open to the actor's organization, the newest
/// first.
///
/// # Errors
/// [`Fault::Unauthenticated`] where the actor acts for no organization; database faults.
pub async fn list_open_of_company(op: &Op, domain: &str, limit: u64) -> Result<Vec<Seen>, Fault> {
    let own = op.actor.organization().ok_or(Fault::Unauthenticated)?;
    store::list_open_of_company(op, own, domain, limit).await
}

/// How many leads wait for the answer of the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count_waiting(op: &Op) -> Result<u64, Fault> {
    store::count_waiting(op).await
}

/// The visible lead that a use case is about, locked until the transaction ends.
async fn locked(tx: &Tx, op: &Op, id: LeadId) -> Outcome<Seen> {
    Ok(store::find_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?)
}

/// The place of the receiver that sees a lead so.
fn own_step(seen: &Seen) -> Result<&Step, Fault> {
    seen.step.as_ref().ok_or_else(|| Fault::internal("a receiver without a place"))
}

/// The place of the receiver that a lead is with.
async fn present_step(tx: &Tx, lead: &Lead) -> Result<Option<Step>, Fault> {
    let steps = store::list_steps_in(tx, lead.id).await?;
    Ok(steps.into_iter().find(|step| Some(step.organization_id) == lead.receiver_id))
}
