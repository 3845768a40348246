//! The use cases of co-selling, one function a mutation.

mod answer;
mod archive;
mod contact;
mod create;
mod expire;
mod invite;
mod leave;
mod record;
mod review;
mod settle;
mod share;
mod side;
mod snapshot;
mod update;
mod waiting;

pub use answer::{accept, decline};
pub use archive::archive;
pub use contact::{add_contact, remove_contact, update_contact};
pub use create::{Create, create, enter_in};
pub use expire::{expire_due_invitations, next_invitation_expiry};
pub use invite::{cancel, invite};
pub use leave::{leave, revoke};
pub use review::{Decision, decide, submit};
pub use share::{Share, share};
pub(super) use side::advance_in;
pub use side::{advance, update_side};
pub use snapshot::take_snapshot;
pub use update::update;
pub(super) use update::{Updated, update_in};
pub use waiting::{count_reviews, count_waiting_invitations, list_reviews, list_waiting_invitations};

use super::{
    model::{ContentPatch, LISTINGS_MAX, Opportunity, Participant, RelatedListing, Sides},
    store,
};
use crate::{
    db::Tx,
    marketplace::model::ListingKind,
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check},
};
use entity::id::{ListingId, OpportunityId, OrganizationId};
use record::{record_share, record_update};

/// At most `limit` open opportunities for a customer with this registrable domain that the actor may see with their
/// customer, the newest first.
///
/// # Errors
/// Database faults.
pub async fn list_open_of_customer(op: &Op, domain: &str, limit: u64) -> Result<Vec<Opportunity>, Fault> {
    store::list_open_of_customer(op, domain, limit).await
}

/// The visible opportunity with this id, locked, with those who take part.
async fn find(tx: &Tx, op: &Op, id: OpportunityId) -> Outcome<Sides> {
    let opportunity = store::find_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    Ok(sides_of(tx, opportunity).await?)
}

pub(super) async fn sides_of(tx: &Tx, opportunity: Opportunity) -> Result<Sides, Fault> {
    let participants = store::list_participants(&**tx, &[opportunity.id]).await?;
    Ok(Sides { opportunity, participants })
}

/// The actor's own side.
fn own_side(sides: &Sides, own: OrganizationId) -> Result<&Participant, Refusal> {
    sides.side(own).ok_or_else(|| Refusal::not_found("id"))
}

fn not_archived(opportunity: &Opportunity) -> Result<(), Refusal> {
    match opportunity.archived_at {
        None => Ok(()),
        Some(_) => Err(Refusal::invalid_state("The opportunity is archived.")),
    }
}

/// Refuses a key for what only named people see.
fn is_somebody(op: &Op, path: &str) -> Result<(), Refusal> {
    match op.actor.person() {
        Some(_) => Ok(()),
        None => {
            let message = "A confidential opportunity is seen by named people only, and a key is none.";
            Err(Refusal::of(path, ErrorCode::InvalidValue, message))
        }
    }
}

/// The listings that a change names, looked up: of an integration both ends are named.
async fn find_listings(tx: &Tx, op: &Op, patch: &ContentPatch) -> Outcome<Option<Vec<(ListingId, Option<ListingId>)>>> {
    const PATH: &str = "input.relatedListings";
    let Some(wanted) = &patch.listings else { return Ok(None) };
    check::at_most(PATH, wanted.len(), LISTINGS_MAX)?;
    let mut found = Vec::new();
    for listing in wanted {
        let one = store::find_listing_in(tx, op, &listing.listing).await?;
        let (one, kind) = one.ok_or_else(|| Refusal::not_found(PATH))?;
        let other = match &listing.integrates_with {
            None if kind == ListingKind::Integration => {
                let message = "Of an integration, name the listing that it integrates with as well.";
                return Err(Refusal::of(PATH, ErrorCode::Required, message).into());
            }
            None => None,
            Some(slug) => {
                let (other, _) = store::find_listing_in(tx, op, slug).await?.ok_or_else(|| Refusal::not_found(PATH))?;
                if !store::are_integrated_in(tx, one, other).await? {
                    let message = "No integration of the two is listed.";
                    return Err(Refusal::of(PATH, ErrorCode::InvalidValue, message).into());
                }
                Some(other)
            }
        };
        if found.contains(&(one, other)) {
            return Err(Refusal::of(PATH, ErrorCode::InvalidValue, "A listing is named once.").into());
        }
        found.push((one, other));
    }
    Ok(Some(found))
}

/// The same as pairs, to compare with what was asked for.
fn pairs(listings: &[RelatedListing]) -> Vec<(ListingId, Option<ListingId>)> {
    listings.iter().map(|listing| (listing.listing_id, listing.integrates_with_id)).collect()
}
