//! The owner puts an opportunity away that nobody works on, and takes it back. Nothing is ever removed.

use super::{find, invite::canceled, sides_of};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{Opportunity, ReviewStatus},
        policy::SubmitOpportunity,
        store,
    },
    event,
    op::{Op, Outcome, Refusal, check_revision},
};
use entity::id::OpportunityId;

/// Puts an opportunity away, with its open invitations, or takes it back.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` where it is so already and while a review runs.
pub async fn archive(
    op: &Op,
    id: OpportunityId,
    archived: bool,
    expected_revision: Option<i32>,
) -> Outcome<Opportunity> {
    op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<SubmitOpportunity>(id, &sides)?;
    let before = &sides.opportunity;
    check_revision(expected_revision, before.revision)?;
    if before.archived_at.is_some() == archived {
        let message = if archived { "It is archived already." } else { "It is not archived." };
        return Err(Refusal::invalid_state(message).into());
    }
    if matches!(before.review_status, ReviewStatus::Submitted | ReviewStatus::InReview) {
        return Err(Refusal::invalid_state("It is under review.").into());
    }
    let closed = if archived { store::cancel_open_of_in(&tx, op, &permit, None).await? } else { Vec::new() };
    let opportunity = store::archive_in(&tx, op, &permit, before, archived).await?;
    let after = sides_of(&tx, opportunity).await?;
    let mut facts = OpportunityEvent::Archived(&after).facts();
    facts.extend(canceled(&after, &closed));
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(after.opportunity)
}
