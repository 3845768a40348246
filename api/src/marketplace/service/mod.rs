//! The use cases of the marketplace, one function a mutation.

mod category;
mod change;
mod listing;
mod review;

pub use category::{create_category, move_category, rename_category};
pub use change::{Edited, approve_change, edit_listing, reject_change, withdraw_change};
pub use listing::{
    approve_listing, archive_listing, create_listing, may_edit, reject_listing, restore_listing, restrict_listing,
    set_badges, submit_listing, withdraw_listing,
};
pub use review::{publish_review, reject_review, remove_review, submit_review, update_review};

use super::{
    model::{Listing, REASON_MAX},
    store,
};
use crate::db::Tx;
use crate::op::{Fault, Op, Outcome, Refusal, check};
use entity::id::{ListingId, OrganizationId};
use uuid::Uuid;

/// The visible listing with this id, locked.
async fn listing_in(tx: &Tx, op: &Op, id: ListingId, path: &str) -> Outcome<Listing> {
    Ok(store::find_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found(path))?)
}

/// Whose trail tells of what has no owner: the actor's organization, or the one that runs the installation.
async fn trail_in(tx: &Tx, op: &Op, owner: Option<OrganizationId>) -> Result<OrganizationId, Fault> {
    if let Some(known) = owner.or(op.actor.organization()) {
        return Ok(known);
    }
    // Before there is an operator, only the command line acts, and it has no organization.
    Ok(store::operator_in(tx).await?.unwrap_or(OrganizationId(Uuid::nil())))
}

/// A reason, which a decision against somebody needs.
fn reason(text: &str) -> Result<String, Refusal> {
    check::paragraph("input.reason", text, REASON_MAX)
}
