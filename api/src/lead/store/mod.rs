//! The SQL of leads: scoped reads here, receivers and writes below.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of leads")]

mod list;
mod receiver;
mod write;

pub use list::{LeadDirection, LeadPosition, count, count_waiting, list, list_open_of_company, list_waiting};
pub use receiver::{NewStep, StepChange, insert_steps_in, list_steps, list_steps_in, skip_waiting_in, update_step_in};
pub use write::{Change, insert_in, replace_interactions_in, update_in};

use super::model::{Interaction, Lead, LeadStatus, LeadStepState, Seen};
use crate::op::{Fault, Op};
use chrono::{DateTime, Utc};
use entity::{
    id::{LeadId, OrganizationId},
    lead, lead_interaction as interaction, lead_step as step, organization,
    value::OrganizationStatus,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, LockBehavior, LockType, SelectStatement},
};
use std::collections::HashMap;

/// The leads that the actor may see: those that its organization sent, and those that it was asked to take. Not even the
/// operator sees others: they are about people who agreed to be known to two organizations.
fn visible(op: &Op) -> Select<lead::Entity> {
    let query = lead::Entity::find();
    match op.actor.organization() {
        // Whoever acts for no organization finds nothing.
        None => query.filter(Expr::val(false)),
        Some(own) => query.filter(
            Condition::any().add(lead::Column::OrganizationId.eq(own)).add(lead::Column::Id.in_subquery(asked(own))),
        ),
    }
}

/// The leads that an organization was asked to take.
fn asked(own: OrganizationId) -> SelectStatement {
    places_of(own).select_only().column(step::Column::LeadId).into_query()
}

/// The places of an organization among the receivers of leads, from when it was asked.
fn places_of(own: OrganizationId) -> Select<step::Entity> {
    step::Entity::find()
        .filter(step::Column::OrganizationId.eq(own))
        .filter(step::Column::State.is_not_in([LeadStepState::Waiting, LeadStepState::Skipped]))
}

/// The leads as the actor's organization sees them.
async fn seen(connection: &impl ConnectionTrait, op: &Op, leads: Vec<Lead>) -> Result<Vec<Seen>, Fault> {
    let Some(own) = op.actor.organization() else { return Ok(Vec::new()) };
    let received: Vec<_> = leads.iter().filter(|lead| lead.organization_id != own).map(|lead| lead.id).collect();
    let mut places = HashMap::new();
    if !received.is_empty() {
        let rows = places_of(own).filter(step::Column::LeadId.is_in(received)).all(connection).await?;
        places.extend(rows.into_iter().map(|row| (row.lead_id, row)));
    }
    let seen = |lead: Lead| match places.remove(&lead.id) {
        Some(step) => Some(Seen { lead, step: Some(step) }),
        None => (lead.organization_id == own).then_some(Seen { lead, step: None }),
    };
    Ok(leads.into_iter().filter_map(seen).collect())
}

/// The visible leads with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[LeadId]) -> Result<Vec<Seen>, Fault> {
    let rows = visible(op).filter(lead::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?;
    seen(op.db().read(), op, rows).await
}

/// The visible lead with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: LeadId) -> Result<Option<Seen>, Fault> {
    let row = visible(op).filter(lead::Column::Id.eq(id)).lock_exclusive().one(tx).await?;
    Ok(seen(tx, op, row.into_iter().collect()).await?.pop())
}

/// What went on in these leads, in order; for whoever was found to see them.
///
/// # Errors
/// Database faults.
pub async fn list_interactions(op: &Op, ids: &[LeadId]) -> Result<Vec<Interaction>, Fault> {
    Ok(interaction::Entity::find()
        .filter(interaction::Column::LeadId.is_in(ids.iter().copied()))
        .order_by_asc(interaction::Column::LeadId)
        .order_by_asc(interaction::Column::Position)
        .all(op.db().read())
        .await?)
}

/// As [`list_interactions`], of one lead, in a transaction.
///
/// # Errors
/// Database faults.
pub async fn list_interactions_in(tx: &DatabaseTransaction, id: LeadId) -> Result<Vec<Interaction>, Fault> {
    let rows = interaction::Entity::find().filter(interaction::Column::LeadId.eq(id));
    Ok(rows.order_by_asc(interaction::Column::Position).all(tx).await?)
}

/// How many leads of this organization are with receivers that have not answered.
///
/// # Errors
/// Database faults.
pub async fn count_out_in(tx: &DatabaseTransaction, sender: OrganizationId) -> Result<u64, Fault> {
    let out = lead::Entity::find()
        .filter(lead::Column::OrganizationId.eq(sender))
        .filter(lead::Column::Status.eq(LeadStatus::Sent));
    Ok(out.count(tx).await?)
}

/// Whether an organization takes part at all.
///
/// # Errors
/// Database faults.
pub async fn takes_part_in(tx: &DatabaseTransaction, id: OrganizationId) -> Result<bool, Fault> {
    let active =
        organization::Entity::find_by_id(id).filter(organization::Column::Status.eq(OrganizationStatus::Active));
    Ok(active.one(tx).await?.is_some())
}

/// The ids of leads whose present receiver's time has run out by `now`, those due first first.
///
/// # Errors
/// Database faults.
pub async fn list_due(op: &Op, limit: u64) -> Result<Vec<LeadId>, Fault> {
    Ok(lead::Entity::find()
        .select_only()
        .column(lead::Column::Id)
        .filter(lead::Column::ExpiresAt.lte(op.now()))
        .order_by_asc(lead::Column::ExpiresAt)
        .order_by_asc(lead::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

/// A lead whose present receiver's time has run out, its row locked until the transaction ends. `None` where it was
/// answered meanwhile, or where another replica has it in hand: nobody waits for another.
///
/// # Errors
/// Database faults.
pub async fn find_due_in(tx: &DatabaseTransaction, now: DateTime<Utc>, id: LeadId) -> Result<Option<Lead>, Fault> {
    Ok(lead::Entity::find_by_id(id)
        .filter(lead::Column::Status.eq(LeadStatus::Sent))
        .filter(lead::Column::ExpiresAt.lte(now))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx)
        .await?)
}

/// When the next receiver's time runs out, or ran out; none where nobody is asked.
///
/// # Errors
/// Database faults.
pub async fn next_expiry(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    let next: Option<Option<DateTime<Utc>>> = lead::Entity::find()
        .select_only()
        .column(lead::Column::ExpiresAt)
        .filter(lead::Column::ExpiresAt.is_not_null())
        .order_by_asc(lead::Column::ExpiresAt)
        .limit(1)
        .into_tuple()
        .one(op.db().read())
        .await?;
    Ok(next.flatten())
}
