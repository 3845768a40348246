//! API keys.

use crate::{
    organization::{
        graphql::key::{ApiKey, ApiKeyScope},
        model::NewKey,
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, SubsecRound, Utc};

/// Root fields about API keys.
#[derive(Default)]
pub struct KeyMutation;

/// A key to be made.
#[derive(InputObject)]
pub struct ApiKeyCreateInput {
    /// What it is for, 1 to 80 characters.
    pub name: String,
    /// What it may change; empty for a key that only reads.
    pub scopes: Vec<ApiKeyScope>,
    /// When it ends, in the future; by default never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Makes a retry within 24 hours give the same key, without its secret; 1 to 255 characters.
    pub idempotency_key: Option<String>,
}

/// What came of `apiKeyCreate`.
#[derive(SimpleObject)]
pub struct ApiKeyCreatePayload {
    /// The key; null where nothing was done.
    pub api_key: Option<ApiKey>,
    /// The whole key as it goes behind `Authorization: Bearer`: shown now and never again. Null where nothing was done, and
    /// for a retry: whoever lost it revokes the key and makes another.
    pub secret: Option<String>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `apiKeyRevoke`.
#[derive(SimpleObject)]
pub struct ApiKeyRevokePayload {
    /// The key as it is now; null where nothing was done.
    pub api_key: Option<ApiKey>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl KeyMutation {
    /// Makes an API key; at most 100 may be in use. Requires: administrator of the organization, no API key. Codes:
    /// NOT_FOUND, NOT_ALLOWED, REQUIRED, TOO_LONG, TOO_MANY, INVALID_VALUE, INVALID_STATE, OUT_OF_RANGE,
    /// IDEMPOTENCY_KEY_REUSED.
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] id: ID,
        #[graphql(desc = "The key.")] input: ApiKeyCreateInput,
    ) -> Option<Result<ApiKeyCreatePayload>> {
        Some(create(ctx, &id, input).await)
    }

    /// Revokes an API key, which is refused from now on. Requires: administrator of the organization or of the operator, no
    /// API key. Codes: NOT_FOUND, NOT_ALLOWED.
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key.")] id: ID,
    ) -> Option<Result<ApiKeyRevokePayload>> {
        let done = async {
            let (key, user_errors) = settle(service::revoke_key(ctx.op()?, node::parse(&id)?).await)?;
            Ok(ApiKeyRevokePayload { api_key: key.map(ApiKey), user_errors })
        };
        Some(done.await)
    }
}

async fn create(ctx: &Context<'_>, id: &ID, input: ApiKeyCreateInput) -> Result<ApiKeyCreatePayload> {
    let new = NewKey {
        name: input.name,
        scopes: input.scopes.into_iter().map(Into::into).collect(),
        // The databases keep no more than microseconds, or would differ.
        expires_at: input.expires_at.map(|end| end.trunc_subsecs(6)),
    };
    let outcome = service::create_key(ctx.op()?, node::parse(id)?, new, input.idempotency_key.as_deref()).await;
    let (issued, user_errors) = settle(outcome)?;
    let (api_key, secret) = issued.map_or((None, None), |issued| (Some(ApiKey(issued.key)), issued.token));
    Ok(ApiKeyCreatePayload { api_key, secret, user_errors })
}
