//! What an organization covers.

use super::locked;
use crate::{
    event,
    op::{Op, Outcome, check_revision},
    organization::{
        event::OrganizationEvent,
        model::{CoveragePatch, Organization, tidy},
        policy::SetCoverage,
        store,
    },
};
use entity::id::OrganizationId;

/// Replaces whole sets of what an organization covers; sets that are not named stay.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`.
pub async fn set_coverage(
    op: &Op,
    id: OrganizationId,
    patch: CoveragePatch,
    expected_revision: Option<i32>,
) -> Outcome<Organization> {
    let wanted = tidy(patch)?;
    let tx = op.db().begin().await?;
    let organization = locked(&tx, op, id, "id").await?;
    let permit = op.authorize::<SetCoverage>(id, &organization)?;
    check_revision(expected_revision, organization.revision)?;
    let before = store::coverage_in(&tx, id, wanted.keys().copied().collect()).await?;
    store::set_coverage_in(&tx, &permit, &wanted).await?;
    let after = store::raise_revision_in(&tx, op, &permit, &organization).await?;
    let set = OrganizationEvent::CoverageSet { organization: id, before: &before, after: &wanted };
    event::record(&tx, op, vec![set.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}
