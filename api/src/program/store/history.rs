//! The SQL of facts and periods.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use super::memberships_visible;
use crate::{
    op::{Action, Fault, Op, Permit},
    program::model::{Membership, RecordedFact, StoredPeriod, history::Fact, history::Period},
};
use entity::{id::MembershipId, membership, membership_fact, membership_period};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

/// A statement has a bounded number of parameters, and a fact has nine columns.
const CHUNK: usize = 2_000;

/// The facts of these memberships, each one's in the order of recording. The transaction must hold the memberships.
///
/// # Errors
/// Database faults.
pub async fn list_facts_in(tx: &DatabaseTransaction, memberships: &[MembershipId]) -> Result<Vec<RecordedFact>, Fault> {
    let mut found = Vec::new();
    for chunk in memberships.chunks(CHUNK) {
        let query = membership_fact::Entity::find()
            .filter(membership_fact::Column::MembershipId.is_in(chunk.iter().copied()))
            .order_by_asc(membership_fact::Column::MembershipId)
            .order_by_asc(membership_fact::Column::Sequence);
        found.extend(query.all(tx).await?);
    }
    Ok(found)
}

/// Adds facts, each with its membership and its place there.
///
/// # Errors
/// Database faults.
pub async fn append_facts_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    facts: Vec<(MembershipId, i32, Fact)>,
) -> Result<(), Fault> {
    let rows: Vec<_> = facts
        .into_iter()
        .map(|(membership, sequence, fact)| membership_fact::ActiveModel {
            id: Set(op.new_id()),
            membership_id: Set(membership),
            effective_on: Set(fact.effective_on),
            sequence: Set(sequence),
            kind: Set(fact.kind),
            from_tier_id: Set(fact.from_tier),
            tier_id: Set(fact.tier),
            source: Set(fact.source),
            recorded_at: Set(op.now()),
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        membership_fact::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Writes anew the periods of these memberships.
///
/// # Errors
/// Database faults.
pub async fn replace_periods_in<A: Action>(
    tx: &DatabaseTransaction,
    _permit: &Permit<A>,
    periods: &[(&Membership, Vec<Period>)],
) -> Result<(), Fault> {
    for chunk in periods.chunks(CHUNK) {
        let ids: Vec<_> = chunk.iter().map(|(membership, _)| membership.id).collect();
        let of = membership_period::Column::MembershipId.is_in(ids);
        membership_period::Entity::delete_many().filter(of).exec(tx).await?;
    }
    let rows: Vec<_> = periods
        .iter()
        .flat_map(|(membership, periods)| periods.iter().map(move |period| (membership, period)))
        .map(|(membership, period)| membership_period::ActiveModel {
            membership_id: Set(membership.id),
            starts_on: Set(period.starts_on),
            ends_on: Set(period.ends_on),
            program_id: Set(membership.program_id),
            organization_id: Set(membership.organization_id),
            tier_id: Set(period.tier),
        })
        .collect();
    for chunk in rows.chunks(CHUNK) {
        membership_period::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The periods of the visible ones among these memberships, the earliest first.
///
/// # Errors
/// Database faults.
pub async fn list_periods(op: &Op, memberships: &[MembershipId]) -> Result<Vec<StoredPeriod>, Fault> {
    let seen = membership::Entity::find()
        .select_only()
        .column(membership::Column::Id)
        .filter(memberships_visible(op))
        .into_query();
    Ok(membership_period::Entity::find()
        .filter(membership_period::Column::MembershipId.is_in(memberships.iter().copied()))
        .filter(membership_period::Column::MembershipId.in_subquery(seen))
        .order_by_asc(membership_period::Column::MembershipId)
        .order_by_asc(membership_period::Column::StartsOn)
        .all(op.db().read())
        .await?)
}
