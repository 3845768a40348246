//! The public profile.

use super::locked;
use crate::{
    event,
    op::{Fault, Op, Outcome, check_revision},
    organization::{
        event::OrganizationEvent,
        model::{ChangeStatus, Organization, Profile, ProfileChange, ProfilePatch, Role, merge},
        policy::UpdateProfile,
        store,
    },
};
use entity::id::OrganizationId;

/// What came of an edit of a profile.
#[derive(Clone, Debug)]
pub struct ProfileOutcome {
    /// The organization as it is now.
    pub organization: Organization,
    /// The change that waits for a moderator; none where the edit shows at once.
    pub pending: Option<ProfileChange>,
}

/// The profile that a change proposes.
///
/// # Errors
/// Internal where it was not written by this server.
pub fn proposal(change: &ProfileChange) -> Result<Profile, Fault> {
    serde_json::from_value(change.proposal.clone()).map_err(Fault::internal)
}

/// Edits the public profile. It shows at once, or waits for a moderator where the organization is moderated; an edit that
/// waits builds on the one that waited before and takes its place.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `INVALID_FORMAT`,
/// `INVALID_VALUE`.
pub async fn update_profile(
    op: &Op,
    id: OrganizationId,
    patch: ProfilePatch,
    expected_revision: Option<i32>,
) -> Outcome<ProfileOutcome> {
    let tx = op.db().begin().await?;
    let organization = locked(&tx, op, id, "id").await?;
    let permit = op.authorize::<UpdateProfile>(id, &organization)?;
    check_revision(expected_revision, organization.revision)?;
    let shown = store::profile_in(&tx, id).await?;
    let waiting = store::pending_change_in(&tx, id).await?;
    // A moderator has no need of another one.
    let moderated = organization.profile_moderated && !op.actor.operates(Role::Manager);
    let base = match &waiting {
        // What shows at once must not take along what nobody has approved.
        Some(change) if moderated => Some(proposal(change)?),
        _ => shown.clone(),
    };
    let edited = merge(base, patch)?;
    let mut facts = Vec::new();
    if let Some(before) = waiting {
        let after = store::settle_change_in(&tx, op, &permit, before.clone(), ChangeStatus::Withdrawn, None).await?;
        facts.push(OrganizationEvent::ProfileChangeSettled { before: &before, after: &after }.fact());
    }
    let pending = if moderated {
        let change = store::insert_change_in(&tx, op, &permit, &edited).await?;
        facts.push(OrganizationEvent::ProfileChangeSubmitted { change: &change }.fact());
        Some(change)
    } else {
        store::set_profile_in(&tx, op, &permit, id, &edited).await?;
        let updated = OrganizationEvent::ProfileUpdated { organization: id, before: shown.as_ref(), after: &edited };
        facts.push(updated.fact());
        store::reindex_in(&tx, &organization).await?;
        None
    };
    let after = store::raise_revision_in(&tx, op, &permit, &organization).await?;
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(ProfileOutcome { organization: after, pending })
}
