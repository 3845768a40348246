//! The owner changes what a participant sees and may do.

use super::{find, leave::find_participant, not_archived, record_share, sides_of};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{FIELDS_ALL, Opportunity, ParticipantRole, SnapshotTrigger},
        policy::ShareOpportunity,
        store,
    },
    event,
    op::{Op, Outcome, Refusal, check_revision},
};
use entity::id::OpportunityId;

/// What a participant is to see and to be allowed; `None` leaves what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The slug of the participant.
    pub organization: String,
    /// What it sees, a set of fields.
    pub fields: Option<i32>,
    /// Whether it may invite others.
    pub may_invite: Option<bool>,
}

/// Changes what a participant sees and may do, and puts on record what is shared now.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_VALUE` for the owner itself, `INVALID_STATE` for a program's
/// host, which sees all, and for one that is archived.
pub async fn share(op: &Op, id: OpportunityId, share: Share, expected_revision: Option<i32>) -> Outcome<Opportunity> {
    op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<ShareOpportunity>(id, &sides)?;
    check_revision(expected_revision, sides.opportunity.revision)?;
    not_archived(&sides.opportunity)?;
    let side = find_participant(&tx, op, &sides, &share.organization).await?;
    if side.role == ParticipantRole::ProgramHost || sides.is_host(side.organization_id) {
        return Err(Refusal::invalid_state("The host of the program sees all that it reviews.").into());
    }
    let fields = share.fields.unwrap_or(side.fields) & FIELDS_ALL;
    let may_invite = share.may_invite.unwrap_or(side.may_invite);
    let organization = side.organization_id;
    if (fields, may_invite) == (side.fields, side.may_invite) {
        return Ok(sides.opportunity);
    }
    store::share_in(&tx, &permit, side, fields, may_invite).await?;
    let opportunity = store::touch_in(&tx, op, &permit, &sides.opportunity).await?;
    let after = sides_of(&tx, opportunity).await?;
    record_share(&tx, op, &permit, &after, organization, SnapshotTrigger::Granted).await?;
    event::record(&tx, op, OpportunityEvent::ShareChanged(&after, organization).facts()).await?;
    tx.commit().await?;
    Ok(after.opportunity)
}
