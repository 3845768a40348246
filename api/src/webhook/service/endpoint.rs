//! Endpoints: made, changed, removed, and given another secret.

use super::salted;
use crate::{
    db::{Claim, Tx, claim},
    event::{self, feed},
    op::{ErrorCode, Failure, Op, Outcome, Refusal, check, check_revision},
    outbound::UrlFault,
    webhook::{
        event::WebhookEvent,
        model::{
            DESCRIPTION_MAX, DisabledReason, ENDPOINTS_MAX, Endpoint, EndpointDraft, EndpointPatch, Secret, URL_MAX,
        },
        policy::{ChangeEndpoint, CreateEndpoint, RemoveEndpoint},
        store,
    },
};
use entity::id::WebhookEndpointId;

/// An endpoint, and its secret as its owner keeps it.
pub struct IssuedSecret {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The secret: shown now and never again. None for a retry, which made nothing.
    pub secret: Option<String>,
}

/// Makes an endpoint, which gets the alerts from now on.
///
/// # Errors
/// `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`, `INVALID_VALUE`, `TOO_MANY`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn create(op: &Op, draft: EndpointDraft, idempotency_key: Option<&str>) -> Outcome<IssuedSecret> {
    let own = op.own_organization()?;
    let permit = op.authorize::<CreateEndpoint>(own, &own)?;
    let url = checked_url(op, &draft.url)?;
    let description = check::optional_line("input.description", draft.description.as_deref(), DESCRIPTION_MAX)?;
    let draft = EndpointDraft { url, description, ..draft };
    // Before the transaction, which must not wait for another connection; what is told in between is sent, too.
    let from = feed::head(op, own).await?.position();
    let tx = op.db().begin().await?;
    let id = match claim(&tx, op, own, "webhookEndpointCreate", idempotency_key, &draft).await? {
        Claim::Fresh(id) => WebhookEndpointId::from(id),
        Claim::Repeat(id) => {
            let made = store::find_endpoint_in(&tx, op, id.into()).await?;
            return Ok(IssuedSecret { endpoint: made.ok_or_else(|| Refusal::not_found(""))?, secret: None });
        }
    };
    if store::count_endpoints_in(&tx, own).await? >= ENDPOINTS_MAX {
        let message = format!("An organization has at most {ENDPOINTS_MAX} endpoints. Remove one first.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let salted = salted(op);
    let endpoint = store::insert_endpoint_in(&tx, op, &permit, id, &draft, &salted, from).await?;
    event::record(&tx, op, vec![WebhookEvent::Created(&endpoint).fact()]).await?;
    tx.commit().await?;
    Ok(IssuedSecret { endpoint, secret: Some(salted.secret.shown()) })
}

/// Changes an endpoint.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`, `INVALID_VALUE`,
/// `INVALID_STATE` where it is switched on although its secret is lost.
pub async fn update(
    op: &Op,
    id: WebhookEndpointId,
    mut patch: EndpointPatch,
    expected_revision: Option<i32>,
) -> Outcome<Endpoint> {
    op.signed_in()?;
    if let Some(url) = &patch.url {
        patch.url = Some(checked_url(op, url)?);
    }
    if let Some(Some(description)) = &patch.description {
        patch.description = Some(check::optional_line("input.description", Some(description), DESCRIPTION_MAX)?);
    }
    let tx = op.db().begin().await?;
    let before = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangeEndpoint>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    if patch.enabled == Some(true) && before.secret_check != Secret::of(op.outbound(), &before.salt).check() {
        let message = "The installation's key is another one, so the secret is lost. Rotate it first.";
        return Err(Refusal::of("input.enabled", ErrorCode::InvalidState, message).into());
    }
    let after = store::update_endpoint_in(&tx, op, &permit, &before, patch).await?;
    event::record(&tx, op, vec![WebhookEvent::Updated(&before, &after).fact()]).await?;
    tx.commit().await?;
    Ok(after)
}

/// Gives an endpoint another secret. For 24 hours messages are signed with both.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`.
pub async fn rotate_secret(op: &Op, id: WebhookEndpointId) -> Outcome<IssuedSecret> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = find(&tx, op, id).await?;
    let permit = op.authorize::<ChangeEndpoint>(id, &before)?;
    let known = before.secret_check == Secret::of(op.outbound(), &before.salt).check();
    // Of a secret that is lost nothing is signed, whether or not the courier has noticed.
    let before = if known { before } else { Endpoint { disabled_reason: Some(DisabledReason::KeyChanged), ..before } };
    let salted = salted(op);
    let endpoint = store::rotate_secret_in(&tx, op, &permit, &before, &salted).await?;
    event::record(&tx, op, vec![WebhookEvent::SecretRotated(&endpoint).fact()]).await?;
    tx.commit().await?;
    Ok(IssuedSecret { endpoint, secret: Some(salted.secret.shown()) })
}

/// Removes an endpoint and its log.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`.
pub async fn remove(op: &Op, id: WebhookEndpointId) -> Outcome<WebhookEndpointId> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = find(&tx, op, id).await?;
    let permit = op.authorize::<RemoveEndpoint>(id, &before)?;
    store::delete_endpoint_in(&tx, &permit).await?;
    event::record(&tx, op, vec![WebhookEvent::Removed(&before).fact()]).await?;
    tx.commit().await?;
    Ok(id)
}

pub(super) async fn find(tx: &Tx, op: &Op, id: WebhookEndpointId) -> Outcome<Endpoint> {
    Ok(store::find_endpoint_in(tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?)
}

fn checked_url(op: &Op, text: &str) -> Result<String, Failure> {
    const PATH: &str = "input.url";
    let text = check::line(PATH, text, URL_MAX)?;
    let refused = |code, message: &str| Failure::from(Refusal::of(PATH, code, message));
    match op.outbound().judge(&text) {
        Ok(url) => Ok(url.into()),
        Err(UrlFault::Malformed) => Err(refused(ErrorCode::InvalidFormat, "Expected an absolute https URL.")),
        Err(UrlFault::Plain) => Err(refused(ErrorCode::InvalidValue, "Alerts are sent over https only.")),
        Err(UrlFault::Credentials) => {
            let message = "A URL is shown and kept as it is, so it may hold no name and no password.";
            Err(refused(ErrorCode::InvalidValue, message))
        }
        Err(UrlFault::Private) => Err(refused(ErrorCode::InvalidValue, "The host must be a public one.")),
    }
}
