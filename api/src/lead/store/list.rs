//! Lists of leads, newest first: those that an organization sent, by when they were written down; those that it received,
//! by when it was asked.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of lists of leads")]

use super::places_of;
use crate::{
    db::{self, Direction},
    lead::model::{LeadStatus, LeadStepState, Seen},
    op::{Fault, Op},
    page::{Page, Slice},
};
use chrono::{DateTime, Utc};
use entity::{
    id::{LeadId, OrganizationId},
    lead, lead_step as step,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::Expr,
};
use std::collections::HashMap;

/// Whether leads are wanted that the organization sent or that it received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeadDirection {
    /// It sent them, or has yet to.
    Sent,
    /// It was asked to take them.
    Received,
}

/// The position of a lead in a list: when it was written down or received, and the id.
pub type LeadPosition = (DateTime<Utc>, LeadId);

/// A page of the leads of the actor's own organization, newest first; empty `statuses` do not narrow it.
///
/// # Errors
/// Database faults.
pub async fn list(
    op: &Op,
    own: OrganizationId,
    direction: LeadDirection,
    statuses: &[LeadStatus],
    page: &Page<LeadPosition>,
) -> Result<Slice<Seen, LeadPosition>, Fault> {
    match direction {
        LeadDirection::Sent => list_sent(op, own, statuses, page).await,
        LeadDirection::Received => list_received(op, own, statuses, page).await,
    }
}

async fn list_sent(
    op: &Op,
    own: OrganizationId,
    statuses: &[LeadStatus],
    page: &Page<LeadPosition>,
) -> Result<Slice<Seen, LeadPosition>, Fault> {
    let keys = [Expr::col((lead::Entity, lead::Column::CreatedAt)), Expr::col((lead::Entity, lead::Column::Id))];
    let mut query = sent(own, statuses, op.now());
    if let Some((at, id)) = page.after {
        query = query.filter(db::after(&keys, vec![at.into(), id.into()], Direction::Descending));
    }
    let rows = db::order_by(query, &keys, Direction::Descending).limit(page.fetch()).all(op.db().read()).await?;
    let rows = rows.into_iter().map(|lead| Seen { lead, step: None }).collect();
    Ok(page.slice(rows, |seen: &Seen| (seen.lead.created_at, seen.lead.id)))
}

/// At most `limit` leads about a company with this registrable domain that are open to an organization: those that it sent
/// and that have not come to their end, and those that it was asked to take or took. The newest first.
///
/// # Errors
/// Database faults.
pub async fn list_open_of_company(op: &Op, own: OrganizationId, domain: &str, limit: u64) -> Result<Vec<Seen>, Fault> {
    use LeadStatus::{Accepted, New, Sent};
    let about = || lead::Column::CompanyDomain.eq(domain);
    let ours = sent(own, &[New, Sent, Accepted], op.now())
        .filter(about())
        .order_by_desc(lead::Column::Id)
        .limit(limit)
        .all(op.db().read())
        .await?;
    let ids = lead::Entity::find().select_only().column(lead::Column::Id).filter(about()).into_query();
    let places = received(own, &[Sent, Accepted], op.now())
        .filter(step::Column::LeadId.in_subquery(ids))
        .order_by_desc(step::Column::LeadId)
        .limit(limit)
        .all(op.db().read())
        .await?;
    let mut seen = with_leads(op, places).await?;
    seen.extend(ours.into_iter().map(|lead| Seen { lead, step: None }));
    seen.sort_by_key(|seen| std::cmp::Reverse(seen.lead.id));
    seen.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(seen)
}

async fn list_received(
    op: &Op,
    own: OrganizationId,
    statuses: &[LeadStatus],
    page: &Page<LeadPosition>,
) -> Result<Slice<Seen, LeadPosition>, Fault> {
    let keys = [Expr::col((step::Entity, step::Column::SentAt)), Expr::col((step::Entity, step::Column::LeadId))];
    let mut query = received(own, statuses, op.now());
    if let Some((at, id)) = page.after {
        query = query.filter(db::after(&keys, vec![at.into(), id.into()], Direction::Descending));
    }
    let places = db::order_by(query, &keys, Direction::Descending).limit(page.fetch()).all(op.db().read()).await?;
    let slice = page.slice(places, |place| (place.sent_at, place.lead_id));
    let (positions, places): (Vec<_>, Vec<_>) = slice.rows.into_iter().unzip();
    let rows = positions.into_iter().zip(with_leads(op, places).await?).collect();
    Ok(Slice { rows, has_next: slice.has_next, has_previous: slice.has_previous })
}

