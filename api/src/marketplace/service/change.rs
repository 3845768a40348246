//! Editing listings: a draft at once, what was published as a change that the operator decides on.

use super::{listing::forget_change_in, listing_in, reason, trail_in};
use crate::db::Tx;
use crate::{
    event,
    marketplace::{
        event::{ChangeStep, ListingStep, MarketplaceEvent},
        model::{ChangeStatus, EditMode, Listing, ListingChange, ListingPatch, checked, edit_mode},
        policy::{EditListing, JudgeListing, RunListing},
        store,
    },
    op::{Failure, Fault, Op, Outcome, Refusal, check_revision},
};
use entity::id::{ListingChangeId, ListingId};

/// What came of an edit.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The listing as it is now.
    pub listing: Listing,
    /// The change that waits, where the edit needs the operator's word.
    pub change: Option<ListingChange>,
}

/// Edits a listing. A draft changes at once; of a published or restricted listing the edit becomes its open change, in
/// place of an earlier one that is still open.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`,
/// `INVALID_VALUE`.
pub async fn edit_listing(
    op: &Op,
    id: ListingId,
    patch: ListingPatch,
    expected_revision: Option<i32>,
) -> Outcome<Edited> {
    op.signed_in()?;
    let patch = checked(patch)?;
    let tx = op.db().begin().await?;
    let before = listing_in(&tx, op, id, "id").await?;
    let permit = op.authorize::<EditListing>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    let mode = edit_mode(before.status).ok_or_else(|| {
        Refusal::invalid_state("What is in review or archived cannot be edited; withdraw what is in review first.")
    })?;
    let trail = trail_in(&tx, op, before.vendor_id).await?;
    let edited = match mode {
        EditMode::Direct => {
            let after = store::apply_in(&tx, op, &permit, &before, &patch).await?;
            let fact = MarketplaceEvent::Listing(trail, ListingStep::Updated, &before, &after);
            event::record(&tx, op, fact.facts()).await?;
            Edited { listing: after, change: None }
        }
        EditMode::Reviewed => {
            store::verify_in(&tx, op, id, &patch).await?;
            let mut facts = forget_change_in(&tx, op, &permit, id, trail).await?;
            let change = store::open_change_in(&tx, op, &permit, &patch).await?;
            facts.extend(MarketplaceEvent::Change(trail, ChangeStep::Proposed, &change).facts());
            event::record(&tx, op, facts).await?;
            Edited { listing: before, change: Some(change) }
        }
    };
    tx.commit().await?;
    Ok(edited)
}

/// Takes an open change over.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`; `INVALID_STATE` where it is not open any more.
pub async fn approve_change(op: &Op, id: ListingChangeId) -> Outcome<Edited> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let (before, change) = open_in(&tx, op, id).await?;
    let permit = op.authorize::<JudgeListing>(before.id, &())?;
    let change = still_open(change)?;
    let patch: ListingPatch = serde_json::from_value(change.proposal.clone()).map_err(Fault::internal)?;
    let after = store::apply_in(&tx, op, &permit, &before, &patch).await?;
    let closed = store::close_change_in(&tx, op, &permit, &change, ChangeStatus::Approved, None).await?;
    let trail = trail_in(&tx, op, after.vendor_id).await?;
    let mut facts = MarketplaceEvent::Change(trail, ChangeStep::Approved, &closed).facts();
    facts.extend(MarketplaceEvent::Listing(trail, ListingStep::Updated, &before, &after).facts());
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(Edited { listing: after, change: Some(closed) })
}

/// Refuses an open change.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`; `INVALID_STATE` where it is not open any more.
pub async fn reject_change(op: &Op, id: ListingChangeId, why: &str) -> Outcome<Edited> {
    op.signed_in()?;
    let why = reason(why)?;
    let tx = op.db().begin().await?;
    let (listing, change) = open_in(&tx, op, id).await?;
    let permit = op.authorize::<JudgeListing>(listing.id, &())?;
    let change = still_open(change)?;
    let closed = store::close_change_in(&tx, op, &permit, &change, ChangeStatus::Rejected, Some(why)).await?;
    let trail = trail_in(&tx, op, listing.vendor_id).await?;
    event::record(&tx, op, MarketplaceEvent::Change(trail, ChangeStep::Rejected, &closed).facts()).await?;
    tx.commit().await?;
    Ok(Edited { listing, change: Some(closed) })
}

/// Takes an open change back.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`; `INVALID_STATE` where it is not open any more.
pub async fn withdraw_change(op: &Op, id: ListingChangeId) -> Outcome<Edited> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let (listing, change) = open_in(&tx, op, id).await?;
    let permit = op.authorize::<RunListing>(listing.id, &listing)?;
    let change = still_open(change)?;
    let closed = store::close_change_in(&tx, op, &permit, &change, ChangeStatus::Withdrawn, None).await?;
    let trail = trail_in(&tx, op, listing.vendor_id).await?;
    event::record(&tx, op, MarketplaceEvent::Change(trail, ChangeStep::Withdrawn, &closed).facts()).await?;
    tx.commit().await?;
    Ok(Edited { listing, change: Some(closed) })
}

/// The visible change and its listing, the listing locked; the change is read again under that lock.
async fn open_in(tx: &Tx, op: &Op, id: ListingChangeId) -> Result<(Listing, ListingChange), Failure> {
    let missing = || Refusal::not_found("id");
    let known = store::find_change_in(tx, op, id).await?.ok_or_else(missing)?;
    let listing = listing_in(tx, op, known.listing_id, "id").await?;
    let change = store::find_change_in(tx, op, id).await?.ok_or_else(missing)?;
    Ok((listing, change))
}

fn still_open(change: ListingChange) -> Result<ListingChange, Refusal> {
    match change.status {
        ChangeStatus::Pending => Ok(change),
        ChangeStatus::Approved | ChangeStatus::Rejected | ChangeStatus::Withdrawn => {
            Err(Refusal::invalid_state("The change is not open any more."))
        }
    }
}
