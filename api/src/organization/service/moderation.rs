//! Profile changes that wait for a moderator.

use super::{locked, profile::proposal};
use crate::db::Tx;
use crate::{
    event,
    op::{Fault, Op, Outcome, Permit, Refusal, check},
    organization::{
        event::OrganizationEvent,
        model::{ChangeStatus, Organization, ProfileChange, REASON_MAX},
        policy::{ModerateProfile, SetModerated, UpdateProfile},
        store,
    },
};
use entity::id::{OrganizationId, ProfileChangeId};

/// Takes a change over into the public profile.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn approve_change(op: &Op, id: ProfileChangeId) -> Outcome<ProfileChange> {
    let tx = op.db().begin().await?;
    let (organization, before, permit) = to_decide(&tx, op, id).await?;
    let shown = store::profile_in(&tx, organization.id).await?;
    let approved = proposal(&before)?;
    store::set_profile_in(&tx, op, &permit, organization.id, &approved).await?;
    let after = store::settle_change_in(&tx, op, &permit, before.clone(), ChangeStatus::Approved, None).await?;
    let organization = store::raise_revision_in(&tx, op, &permit, &organization).await?;
    store::reindex_in(&tx, &organization).await?;
    let updated =
        OrganizationEvent::ProfileUpdated { organization: organization.id, before: shown.as_ref(), after: &approved };
    let settled = OrganizationEvent::ProfileChangeSettled { before: &before, after: &after };
    event::record(&tx, op, vec![settled.fact(), updated.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

/// Refuses a change; the organization's people read why.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`, `REQUIRED`, `TOO_LONG`.
pub async fn reject_change(op: &Op, id: ProfileChangeId, reason: &str) -> Outcome<ProfileChange> {
    let reason = check::paragraph("input.reason", reason, REASON_MAX)?;
    let tx = op.db().begin().await?;
    let (_, before, permit) = to_decide(&tx, op, id).await?;
    let after = store::settle_change_in(&tx, op, &permit, before.clone(), ChangeStatus::Rejected, Some(reason)).await?;
    let settled = OrganizationEvent::ProfileChangeSettled { before: &before, after: &after };
    event::record(&tx, op, vec![settled.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

/// Takes a change back.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `INVALID_STATE`.
pub async fn withdraw_change(op: &Op, id: ProfileChangeId) -> Outcome<ProfileChange> {
    let tx = op.db().begin().await?;
    let (organization, before) = found(&tx, op, id).await?;
    let permit = op.authorize::<UpdateProfile>(organization.id, &organization)?;
    pending(&before)?;
    let after = store::settle_change_in(&tx, op, &permit, before.clone(), ChangeStatus::Withdrawn, None).await?;
    let settled = OrganizationEvent::ProfileChangeSettled { before: &before, after: &after };
    event::record(&tx, op, vec![settled.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

/// Says whether changes of an organization's profile wait for a moderator, in the transaction of what decides it: the
/// organization joined a program that moderates, or left the last one. Nothing is written where it is so already. A change
/// that waits stays, whichever way it goes.
///
/// # Errors
/// Database faults.
pub async fn set_moderated_in(tx: &Tx, op: &Op, id: OrganizationId, moderated: bool) -> Outcome<()> {
    // The system's own consequence of what somebody was allowed to do.
    let system = op.as_operator();
    let permit = system.authorize::<SetModerated>(id, &())?;
    let organization = store::find_in(tx, &system, id).await?;
    let organization = organization.ok_or_else(|| Fault::internal("the organization to be moderated is gone"))?;
    if organization.profile_moderated == moderated {
        return Ok(());
    }
    store::set_moderated_in(tx, &permit, organization, moderated).await?;
    let changed = OrganizationEvent::ModerationChanged { organization: id, moderated };
    event::record(tx, op, vec![changed.fact()]).await?;
    Ok(())
}

/// The change with its organization, whose row is locked; the change is read again behind the lock.
async fn found(tx: &Tx, op: &Op, id: ProfileChangeId) -> Outcome<(Organization, ProfileChange)> {
    op.signed_in()?;
    let seen = store::find_change_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let organization = locked(tx, op, seen.organization_id, "id").await?;
    let change = store::find_change_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    Ok((organization, change))
}

async fn to_decide(
    tx: &Tx,
    op: &Op,
    id: ProfileChangeId,
) -> Outcome<(Organization, ProfileChange, Permit<ModerateProfile>)> {
    let (organization, change) = found(tx, op, id).await?;
    let permit = op.authorize::<ModerateProfile>(id, &())?;
    pending(&change)?;
    Ok((organization, change, permit))
}

fn pending(change: &ProfileChange) -> Result<(), Refusal> {
    if change.status == ChangeStatus::Pending {
        return Ok(());
    }
    Err(Refusal::invalid_state("The change is decided or withdrawn already."))
}
