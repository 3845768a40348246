//! Lists of requests: newest first, and what waits, soonest expiry first.

use super::{asked_by, asked_of, visible};
use crate::{
    db::{self, Direction},
    introduction::model::{Introduction, IntroductionStatus, Side},
    op::{Fault, Op},
    page::{Page, Slice},
};
use chrono::{DateTime, Utc};
use entity::{
    id::{IntroductionId, OrganizationId},
    introduction,
};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter, QuerySelect, Select, sea_query::Expr};

/// Which requests are wanted: those that all given parts agree on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntroductionFilter {
    /// Of which the actor's organization is this side.
    pub side: Option<Side>,
    /// In one of these states now; any where it is empty.
    pub statuses: Vec<IntroductionStatus>,
    /// With this organization.
    pub partner: Option<OrganizationId>,
}

fn filtered(op: &Op, filter: &IntroductionFilter) -> Select<introduction::Entity> {
    let mut query = visible(op);
    if let Some((own, side)) = op.actor.organization().zip(filter.side) {
        query = query.filter(match side {
            Side::Asker => asked_by(own),
            Side::Receiver => asked_of(own),
        });
    }
    if let Some(partner) = filter.partner {
        query = query.filter(Condition::any().add(asked_by(partner)).add(asked_of(partner)));
    }
    if filter.statuses.is_empty() {
        return query;
    }
    let now = op.now();
    let stored = introduction::Column::Status;
    let asked = || Condition::all().add(stored.eq(IntroductionStatus::Requested));
    // The twin of `model::status`.
    let is = |status: &IntroductionStatus| match status {
        IntroductionStatus::Requested => asked().add(introduction::Column::ExpiresAt.gt(now)),
        IntroductionStatus::Expired => Condition::any()
            .add(stored.eq(IntroductionStatus::Expired))
            .add(asked().add(introduction::Column::ExpiresAt.lte(now))),
        answered => Condition::all().add(stored.eq(*answered)),
    };
    query.filter(filter.statuses.iter().map(is).fold(Condition::any(), Condition::add))
}

/// A page of the visible requests, newest first.
///
/// # Errors
/// Database faults.
pub async fn list(
    op: &Op,
    filter: &IntroductionFilter,
    page: &Page<IntroductionId>,
) -> Result<Slice<Introduction, IntroductionId>, Fault> {
    let keys = [Expr::col((introduction::Entity, introduction::Column::Id))];
    let mut query = filtered(op, filter);
    if let Some(id) = page.after {
        query = query.filter(db::after(&keys, vec![id.into()], Direction::Descending));
    }
    let rows = db::order_by(query, &keys, Direction::Descending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many requests [`list`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op, filter: &IntroductionFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

fn waiting(op: &Op) -> Select<introduction::Entity> {
    let statuses = vec![IntroductionStatus::Requested];
    filtered(op, &IntroductionFilter { side: Some(Side::Receiver), statuses, partner: None })
}

/// The requests that wait for the answer of the actor's organization behind a position, soonest expiry first; the position
/// is the expiry and the id.
///
/// # Errors
/// Database faults.
pub async fn list_waiting(
    op: &Op,
    after: Option<(DateTime<Utc>, IntroductionId)>,
    limit: u64,
) -> Result<Vec<Introduction>, Fault> {
    let keys = [
        Expr::col((introduction::Entity, introduction::Column::ExpiresAt)),
        Expr::col((introduction::Entity, introduction::Column::Id)),
    ];
    let mut query = waiting(op);
    if let Some((at, id)) = after {
        query = query.filter(db::after(&keys, vec![at.into(), id.into()], Direction::Ascending));
    }
    Ok(db::order_by(query, &keys, Direction::Ascending).limit(limit).all(op.db().read()).await?)
}

/// How many requests wait for the answer of the actor's organization.
///
/// # Errors
/// Database faults.
pub async fn count_waiting(op: &Op) -> Result<u64, Fault> {
    Ok(waiting(op).count(op.db().read()).await?)
}
