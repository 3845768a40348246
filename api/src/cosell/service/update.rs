//! The owner changes the content. While a review runs, its edits are kept until the review ends.

use super::{find, find_listings, is_somebody, not_archived, own_side, pairs, record_update, sides_of};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{ContentPatch, Editable, Opportunity, Part, PendingChange, Sides, apply, changed_parts, editable},
        policy::UpdateOpportunity,
        store,
    },
    db::Tx,
    event,
    op::{Action, ErrorCode, Fault, Op, Outcome, Permit, Refusal, check_revision},
};
use entity::id::{ListingId, OpportunityId};

/// Changes the content; gives the opportunity as it is, and the edits that wait for the end of a review, if any do.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for what the review does not let change and for one
/// that is archived, and those of `opportunityCreate`.
pub async fn update(
    op: &Op,
    id: OpportunityId,
    patch: ContentPatch,
    expected_revision: Option<i32>,
) -> Outcome<(Opportunity, Option<PendingChange>)> {
    op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<UpdateOpportunity>(id, &sides)?;
    check_revision(expected_revision, sides.opportunity.revision)?;
    let Updated { after, waiting, facts } = update_in(&tx, op, &permit, sides, patch).await?;
    if !facts.is_empty() {
        event::record(&tx, op, facts).await?;
    }
    tx.commit().await?;
    Ok((after.opportunity, waiting))
}

/// What came of a change of the content.
pub(in crate::cosell) struct Updated {
    /// The opportunity as it is.
    pub(in crate::cosell) after: Sides,
    /// The edits that wait for the end of a review.
    pub(in crate::cosell) waiting: Option<PendingChange>,
    /// What to record; empty where nothing was changed.
    pub(in crate::cosell) facts: Vec<event::Fact>,
}

/// Changes the content inside of a transaction whose owner has locked the opportunity and records the facts.
///
/// # Errors
/// As [`update`], but for the revision.
pub(in crate::cosell) async fn update_in(
    tx: &Tx,
    op: &Op,
    permit: &Permit<UpdateOpportunity>,
    sides: Sides,
    patch: ContentPatch,
) -> Outcome<Updated> {
    not_archived(&sides.opportunity)?;
    if patch.confidential == Some(true) {
        is_somebody(op, "input.confidential")?;
    }
    let allowed = editable(sides.opportunity.review_status);
    match allowed {
        Editable::Later => return keep(tx, op, permit, sides, patch).await,
        Editable::All | Editable::Parts(_) | Editable::Nothing => {}
    }
    if let Some(part) = patch.parts().into_iter().find(|part| !allowed.allows(*part)) {
        let word = serde_json::to_value(part).map_err(Fault::internal)?;
        let message = format!("In this state of the review {} cannot be changed.", word.as_str().unwrap_or_default());
        return Err(Refusal::invalid_state(message).into());
    }
    if patch.confidential == Some(true)
        && let (Some(person), Some(own)) = (op.actor.person(), op.actor.organization())
    {
        store::add_to_team_in(tx, op, permit, permit.resource(), own, person).await?;
    }
    let (after, parts) = change_in(tx, op, permit, &sides, &patch).await?;
    let facts = match parts.is_empty() {
        true => Vec::new(),
        false => OpportunityEvent::Updated { after: &after, parts: &parts }.facts(),
    };
    Ok(Updated { after, waiting: None, facts })
}

/// Applies a change of the actor's; gives what came of it and what changed. Without a change the revision stays.
async fn change_in<A: Action<Resource = OpportunityId>>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    sides: &Sides,
    patch: &ContentPatch,
) -> Outcome<(Sides, Vec<Part>)> {
    let listings = find_listings(tx, op, patch).await?;
    apply_in(tx, op, permit, sides, patch, listings).await
}

/// The same with the listings of the change, which were found before.
pub(super) async fn apply_in<A: Action<Resource = OpportunityId>>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    sides: &Sides,
    patch: &ContentPatch,
    listings: Option<Vec<(ListingId, Option<ListingId>)>>,
) -> Outcome<(Sides, Vec<Part>)> {
    let before = &sides.opportunity;
    let after = apply(before, patch, op.today())?;
    let mut parts = changed_parts(before, &after);
    if parts.contains(&Part::ExternalId) && store::external_id_taken_in(tx, &after).await? {
        return Err(Refusal::of("input.externalId", ErrorCode::Taken, "This value is taken.").into());
    }
    if let Some(listings) = listings {
        let there = store::list_listings(&**tx, &[before.id]).await?;
        if pairs(&there) != listings {
            store::replace_listings_in(tx, permit, before.id, &listings).await?;
            parts.push(Part::Listings);
        }
    }
    if parts.is_empty() {
        return Ok((sides.clone(), parts));
    }
    let opportunity = store::update_in(tx, op, permit, before, after).await?;
    if parts.contains(&Part::Confidential) && opportunity.confidential {
        // Its past is for named people only, too.
        event::feed::restrict(tx, &store::list_told_in(tx, before.id).await?, before.id).await?;
    }
    if parts.contains(&Part::TargetCloseDate) {
        let owner = own_side(sides, before.owner_organization_id)?;
        store::write_side_in(tx, op, permit, owner, Some(opportunity.target_close_date), None).await?;
    }
    let after = sides_of(tx, opportunity).await?;
    record_update(tx, op, permit, &after, |side| parts.iter().any(|part| part.is_shared(side.fields))).await?;
    Ok((after, parts))
}

/// Keeps edits until the review ends. They are checked as if they were applied now, on top of those that wait; edits that
/// wait already change nothing.
async fn keep(
    tx: &Tx,
    op: &Op,
    permit: &Permit<UpdateOpportunity>,
    sides: Sides,
    patch: ContentPatch,
) -> Outcome<Updated> {
    let before = &sides.opportunity;
    let waiting = store::find_pending_in(tx, before.id).await?;
    let parts = patch.parts();
    let earlier = match &waiting {
        Some(waiting) => serde_json::from_value(waiting.patch.clone()).map_err(Fault::internal)?,
        None => ContentPatch::default(),
    };
    let merged = earlier.clone().merged(patch);
    if merged == earlier {
        return Ok(Updated { after: sides, waiting, facts: Vec::new() });
    }
    checked(tx, op, before, &merged).await?;
    let kept = match waiting {
        None => store::insert_change_in(tx, op, permit, before, &merged).await?,
        Some(waiting) => store::update_change_in(tx, op, permit, waiting, &merged).await?,
    };
    let opportunity = store::touch_in(tx, op, permit, before).await?;
    let after = Sides { opportunity, ..sides };
    let facts = OpportunityEvent::EditKept(&after, &parts).facts();
    Ok(Updated { after, waiting: Some(kept), facts })
}

async fn checked(tx: &Tx, op: &Op, before: &Opportunity, patch: &ContentPatch) -> Outcome<()> {
    apply(before, patch, op.today())?;
    find_listings(tx, op, patch).await?;
    Ok(())
}
