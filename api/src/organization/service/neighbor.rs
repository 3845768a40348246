//! What use cases of other rooms look up of organizations, each in its own transaction.

use crate::{
    db::Tx,
    op::{ErrorCode, Fault, Op, Outcome, Refusal},
    organization::{
        model::{Organization, OrganizationStatus},
        store,
    },
};
use entity::id::{MemberId, OrganizationId, PersonId};

/// The visible organization with this slug.
///
/// # Errors
/// Database faults.
pub async fn find_by_slug_in(tx: &Tx, op: &Op, slug: &str) -> Result<Option<Organization>, Fault> {
    store::find_by_slug_in(tx, op, slug).await
}

/// The organization with this slug, that `own` invites into something; `itself` says why it is not itself.
///
/// # Errors
/// `NOT_FOUND`, `INVALID_VALUE` for itself, `INVALID_STATE` for one that takes part in nothing at present.
pub async fn find_invited_in(tx: &Tx, op: &Op, own: OrganizationId, slug: &str, itself: &str) -> Outcome<Organization> {
    let path = "input.organization";
    let found = store::find_by_slug_in(tx, op, slug).await?.ok_or_else(|| Refusal::not_found(path))?;
    if found.id == own {
        return Err(Refusal::of(path, ErrorCode::InvalidValue, itself).into());
    }
    if found.status != OrganizationStatus::Active {
        return Err(Refusal::of(path, ErrorCode::InvalidState, "This organization does not take part.").into());
    }
    Ok(found)
}

/// The person behind a member of this organization, whom its side names for something.
///
/// # Errors
/// Database faults.
pub async fn find_person_in(
    tx: &Tx,
    organization: OrganizationId,
    member: MemberId,
) -> Result<Option<PersonId>, Fault> {
    store::find_person_of_in(tx, organization, member).await
}