/// The places with their leads, in their order; whoever has a place among the receivers sees the lead.
async fn with_leads(op: &Op, places: Vec<step::Model>) -> Result<Vec<Seen>, Fault> {
    let ids = places.iter().map(|place| place.lead_id);
    let leads = lead::Entity::find().filter(lead::Column::Id.is_in(ids)).all(op.db().read()).await?;
    let mut leads: HashMap<_, _> = leads.into_iter().map(|lead| (lead.id, lead)).collect();
    let seen = |place: step::Model| Some(Seen { lead: leads.remove(&place.lead_id)?, step: Some(place) });
    Ok(places.into_iter().filter_map(seen).collect())
}

/// The places that wait for the answer of the actor's organization.
fn waiting(op: &Op) -> Select<step::Entity> {
    match op.actor.organization() {
        Some(own) => received(own, &[LeadStatus::Sent], op.now()),
        None => step::Entity::find().filter(Expr::val(false)),
    }
}

/// The leads that wait for the answer of the actor's organization behind a position, soonest expiry first; the position is
/// the expiry and the id.
///
/// # Errors
/// Database faults.
pub async fn list_waiting(op: &Op, after: Option<LeadPosition>, limit: u64) -> Result<Vec<Seen>, Fault> {
    let keys = [Expr::col((step::Entity, step::Column::ExpiresAt)), Expr::col((step::Entity, step::Column::LeadId))];
    let mut query = waiting(op);
    if let Some((at, id)) = after {
        query = query.filter(db::after(&keys, vec![at.into(), id.into()], Direction::Ascending));
    }
    let places = db::order_by(query, &keys, Direction::Ascending).limit(limit).all(op.db().read()).await?;
    with_leads(op, places).await
}

/// How many leads wait for the answer of the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count_waiting(op: &Op) -> Result<u64, Fault> {
    Ok(waiting(op).count(op.db().read()).await?)
}

/// How many leads [`list`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count(
    op: &Op,
    own: OrganizationId,
    direction: LeadDirection,
    statuses: &[LeadStatus],
) -> Result<u64, Fault> {
    Ok(match direction {
        LeadDirection::Sent => sent(own, statuses, op.now()).count(op.db().read()).await?,
        LeadDirection::Received => received(own, statuses, op.now()).count(op.db().read()).await?,
    })
}

fn sent(own: OrganizationId, statuses: &[LeadStatus], now: DateTime<Utc>) -> Select<lead::Entity> {
    let query = lead::Entity::find().filter(lead::Column::OrganizationId.eq(own));
    if statuses.is_empty() {
        return query;
    }
    let stored = lead::Column::Status;
    let out = || Condition::all().add(stored.eq(LeadStatus::Sent));
    // The twin of `model::status`.
    let is = |status: &LeadStatus| match status {
        LeadStatus::Sent => {
            out().add(Condition::any().add(lead::Column::ExpiresAt.gt(now)).add(lead::Column::Waiting.gt(0)))
        }
        LeadStatus::Expired => Condition::any()
            .add(stored.eq(LeadStatus::Expired))
            .add(out().add(lead::Column::ExpiresAt.lte(now)).add(lead::Column::Waiting.eq(0))),
        other => Condition::all().add(stored.eq(*other)),
    };
    query.filter(statuses.iter().map(is).fold(Condition::any(), Condition::add))
}

fn received(own: OrganizationId, statuses: &[LeadStatus], now: DateTime<Utc>) -> Select<step::Entity> {
    let query = places_of(own);
    if statuses.is_empty() {
        return query;
    }
    let stored = step::Column::State;
    let open = || Condition::all().add(stored.eq(LeadStepState::Sent));
    // The twin of `model::status_of`.
    let is = |status: &LeadStatus| match status {
        LeadStatus::New => Condition::all().add(Expr::val(false)),
        LeadStatus::Sent => open().add(step::Column::ExpiresAt.gt(now)),
        LeadStatus::Expired => {
            Condition::any().add(stored.eq(LeadStepState::Expired)).add(open().add(step::Column::ExpiresAt.lte(now)))
        }
        LeadStatus::Accepted => Condition::all().add(stored.eq(LeadStepState::Accepted)),
        LeadStatus::Converted => Condition::all().add(stored.eq(LeadStepState::Converted)),
        LeadStatus::Declined => Condition::all().add(stored.eq(LeadStepState::Declined)),
        LeadStatus::Canceled => Condition::all().add(stored.eq(LeadStepState::Canceled)),
    };
    query.filter(statuses.iter().map(is).fold(Condition::any(), Condition::add))
}
