//! API keys.

use crate::{
    db,
    op::{Actor, Failure, Fault, Op, Permit, hash_secret, taken},
    organization::{
        model::{ApiKey, NewKey, Role},
        policy::{CreateKey, RevokeKey},
    },
};
use entity::{
    api_key,
    id::{ApiKeyId, OrganizationId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    Order, PaginatorTrait, QueryFilter, QuerySelect, Select,
};
use uuid::Uuid;

/// The keys that the actor may see: those of the own organization for its administrators, all for the operator's.
fn visible(op: &Op) -> Select<api_key::Entity> {
    let mine = match op.actor.organization().filter(|own| op.actor.holds(*own, Role::Admin)) {
        _ if op.actor.operates(Role::Admin) => Condition::all(),
        Some(own) => Condition::all().add(api_key::Column::OrganizationId.eq(own)),
        None => Condition::all().add(api_key::Column::Id.is_null()),
    };
    api_key::Entity::find().filter(mine)
}

/// The key that acts, which may read its own name.
///
/// # Errors
/// Database faults.
pub async fn find_own_key(op: &Op) -> Result<Option<ApiKey>, Fault> {
    let Actor::Key(own) = &op.actor else { return Ok(None) };
    Ok(api_key::Entity::find_by_id(own.key).one(op.db().read()).await?)
}

/// The keys with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_keys_by_ids(op: &Op, ids: &[ApiKeyId]) -> Result<Vec<ApiKey>, Fault> {
    Ok(visible(op).filter(api_key::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The first `fetch` keys of each of these organizations, oldest first; behind the key `after` where it is given.
///
/// # Errors
/// Database faults.
pub async fn list_keys_of(
    op: &Op,
    organizations: &[OrganizationId],
    after: Option<Uuid>,
    fetch: u64,
) -> Result<Vec<ApiKey>, Fault> {
    let mut rows = visible(op).filter(api_key::Column::OrganizationId.is_in(organizations.iter().copied()));
    if let Some(after) = after {
        rows = rows.filter(api_key::Column::Id.gt(ApiKeyId::from(after)));
    }
    let rows = db::first_of_each(rows, api_key::Column::OrganizationId, api_key::Column::Id, Order::Asc, fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// How many keys there are, by organization.
///
/// # Errors
/// Database faults.
pub async fn count_keys_of(op: &Op, organizations: &[OrganizationId]) -> Result<Vec<(OrganizationId, u64)>, Fault> {
    let counted: Vec<(OrganizationId, i64)> = visible(op)
        .filter(api_key::Column::OrganizationId.is_in(organizations.iter().copied()))
        .select_only()
        .column(api_key::Column::OrganizationId)
        .column_as(api_key::Column::Id.count(), "total")
        .group_by(api_key::Column::OrganizationId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counted.into_iter().map(|(id, total)| (id, u64::try_from(total).unwrap_or_default())).collect())
}

/// The visible key with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_key_in(tx: &DatabaseTransaction, op: &Op, id: ApiKeyId) -> Result<Option<ApiKey>, Fault> {
    Ok(visible(op).filter(api_key::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// How many keys of an organization are neither revoked nor over.
///
/// # Errors
/// Database faults.
pub async fn count_usable_keys_in(
    tx: &DatabaseTransaction,
    op: &Op,
    organization: OrganizationId,
) -> Result<u64, Fault> {
    Ok(api_key::Entity::find()
        .filter(api_key::Column::OrganizationId.eq(organization))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(Condition::any().add(api_key::Column::ExpiresAt.is_null()).add(api_key::Column::ExpiresAt.gt(op.now())))
        .count(tx)
        .await?)
}

/// Whether a prefix is taken, by a visible key or another.
///
/// # Errors
/// Database faults.
pub async fn key_prefix_taken_in(tx: &DatabaseTransaction, prefix: &str) -> Result<bool, Fault> {
    Ok(api_key::Entity::find().filter(api_key::Column::Prefix.eq(prefix)).count(tx).await? > 0)
}

/// Keeps a new key; of its secret only the hash.
///
/// # Errors
/// `TAKEN` where the prefix was taken in between; database faults.
pub async fn insert_key_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<CreateKey>,
    id: ApiKeyId,
    new: &NewKey,
    prefix: &str,
    secret: &str,
) -> Result<ApiKey, Failure> {
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.word()).collect();
    let row = api_key::ActiveModel {
        id: Set(id),
        organization_id: Set(permit.resource()),
        name: Set(new.name.clone()),
        prefix: Set(prefix.to_owned()),
        secret_hash: Set(hash_secret(secret)),
        scopes: Set(scopes.join(" ")),
        created_by: Set(op.actor.person()),
        created_at: Set(op.now()),
        expires_at: Set(new.expires_at),
        revoked_at: Set(None),
        last_used_at: Set(None),
    };
    row.insert(tx).await.map_err(|error| taken(error, ""))
}

/// Revokes a key.
///
/// # Errors
/// Database faults.
pub async fn revoke_key_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RevokeKey>,
    before: ApiKey,
) -> Result<ApiKey, Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    let mut row = before.into_active_model();
    row.revoked_at = Set(Some(op.now()));
    Ok(row.update(tx).await?)
}
