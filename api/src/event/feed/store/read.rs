//! Reads of the feeds. Whether the actor may read them is decided by the caller, except where it is the actor's own.

use super::{
    super::{Alert, AlertFilter, Head},
    own_feed,
};
use crate::{
    db::{Db, one_of},
    event::DataScope,
    op::{Fault, Op},
};
use entity::{
    alert, data_version, feed, feed_epoch, feed_reader,
    id::{AlertId, OrganizationId},
    value::OpportunityStage,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};
use std::collections::HashMap;
use uuid::Uuid;

/// How far the feed of an organization goes. One that never had an alert is at 0.
///
/// # Errors
/// Database faults.
pub async fn head(op: &Op, organization: OrganizationId) -> Result<Head, Fault> {
    read_head(op.db(), organization).await
}

pub(in crate::event::feed) async fn read_head(db: &Db, organization: OrganizationId) -> Result<Head, Fault> {
    let select = Query::select()
        .column((feed_epoch::Entity, feed_epoch::Column::Epoch))
        .column((feed::Entity, feed::Column::Seq))
        .column((feed::Entity, feed::Column::Trimmed))
        .from(feed_epoch::Entity)
        .left_join(feed::Entity, Expr::col((feed::Entity, feed::Column::OrganizationId)).eq(organization))
        .to_owned();
    let row = db.read().query_one(&select).await?.ok_or_else(no_epoch)?;
    let number = |name: &str| Ok::<_, Fault>(row.try_get::<Option<i64>>("", name)?.unwrap_or_default());
    Ok(Head { epoch: row.try_get("", "epoch")?, seq: number("seq")?, trimmed: number("trimmed")? })
}

pub(super) fn no_epoch() -> Fault {
    Fault::internal("the feeds have no epoch")
}

/// At most `fetch` alerts of an organization's feed behind the number `after` that the filter wants, ascending.
///
/// # Errors
/// Database faults.
pub async fn list(
    op: &Op,
    organization: OrganizationId,
    after: i64,
    filter: &AlertFilter,
    fetch: u64,
) -> Result<Vec<Alert>, Fault> {
    let rows = behind(organization, after).filter(wanted(filter)).limit(fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// How many alerts of an organization's feed are kept that the filter wants.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op, organization: OrganizationId, filter: &AlertFilter) -> Result<u64, Fault> {
    Ok(behind(organization, 0).filter(wanted(filter)).count(op.db().read()).await?)
}

/// As [`list`] without a filter, for listeners.
pub(in crate::event::feed) async fn read_behind(
    db: &Db,
    organization: OrganizationId,
    after: i64,
    fetch: u64,
) -> Result<Vec<Alert>, Fault> {
    Ok(behind(organization, after).limit(fetch).all(db.read()).await?)
}

/// At most `fetch` alerts behind the number `after` and up to `until` that the filter wants, for listeners.
pub(in crate::event::feed) async fn read_wanted(
    db: &Db,
    organization: OrganizationId,
    (after, until): (i64, i64),
    filter: &AlertFilter,
    fetch: u64,
) -> Result<Vec<Alert>, Fault> {
    let rows = behind(organization, after).filter(alert::Column::Seq.lte(until)).filter(wanted(filter)).limit(fetch);
    Ok(rows.all(db.read()).await?)
}

fn behind(organization: OrganizationId, after: i64) -> sea_orm::Select<alert::Entity> {
    alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization))
        .filter(alert::Column::Seq.gt(after))
        .order_by_asc(alert::Column::Seq)
}

/// The same rule as [`AlertFilter::matches`].
fn wanted(filter: &AlertFilter) -> Condition {
    let AlertFilter { kinds, opportunity, stages } = filter;
    Condition::all()
        .add_option(kinds.as_ref().map(|kinds| alert::Column::Kind.is_in(kinds.iter().copied())))
        .add_option(opportunity.map(|wanted| alert::Column::OpportunityId.eq(wanted)))
        .add_option(stages.as_ref().map(|stages| in_stage(stages)))
}

fn in_stage(stages: &[OpportunityStage]) -> Condition {
    let named = Condition::any().add(alert::Column::Stage.is_in(stages.iter().copied()));
    if stages.is_empty() { named } else { named.add(alert::Column::Restricted.eq(true)) }
}

/// The alerts with these ids that are in the feed of the actor's organization, in no order.
///
/// # Errors
/// Database faults.
pub async fn find(op: &Op, ids: &[AlertId]) -> Result<Vec<Alert>, Fault> {
    let Some(own) = op.actor.organization() else { return Ok(Vec::new()) };
    let rows = alert::Entity::find()
        .filter(alert::Column::Id.is_in(ids.iter().copied()))
        .filter(alert::Column::OrganizationId.eq(own));
    Ok(rows.all(op.db().read()).await?)
}

