//! The SQL that finds what the clock has done to memberships and nobody wrote down.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use crate::{
    op::{Fault, Op},
    program::model::MembershipStatus,
};
use chrono::NaiveDate;
use entity::{id::MembershipId, membership};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

/// The two days on which the clock changes a membership that is in force, each with an index.
const PLANNED: [membership::Column; 2] = [membership::Column::ExpiresOn, membership::Column::NextTierOn];

fn planned(day: membership::Column) -> Select<membership::Entity> {
    membership::Entity::find()
        .select_only()
        .filter(membership::Column::Status.is_in([MembershipStatus::Active, MembershipStatus::Suspended]))
        .filter(day.is_not_null())
        .order_by_asc(day)
        .order_by_asc(membership::Column::Id)
}

/// At most `limit` memberships that have something to settle, those with both days once.
///
/// # Errors
/// Database faults.
pub async fn list_due_memberships(op: &Op, limit: u64) -> Result<Vec<MembershipId>, Fault> {
    let mut found: Vec<MembershipId> = Vec::new();
    for day in PLANNED {
        let due = planned(day).column(membership::Column::Id).filter(day.lte(op.today())).limit(limit);
        found.extend(due.into_tuple::<MembershipId>().all(op.db().read()).await?);
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// The next of the planned days, which may be past; none where nothing is planned.
///
/// # Errors
/// Database faults.
pub async fn next_due_day(op: &Op) -> Result<Option<NaiveDate>, Fault> {
    let mut next: Option<NaiveDate> = None;
    for day in PLANNED {
        let found: Option<NaiveDate> = planned(day).column(day).limit(1).into_tuple().one(op.db().read()).await?;
        next = [next, found].into_iter().flatten().min();
    }
    Ok(next)
}
