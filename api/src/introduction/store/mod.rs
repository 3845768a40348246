//! The SQL of introductions: scoped reads here, lists and writes below.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of introductions")]

mod addressee;
mod list;
mod write;

pub use addressee::{Sides, list_addressees};
pub use list::{IntroductionFilter, count, count_waiting, list, list_waiting};
pub use write::{Change, NewIntroduction, insert_in, update_in};

use super::model::{Introduction, IntroductionStatus, open_key};
use crate::{
    op::{Fault, Op},
    overlap::model::About,
};
use chrono::{DateTime, Utc};
use entity::{
    id::{IntroductionId, OrganizationId},
    introduction,
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, LockBehavior, LockType},
};

fn asked_by(organization: OrganizationId) -> Condition {
    Condition::all().add(introduction::Column::AskerId.eq(organization))
}

fn asked_of(organization: OrganizationId) -> Condition {
    Condition::all().add(introduction::Column::ReceiverId.eq(organization))
}

/// The requests that the actor may see: those of which its organization is a side. Not even the operator sees others.
fn visible(op: &Op) -> Select<introduction::Entity> {
    let query = introduction::Entity::find();
    match op.actor.organization() {
        // Whoever acts for no organization finds nothing.
        None => query.filter(Expr::val(false)),
        Some(own) => query.filter(Condition::any().add(asked_by(own)).add(asked_of(own))),
    }
}

/// The visible requests with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[IntroductionId]) -> Result<Vec<Introduction>, Fault> {
    Ok(visible(op).filter(introduction::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible request with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: IntroductionId) -> Result<Option<Introduction>, Fault> {
    Ok(visible(op).filter(introduction::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The visible requests about these accounts, of either side, that are open as far as that is on record.
///
/// # Errors
/// Database faults.
pub async fn list_open_about(op: &Op, about: &[About]) -> Result<Vec<Introduction>, Fault> {
    let keys = about.iter().flat_map(|about| [open_key(about.own, about.partner), open_key(about.partner, about.own)]);
    let open = visible(op).filter(introduction::Column::OpenKey.is_in(keys)).order_by_asc(introduction::Column::Id);
    Ok(open.all(op.db().read()).await?)
}

/// Whether a request of this key is open as far as that is on record.
///
/// # Errors
/// Database faults.
pub async fn is_open_in(tx: &DatabaseTransaction, key: &str) -> Result<bool, Fault> {
    Ok(introduction::Entity::find().filter(introduction::Column::OpenKey.eq(key)).one(tx).await?.is_some())
}

/// How many requests of this organization wait for an answer.
///
/// # Errors
/// Database faults.
pub async fn count_waiting_of_in(tx: &DatabaseTransaction, asker: OrganizationId) -> Result<u64, Fault> {
    let waiting = introduction::Entity::find()
        .filter(asked_by(asker))
        .filter(introduction::Column::Status.eq(IntroductionStatus::Requested));
    Ok(waiting.count(tx).await?)
}

/// The ids of requests whose time has run out, those due first first; of one asker where it is given.
///
/// # Errors
/// Database faults.
pub async fn list_due(op: &Op, asker: Option<OrganizationId>, limit: u64) -> Result<Vec<IntroductionId>, Fault> {
    Ok(introduction::Entity::find()
        .select_only()
        .column(introduction::Column::Id)
        .filter(introduction::Column::Status.eq(IntroductionStatus::Requested))
        .filter(introduction::Column::ExpiresAt.lte(op.now()))
        .apply_if(asker, |query, asker| query.filter(asked_by(asker)))
        .order_by_asc(introduction::Column::ExpiresAt)
        .order_by_asc(introduction::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

/// A request whose time has run out, its row locked until the transaction ends. `None` where it was answered meanwhile, or
/// where another replica has it in hand: nobody waits for another.
///
/// # Errors
/// Database faults.
pub async fn find_due_in(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    id: IntroductionId,
) -> Result<Option<Introduction>, Fault> {
    Ok(introduction::Entity::find_by_id(id)
        .filter(introduction::Column::Status.eq(IntroductionStatus::Requested))
        .filter(introduction::Column::ExpiresAt.lte(now))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx)
        .await?)
}

/// When the next request runs out, or ran out; none where none waits.
///
/// # Errors
/// Database faults.
pub async fn next_expiry(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    Ok(introduction::Entity::find()
        .select_only()
        .column(introduction::Column::ExpiresAt)
        .filter(introduction::Column::Status.eq(IntroductionStatus::Requested))
        .order_by_asc(introduction::Column::ExpiresAt)
        .limit(1)
        .into_tuple()
        .one(op.db().read())
        .await?)
}