/// How many alerts of the own organization's feed the actor has not read: those that are kept and behind where
/// [`mark_read`](super::mark_read) was last. `None` for a key, which reads for nobody. It costs the same however many
/// there are, since their numbers have no gap.
///
/// # Errors
/// [`Fault::Unauthenticated`] for who has no feed, database faults.
pub async fn unread_count(op: &Op) -> Result<Option<u64>, Fault> {
    let own = own_feed(op)?;
    let Some(person) = op.actor.person() else { return Ok(None) };
    let head = head(op, own).await?;
    let reader = feed_reader::Entity::find_by_id((own, person)).one(op.db().read()).await?;
    // Of another epoch it counts for nothing: the numbers were given out anew.
    let read = reader.filter(|reader| reader.epoch == head.epoch).map_or(0, |reader| reader.seq);
    Ok(Some(u64::try_from(head.seq - Ord::max(read, head.trimmed)).unwrap_or_default()))
}

/// How far one feed goes, and the versions of what decides who may read it and what its readers may see.
pub(in crate::event::feed) struct Tail {
    pub(in crate::event::feed) seq: i64,
    pub(in crate::event::feed) access: i64,
    pub(in crate::event::feed) sight: i64,
}

pub(in crate::event::feed) struct Tails {
    pub(in crate::event::feed) epoch: i64,
    /// In the order of the organizations.
    pub(in crate::event::feed) of: Vec<Tail>,
}

/// How many feeds [`read_tails`] takes: SQLite has at most 32,766 parameters a statement, and there are three for each.
pub(in crate::event::feed) const TAILS_MAX: usize = 8192;

/// How far these feeds go, in one statement, so that epoch and numbers are of one moment. At most [`TAILS_MAX`].
pub(in crate::event::feed) async fn read_tails(db: &Db, organizations: &[OrganizationId]) -> Result<Tails, Fault> {
    let pages = DataScope::Pages.key();
    let scopes: Vec<String> =
        organizations.iter().flat_map(|id| [DataScope::Access(*id).key(), DataScope::Sight(*id).key()]).collect();
    let select = part(Expr::col(feed::Column::OrganizationId), Expr::val(""), Expr::col(feed::Column::Seq))
        .from(feed::Entity)
        .and_where(one_of(db.backend(), Expr::col(feed::Column::OrganizationId), organizations))
        .union(
            UnionType::All,
            part(nobody(), Expr::col(data_version::Column::Scope), Expr::col(data_version::Column::Version))
                .from(data_version::Entity)
                .and_where(
                    one_of(db.backend(), Expr::col(data_version::Column::Scope), &scopes)
                        .or(Expr::col(data_version::Column::Scope).eq(pages.as_str())),
                )
                .to_owned(),
        )
        .union(
            UnionType::All,
            part(nobody(), Expr::val(""), Expr::col(feed_epoch::Column::Epoch)).from(feed_epoch::Entity).to_owned(),
        )
        .to_owned();
    let (mut epoch, mut seqs, mut versions) = (None, HashMap::new(), HashMap::new());
    for row in db.read().query_all(&select).await? {
        let (organization, scope, value) = parts_of(&row)?;
        match organization {
            Some(organization) => _ = seqs.insert(OrganizationId(organization), value),
            None if scope.is_empty() => epoch = Some(value),
            None => _ = versions.insert(scope, value),
        }
    }
    let version = |scope: &String| versions.get(scope).copied().unwrap_or_default();
    let of = organizations.iter().zip(scopes.chunks_exact(2)).map(|(organization, scopes)| Tail {
        seq: seqs.get(organization).copied().unwrap_or_default(),
        access: version(&scopes[0]),
        // Both only rise, and so the sum changes with either.
        sight: version(&scopes[1]) + version(&pages),
    });
    Ok(Tails { epoch: epoch.ok_or_else(no_epoch)?, of: of.collect() })
}

/// The version of what the members of an organization may see, as [`read_tails`] reads it.
pub(in crate::event::feed) async fn read_sight(db: &Db, organization: OrganizationId) -> Result<i64, Fault> {
    let scopes = [DataScope::Sight(organization).key(), DataScope::Pages.key()];
    let rows = data_version::Entity::find().filter(data_version::Column::Scope.is_in(scopes)).all(db.read()).await?;
    Ok(rows.iter().map(|row| row.version).sum())
}

fn part(organization: Expr, scope: Expr, value: Expr) -> SelectStatement {
    Query::select().expr_as(organization, "organization").expr_as(scope, "scope").expr_as(value, "value").to_owned()
}

fn nobody() -> Expr {
    Expr::val(None::<Uuid>)
}

fn parts_of(row: &QueryResult) -> Result<(Option<Uuid>, String, i64), Fault> {
    Ok((row.try_get("", "organization")?, row.try_get("", "scope")?, row.try_get("", "value")?))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_largest_check_has_no_more_parameters_than_sqlite_takes() {
        // Two lists, each lengthened to a power of two, and what else is a parameter.
        assert!(TAILS_MAX.next_power_of_two() + (2 * TAILS_MAX).next_power_of_two() + 8 <= 32_766);
    }
}
