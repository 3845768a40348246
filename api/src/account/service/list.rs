//! Lists: made, renamed, deleted.

use super::{conclude, locked};
use crate::{
    account::{
        event::AccountListEvent,
        model::{AccountList, LISTS_MAX, ListPatch, NewList, checked_name},
        policy::CreateAccountList,
        store,
    },
    db::{Claim, Tx, claim},
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check_revision, taken},
    organization::{self, model::OrganizationStatus},
};
use entity::id::{AccountListId, OrganizationId};

/// Makes a list without accounts for the actor's organization.
///
/// # Errors
/// `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `TAKEN` where there is a list of this name about the same subject, `NOT_FOUND`
/// for the partner, `INVALID_STATE` for a partner that takes part by itself, `TOO_MANY` beyond [`LISTS_MAX`],
/// `IDEMPOTENCY_KEY_REUSED`.
pub async fn create(op: &Op, new: NewList, idempotency_key: Option<&str>) -> Outcome<AccountList> {
    let own = op.own_organization()?;
    create_for(op, own, new, idempotency_key).await
}

/// As [`create`], for the organization `owner`: the command line acts for none itself.
///
/// # Errors
/// Those of [`create`].
pub async fn create_for(
    op: &Op,
    owner: OrganizationId,
    new: NewList,
    idempotency_key: Option<&str>,
) -> Outcome<AccountList> {
    let permit = op.authorize::<CreateAccountList>(owner, &owner)?;
    let name = checked_name(&new.name)?;
    // Looked up before the transaction, which has a connection of its own.
    let subject = subject_of(op, owner, new.partner.as_deref()).await;
    let tx = op.db().begin().await?;
    let id = match claim(&tx, op, owner, "accountListCreate", idempotency_key, &new).await? {
        Claim::Repeat(id) => return Ok(locked(&tx, op, id.into()).await?.0),
        Claim::Fresh(id) => AccountListId::from(id),
    };
    let subject = subject?;
    if subject != owner {
        refuse_whoever_takes_part(&tx, subject).await?;
    }
    if store::count_of_organization_in(&tx, owner).await? >= LISTS_MAX {
        let message = format!("An organization has at most {LISTS_MAX} lists. Delete one first.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let made = store::insert_in(&tx, op, &permit, id, subject, name, new.kind).await;
    let list = made.map_err(|error| taken(error, "input.name"))?;
    conclude(tx, op, &AccountListEvent::Created(&list)).await?;
    Ok(list)
}

/// The visible list that an organization has under this name about this subject, whatever the case.
///
/// # Errors
/// Database faults.
pub async fn find_by_name(
    op: &Op,
    owner: OrganizationId,
    subject: OrganizationId,
    name: &str,
) -> Result<Option<AccountList>, Fault> {
    store::find_by_name(op, owner, subject, name).await
}

/// Whose accounts a list is to have: those of the organization itself, or of the partner with this slug.
async fn subject_of(op: &Op, owner: OrganizationId, partner: Option<&str>) -> Outcome<OrganizationId> {
    const PATH: &str = "input.partner";
    let Some(slug) = partner else { return Ok(owner) };
    let found = organization::service::find_by_slug(op, slug).await?;
    let found = found.ok_or_else(|| Refusal::not_found(PATH))?;
    if found.id == owner {
        let message = "This is the own organization: leave `partner` out.";
        return Err(Refusal::of(PATH, ErrorCode::InvalidValue, message).into());
    }
    if found.status != OrganizationStatus::Active {
        return Err(Refusal::of(PATH, ErrorCode::InvalidState, "This organization does not take part.").into());
    }
    Ok(found.id)
}

/// Whoever has people or keys here says by itself which customers it has, and to whom.
async fn refuse_whoever_takes_part(tx: &Tx, partner: OrganizationId) -> Outcome<()> {
    if store::takes_part_in(tx, partner).await? {
        let message = "This partner takes part by itself, so its customers are its own to bring in: agree on sharing.";
        return Err(Refusal::of("input.partner", ErrorCode::InvalidState, message).into());
    }
    Ok(())
}

/// Renames a list, or makes it one of another kind.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `TAKEN`.
pub async fn update(
    op: &Op,
    id: AccountListId,
    patch: ListPatch,
    expected_revision: Option<i32>,
) -> Outcome<AccountList> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let (before, permit) = locked(&tx, op, id).await?;
    check_revision(expected_revision, before.revision)?;
    let name = match &patch.name {
        Some(name) => checked_name(name)?,
        None => before.name.clone(),
    };
    let kind = patch.kind.unwrap_or(before.kind);
    if (&name, kind) == (&before.name, before.kind) {
        return Ok(before);
    }
    let made = store::update_in(&tx, op, &permit, &before, name, kind).await;
    let after = made.map_err(|error| taken(error, "input.name"))?;
    conclude(tx, op, &AccountListEvent::Updated(&before, &after)).await?;
    Ok(after)
}

/// Deletes a list for good. From the commit on nobody sees it or its accounts; an import of it that runs is canceled.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`.
pub async fn delete(op: &Op, id: AccountListId, expected_revision: Option<i32>) -> Outcome<AccountListId> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let (before, permit) = locked(&tx, op, id).await?;
    check_revision(expected_revision, before.revision)?;
    store::delete_in(&tx, op, &permit, &before).await?;
    conclude(tx, op, &AccountListEvent::Deleted(&before)).await?;
    Ok(id)
}
