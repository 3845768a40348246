//! The SQL of webhooks: endpoints here, the log in `delivery`, what the courier needs in `sending`.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of webhook endpoints")]

mod delivery;
mod sending;

pub use delivery::{
    Aside, count_asides_in, count_deliveries_of, forget_old_deliveries, insert_aside_in, list_deliveries_by_ids,
    list_deliveries_of,
};
pub use sending::{
    Attempt, Progress, claim_lease, end_lease, has_lease, list_aside, list_due, note_aside_in, note_attempt_in,
    note_progress_in, switch_off_in,
};

use super::{
    model::{Endpoint, EndpointDraft, EndpointPatch, OVERLAP, Secret, stored},
    policy::{ChangeEndpoint, CreateEndpoint, RemoveEndpoint},
};
use crate::{
    db,
    event::feed::Position,
    op::{Actor, Fault, Op, Permit, Scope},
    page::{Page, Slice},
};
use entity::{
    id::{OrganizationId, WebhookEndpointId},
    organization,
    value::Role,
    webhook_endpoint as endpoint,
    webhook_endpoint::DisabledReason,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, Select,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

/// The endpoints that the actor may see: those of the own organization for its administrators and for keys that were made
/// for them, all for the operator's administrators and for the courier.
fn visible(op: &Op) -> Select<endpoint::Entity> {
    let own = |organization| Condition::all().add(endpoint::Column::OrganizationId.eq(organization));
    let mine = match &op.actor {
        actor if actor.operates(Role::Admin) => Condition::all(),
        Actor::Key(key) if key.scopes.contains(&Scope::WebhooksWrite) => own(key.organization),
        Actor::Person(person) if op.actor.holds(person.organization, Role::Admin) => own(person.organization),
        _ => Condition::all().add(Expr::val(false)),
    };
    endpoint::Entity::find().filter(mine)
}

/// The visible endpoints with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_endpoints_by_ids(op: &Op, ids: &[WebhookEndpointId]) -> Result<Vec<Endpoint>, Fault> {
    Ok(visible(op).filter(endpoint::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

fn of_own(op: &Op, own: OrganizationId) -> Select<endpoint::Entity> {
    visible(op).filter(endpoint::Column::OrganizationId.eq(own))
}

/// A page of the endpoints of the actor's own organization, oldest first.
///
/// # Errors
/// Database faults.
pub async fn list_endpoints(op: &Op, own: OrganizationId, page: &Page<Uuid>) -> Result<Slice<Endpoint, Uuid>, Fault> {
    let keys = [Expr::col((endpoint::Entity, endpoint::Column::Id))];
    let mut query = of_own(op, own);
    if let Some(after) = page.after {
        query = query.filter(endpoint::Column::Id.gt(WebhookEndpointId::from(after)));
    }
    let rows = db::order_by(query, &keys, db::Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| Uuid::from(row.id)))
}

/// How many endpoints [`list_endpoints`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_endpoints(op: &Op, own: OrganizationId) -> Result<u64, Fault> {
    Ok(of_own(op, own).count(op.db().read()).await?)
}

/// The visible endpoint with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_endpoint_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: WebhookEndpointId,
) -> Result<Option<Endpoint>, Fault> {
    Ok(visible(op).filter(endpoint::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// How many endpoints an organization has; its row is locked, so that two that are made at once are counted one after the
/// other.
///
/// # Errors
/// Database faults.
pub async fn count_endpoints_in(tx: &DatabaseTransaction, organization: OrganizationId) -> Result<u64, Fault> {
    organization::Entity::find_by_id(organization).lock(LockType::NoKeyUpdate).one(tx).await?;
    let own = endpoint::Entity::find().filter(endpoint::Column::OrganizationId.eq(organization));
    Ok(own.count(tx).await?)
}

/// A salt, and what the secret that belongs to it is noticed by.
pub struct Salted {
    /// The salt.
    pub salt: String,
    /// The secret.
    pub secret: Secret,
}

/// Writes an endpoint that begins behind `from`.
///
/// # Errors
/// Database faults.
pub async fn insert_endpoint_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<CreateEndpoint>,
    id: WebhookEndpointId,
    draft: &EndpointDraft,
    salted: &Salted,
    from: Position,
) -> Result<Endpoint, Fault> {
    let now = op.now();
    let row = Endpoint {
        id,
        organization_id: permit.resource(),
        url: draft.url.clone(),
        description: draft.description.clone(),
        kinds: stored(draft.kinds.as_deref()),
        changes: stored(draft.changes.as_deref()),
        enabled: true,
        disabled_reason: None,
        salt: salted.salt.clone(),
        salt_before: None,
        salt_before_until: None,
        secret_check: salted.secret.check(),
        epoch: from.epoch,
        seq: from.seq,
        replay_until: 0,
        resumed_at: now,
        failures: 0,
        next_attempt_at: now,
        lease_holder: None,
        lease_until: None,
        created_at: now,
        updated_at: now,
        revision: 1,
    };
    Ok(row.into_active_model().reset_all().insert(tx).await?)
}

/// Changes an endpoint. Where it leads elsewhere or is switched on again, it is tried at once.
///
/// # Errors
/// Database faults.
pub async fn update_endpoint_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangeEndpoint>,
    before: &Endpoint,
    patch: EndpointPatch,
) -> Result<Endpoint, Fault> {
    let mut row = changing(op, permit, before);
    let mut again = false;
    if let Some(url) = patch.url {
        again = url != before.url;
        row.url = Set(url);
    }
    if let Some(description) = patch.description {
        row.description = Set(description);
    }
    if let Some(kinds) = patch.kinds {
        row.kinds = Set(stored(kinds.as_deref()));
    }
    if let Some(changes) = patch.changes {
        row.changes = Set(stored(changes.as_deref()));
    }
    if let Some(enabled) = patch.enabled.filter(|enabled| *enabled != before.enabled) {
        again |= enabled;
        row.enabled = Set(enabled);
        row.disabled_reason = Set((!enabled).then_some(DisabledReason::Manual));
    }
    if again {
        begin_anew(op, &mut row);
    }
    Ok(row.update(tx).await?)
}

fn begin_anew(op: &Op, row: &mut endpoint::ActiveModel) {
    row.resumed_at = Set(op.now());
    row.failures = Set(0);
    row.next_attempt_at = Set(op.now());
}

/// Gives an endpoint another secret; the one before counts for a while, unless its key is not known any more.
///
/// # Errors
/// Database faults.
pub async fn rotate_secret_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangeEndpoint>,
    before: &Endpoint,
    salted: &Salted,
) -> Result<Endpoint, Fault> {
    let mut row = changing(op, permit, before);
    let lost = before.disabled_reason == Some(DisabledReason::KeyChanged);
    row.salt = Set(salted.salt.clone());
    row.secret_check = Set(salted.secret.check());
    row.salt_before = Set((!lost).then(|| before.salt.clone()));
    row.salt_before_until = Set((!lost).then(|| op.now() + OVERLAP));
    Ok(row.update(tx).await?)
}

/// Sets an endpoint back to a position in the feed: what comes behind it is sent again.
///
/// # Errors
/// Database faults.
pub async fn set_back_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangeEndpoint>,
    before: &Endpoint,
    to: Position,
) -> Result<Endpoint, Fault> {
    let mut row = changing(op, permit, before);
    row.epoch = Set(to.epoch);
    row.seq = Set(to.seq);
    // Of another epoch nothing was sent before.
    let sent = if before.epoch == to.epoch { before.seq.max(before.replay_until) } else { 0 };
    row.replay_until = Set(sent);
    begin_anew(op, &mut row);
    delivery::give_up_open_in(tx, before.id).await?;
    Ok(row.update(tx).await?)
}

/// Removes an endpoint and its log.
///
/// # Errors
/// Database faults.
pub async fn delete_endpoint_in(tx: &DatabaseTransaction, permit: &Permit<RemoveEndpoint>) -> Result<(), Fault> {
    endpoint::Entity::delete_by_id(permit.resource()).exec(tx).await?;
    Ok(())
}

fn changing(op: &Op, permit: &Permit<ChangeEndpoint>, before: &Endpoint) -> endpoint::ActiveModel {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another endpoint");
    let mut row = before.clone().into_active_model();
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    row
}
