//! API keys: shown once, kept as a hash.

use super::locked;
use crate::db::Tx;
use crate::{
    db::{Claim, claim},
    event,
    op::{Actor, Denied, ErrorCode, Failure, Fault, Op, Outcome, Refusal, Scope, check},
    organization::{
        event::OrganizationEvent,
        model::{ApiKey, KEY_NAME_MAX, KEYS_MAX, NewKey, OrganizationStatus, key_prefix, key_secret, key_token},
        policy::{CreateKey, RevokeKey},
        store,
    },
};
use entity::id::{ApiKeyId, OrganizationId};

/// Prefixes that are tried. Of 40 random bits one is taken hardly ever, so a second try is rare and a third is none.
const PREFIX_TRIES: usize = 3;

/// A new key.
#[derive(Clone, Debug)]
pub struct IssuedKey {
    /// The key as it is kept.
    pub key: ApiKey,
    /// The whole key as its holder sends it: shown now and never again. None for a retry, which made nothing.
    pub token: Option<String>,
}

/// Makes an API key. A retry with the same idempotency key gives the key of the first time, without its secret.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, `INVALID_VALUE`, `INVALID_STATE`,
/// `IDEMPOTENCY_KEY_REUSED`.
pub async fn create_key(
    op: &Op,
    id: OrganizationId,
    mut new: NewKey,
    idempotency_key: Option<&str>,
) -> Outcome<IssuedKey> {
    new.name = check::line("input.name", &new.name, KEY_NAME_MAX)?;
    let tx = op.db().begin().await?;
    let organization = locked(&tx, op, id, "id").await?;
    let permit = op.authorize::<CreateKey>(id, &organization)?;
    let key_id = match claim(&tx, op, id, "apiKeyCreate", idempotency_key, &new).await? {
        Claim::Fresh(key_id) => ApiKeyId(key_id),
        Claim::Repeat(key_id) => {
            let made = store::find_key_in(&tx, op, ApiKeyId(key_id)).await?;
            let key = made.ok_or_else(|| Fault::internal("a key that was made is gone"))?;
            return Ok(IssuedKey { key, token: None });
        }
    };
    // Only now, so that a retry after the end of a short-lived key is still a retry.
    if new.expires_at.is_some_and(|end| end <= op.now()) {
        let message = "The key would be over before it begins.";
        return Err(Refusal::of("input.expiresAt", ErrorCode::InvalidValue, message).into());
    }
    if organization.status == OrganizationStatus::Terminated {
        return Err(Refusal::invalid_state("The organization is gone for good.").into());
    }
    if store::count_usable_keys_in(&tx, op, id).await? >= KEYS_MAX {
        let message = format!("At most {KEYS_MAX} keys may be in use. Revoke one first.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let prefix = free_prefix(&tx, op).await?;
    let secret = key_secret(&op.new_secret());
    let key = store::insert_key_in(&tx, op, &permit, key_id, &new, &prefix, &secret).await?;
    event::record(&tx, op, vec![OrganizationEvent::KeyCreated { key: &key }.fact()]).await?;
    tx.commit().await?;
    Ok(IssuedKey { key, token: Some(key_token(&prefix, &secret)) })
}

/// Revokes a key, which is refused from now on. A key that is revoked already stays so and is no error.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`.
pub async fn revoke_key(op: &Op, id: ApiKeyId) -> Outcome<ApiKey> {
    op.signed_in()?;
    // A key sees no keys, itself included; it is told what it lacks and not that there is nothing.
    if let Actor::Key(_) = op.actor {
        return Err(Denied::Scope(Scope::Administration).into());
    }
    let tx = op.db().begin().await?;
    let before = store::find_key_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let organization = locked(&tx, op, before.organization_id, "id").await?;
    let permit = op.authorize::<RevokeKey>(organization.id, &organization)?;
    if before.revoked_at.is_some() {
        return Ok(before);
    }
    let after = store::revoke_key_in(&tx, op, &permit, before).await?;
    event::record(&tx, op, vec![OrganizationEvent::KeyRevoked { key: &after }.fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

async fn free_prefix(tx: &Tx, op: &Op) -> Result<String, Failure> {
    for _ in 0..PREFIX_TRIES {
        let prefix = key_prefix(&op.new_secret());
        if !store::key_prefix_taken_in(tx, &prefix).await? {
            return Ok(prefix);
        }
    }
    Err(Fault::internal("no free prefix for an API key").into())
}
