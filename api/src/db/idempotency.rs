//! Retries of a mutation that carries an idempotency key get the first answer. Keys are kept for 24 hours.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of idempotency keys")]

use crate::op::{ErrorCode, Failure, Fault, Op, Outcome, Refusal};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{id::OrganizationId, idempotency_key};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How long a key is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// What came of claiming a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The first time: go on and make the object with this id.
    Fresh(Uuid),
    /// A retry: the object with this id was made before.
    Repeat(Uuid),
}

/// Claims `key` of `organization` for `mutation` inside its transaction, before anything else is written. Without a key
/// every call is fresh. Two calls at once: the second waits for the first and then repeats it.
///
/// # Errors
/// [`ErrorCode::IdempotencyKeyReused`] where the key came with another input within 24 hours; [`ErrorCode::OutOfRange`]
/// for a key that is empty or longer than 255 characters.
pub async fn claim<I: Serialize + Sync>(
    tx: &DatabaseTransaction,
    op: &Op,
    organization: OrganizationId,
    mutation: &'static str,
    key: Option<&str>,
    input: &I,
) -> Outcome<Claim> {
    let fresh: Uuid = op.new_id();
    let Some(key) = key else { return Ok(Claim::Fresh(fresh)) };
    if key.is_empty() || key.chars().count() > 255 {
        return Err(Refusal::of("idempotencyKey", ErrorCode::OutOfRange, "A key has 1 to 255 characters.").into());
    }
    let key = format!("{mutation}:{key}");
    let body = serde_json::to_vec(input).map_err(Fault::internal)?;
    let input_hash: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();

    forget_old(tx, op, organization).await?;
    let row = idempotency_key::ActiveModel {
        organization_id: Set(organization),
        key: Set(key.clone()),
        input_hash: Set(input_hash.clone()),
        result: Set(fresh),
        created_at: Set(op.now()),
    };
    let inserted = idempotency_key::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    if inserted == 1 {
        return Ok(Claim::Fresh(fresh));
    }
    let earlier = idempotency_key::Entity::find_by_id((organization, key)).one(tx).await?;
    match earlier {
        Some(row) if row.input_hash == input_hash => Ok(Claim::Repeat(row.result)),
        Some(_) => Err(reused()),
        None => Err(Fault::internal("an idempotency key is neither new nor there").into()),
    }
}

fn reused() -> Failure {
    Refusal::of("idempotencyKey", ErrorCode::IdempotencyKeyReused, "This key came with another input before.").into()
}

/// Forgets keys that are older than 24 hours, the oldest first and in one statement about `limit` of them, and says how
/// many. An organization that goes on using keys forgets its own; this is for those that stopped.
///
/// # Errors
/// Database faults.
pub async fn forget_old_claims(op: &Op, limit: u64) -> Result<usize, Fault> {
    let old = || idempotency_key::Entity::find().filter(idempotency_key::Column::CreatedAt.lt(op.now() - KEPT));
    // The newest of the oldest: everything up to its moment goes.
    let up_to: Option<DateTime<Utc>> = old()
        .select_only()
        .column(idempotency_key::Column::CreatedAt)
        .order_by_asc(idempotency_key::Column::CreatedAt)
        .offset(limit.saturating_sub(1))
        .limit(1)
        .into_tuple()
        .one(op.db().read())
        .await?;
    let up_to = match up_to {
        Some(up_to) => idempotency_key::Column::CreatedAt.lte(up_to),
        None => idempotency_key::Column::CreatedAt.lt(op.now() - KEPT),
    };
    let forgotten = idempotency_key::Entity::delete_many().filter(up_to).exec(op.db().read()).await?;
    Ok(usize::try_from(forgotten.rows_affected).unwrap_or(usize::MAX))
}

async fn forget_old(tx: &impl ConnectionTrait, op: &Op, organization: OrganizationId) -> Outcome<()> {
    idempotency_key::Entity::delete_many()
        .filter(idempotency_key::Column::OrganizationId.eq(organization))
        .filter(idempotency_key::Column::CreatedAt.lt(op.now() - KEPT))
        .exec(tx)
        .await?;
    Ok(())
}
