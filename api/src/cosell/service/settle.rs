//! What becomes of the owner's edits that waited for a review.

use super::{find_listings, update::apply_in};
use crate::{
    cosell::{
        model::{ContentPatch, Part, ReviewStatus, Sides, applicable, apply, editable},
        policy::ReviewOpportunity,
        store,
    },
    db::Tx,
    op::{Failure, Fault, Op, Outcome, Permit, Refusal},
};
use entity::{id::ListingId, value::ChangeStatus};

/// What became of them.
pub(super) struct Settled {
    /// The opportunity as it is.
    pub(super) after: Sides,
    /// What changed.
    pub(super) applied: Vec<Part>,
    /// What is given up.
    pub(super) given_up: Vec<Part>,
}

/// Applies what may be edited in the state that the review has reached. They are the owner's edits, checked as such when
/// they were made, so whether the host could have made them is not asked. The host's decision stands, whatever of them
/// cannot be applied any more.
pub(super) async fn settle(tx: &Tx, op: &Op, permit: &Permit<ReviewOpportunity>, sides: Sides) -> Outcome<Settled> {
    let status = sides.opportunity.review_status;
    let waiting = match status {
        ReviewStatus::InReview => None,
        _ => store::find_pending_in(tx, sides.opportunity.id).await?,
    };
    let Some(waiting) = waiting else {
        return Ok(Settled { after: sides, applied: Vec::new(), given_up: Vec::new() });
    };
    let patch: ContentPatch = serde_json::from_value(waiting.patch.clone()).map_err(Fault::internal)?;
    if status == ReviewStatus::Rejected {
        store::settle_change_in(tx, op, permit, waiting, ChangeStatus::Rejected).await?;
        return Ok(Settled { after: sides, applied: Vec::new(), given_up: patch.parts() });
    }
    let allowed = editable(status);
    let (now, later) = patch.split(|part| allowed.allows(part));
    let (now, mut given_up) = applicable(&sides.opportunity, now, op.today());
    let now = without_taken(tx, op, &sides, now, &mut given_up).await?;
    let (now, listings) = with_listings(tx, op, now, &mut given_up).await?;
    // Only another change of the same moment refuses it now, and the transaction cannot go on after that.
    let again = |failure: Failure| match failure {
        Failure::Refused(_) => {
            Refusal::invalid_state("Something else was changed at the same moment; try again.").into()
        }
        fault => fault,
    };
    let (after, applied) = apply_in(tx, op, permit, &sides, &now, listings).await.map_err(again)?;
    if later.is_empty() {
        let outcome = if now.is_empty() { ChangeStatus::Rejected } else { ChangeStatus::Approved };
        store::settle_change_in(tx, op, permit, waiting, outcome).await?;
    } else {
        store::update_change_in(tx, op, permit, waiting, &later).await?;
    }
    Ok(Settled { after, applied, given_up })
}

/// The change without an external id that another opportunity has got meanwhile.
async fn without_taken(
    tx: &Tx,
    op: &Op,
    sides: &Sides,
    patch: ContentPatch,
    given_up: &mut Vec<Part>,
) -> Outcome<ContentPatch> {
    let row = apply(&sides.opportunity, &patch, op.today())?;
    if patch.external_id.is_none() || !store::external_id_taken_in(tx, &row).await? {
        return Ok(patch);
    }
    given_up.push(Part::ExternalId);
    Ok(patch.split(|part| part != Part::ExternalId).0)
}

type Found = Option<Vec<(ListingId, Option<ListingId>)>>;

/// The listings of the change, found whoever may see them; the change without them where one is gone.
async fn with_listings(
    tx: &Tx,
    op: &Op,
    patch: ContentPatch,
    given_up: &mut Vec<Part>,
) -> Outcome<(ContentPatch, Found)> {
    match find_listings(tx, &op.as_system(), &patch).await {
        Ok(found) => Ok((patch, found)),
        Err(Failure::Refused(_)) => {
            given_up.push(Part::Listings);
            Ok((patch.split(|part| part != Part::Listings).0, None))
        }
        Err(fault) => Err(fault),
    }
}
