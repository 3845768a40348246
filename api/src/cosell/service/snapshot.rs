//! Somebody wants it on record what is shared now.

use super::{find, leave::find_participant, record_share};
use crate::{
    cosell::{
        event::OpportunityEvent,
        model::{Snapshot, SnapshotTrigger},
        policy::TakeSnapshot,
    },
    event,
    op::{ErrorCode, Op, Outcome, Refusal},
    organization,
};
use entity::id::OpportunityId;

/// Puts on record what a participant sees now: the owner for any of them, a participant for itself. Where nothing has
/// changed since the last record, that one is given back.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED` for another than oneself, `REQUIRED` where the owner does not say for whom, `INVALID_VALUE`
/// for the owner itself.
pub async fn take_snapshot(op: &Op, id: OpportunityId, slug: Option<&str>) -> Outcome<Snapshot> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let sides = find(&tx, op, id).await?;
    let permit = op.authorize::<TakeSnapshot>(id, &sides)?;
    let path = "input.organization";
    let of = match slug {
        Some(slug) if sides.is_owner(own) => find_participant(&tx, op, &sides, slug).await?.organization_id,
        None if sides.is_owner(own) => {
            return Err(Refusal::of(path, ErrorCode::Required, "Say for which participant.").into());
        }
        None => own,
        Some(slug) => match organization::service::find_by_slug_in(&tx, op, slug).await? {
            Some(found) if found.id == own => own,
            _ => {
                let message = "A participant puts on record what was shared with itself.";
                return Err(Refusal::of(path, ErrorCode::NotAllowed, message).into());
            }
        },
    };
    let (snapshot, is_new) = record_share(&tx, op, &permit, &sides, of, SnapshotTrigger::Taken).await?;
    if is_new {
        event::record(&tx, op, OpportunityEvent::SnapshotTaken(&sides, &snapshot).facts()).await?;
        tx.commit().await?;
    }
    Ok(snapshot)
}
