//! The use cases of organizations, one function a mutation.

use super::{
    event::OrganizationEvent,
    model::{NAME_MAX, Organization, OrganizationPatch},
    policy::UpdateOrganization,
    store,
};
use crate::{
    event,
    op::{Op, Outcome, Refusal, check, check_revision},
};
use entity::id::OrganizationId;

/// Changes name, seat and public page.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`.
pub async fn update(
    op: &Op,
    id: OrganizationId,
    mut patch: OrganizationPatch,
    expected_revision: Option<i32>,
) -> Outcome<Organization> {
    if let Some(name) = &patch.name {
        patch.name = Some(check::line("input.name", name, NAME_MAX)?);
    }
    let tx = op.db().begin().await?;
    let before = store::find_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<UpdateOrganization>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    let after = store::update_in(&tx, op, &permit, &before, patch).await?;
    event::record(&tx, op, vec![OrganizationEvent::Updated { before: &before, after: &after }.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}
