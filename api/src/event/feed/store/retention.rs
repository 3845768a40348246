//! How long alerts are kept, and the epoch of all feeds.

use super::read::no_epoch;
use crate::{
    db::{Db, Tx},
    op::{Fault, Ids, Op},
};
use chrono::{DateTime, Utc};
use entity::{alert, feed, feed_epoch, feed_reader, id::OrganizationId};
use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};

/// How many alerts one transaction lets go: their feed's writers wait for it.
const BATCH: u64 = 500;

/// How many feeds are looked for at once.
const FEEDS: u64 = 200;

/// Epochs stay below this, so that every program that reads JSON numbers as doubles reads them whole.
const EPOCH_BITS: u32 = 53;

/// Lets go of alerts from before `older_than`, and gives how many they were. Of each feed only its beginning goes, up to
/// the first alert that is not older, so that what is kept has no gap; a position before it then leads to a reset.
///
/// # Errors
/// Database faults; what was let go before stays so.
pub async fn trim(op: &Op, older_than: DateTime<Utc>) -> Result<u64, Fault> {
    let (mut gone, mut after) = (0, None);
    loop {
        let feeds = list_overdue(op, older_than, after).await?;
        let Some(last) = feeds.last().copied() else { return Ok(gone) };
        for organization in feeds {
            loop {
                let batch = trim_batch(op, organization, older_than).await?;
                gone += batch;
                if batch < BATCH {
                    break;
                }
            }
        }
        after = Some(last);
    }
}

/// Feeds that have an alert from before, by the ids of their organizations.
async fn list_overdue(
    op: &Op,
    older_than: DateTime<Utc>,
    after: Option<OrganizationId>,
) -> Result<Vec<OrganizationId>, Fault> {
    let old = Query::select()
        .expr(Expr::val(1))
        .from(alert::Entity)
        .and_where(
            Expr::col((alert::Entity, alert::Column::OrganizationId))
                .equals((feed::Entity, feed::Column::OrganizationId)),
        )
        .and_where(Expr::col((alert::Entity, alert::Column::OccurredAt)).lt(older_than))
        .to_owned();
    let mut rows = feed::Entity::find().select_only().column(feed::Column::OrganizationId).filter(Expr::exists(old));
    if let Some(after) = after {
        rows = rows.filter(feed::Column::OrganizationId.gt(after));
    }
    let rows = rows.order_by_asc(feed::Column::OrganizationId).limit(FEEDS);
    Ok(rows.into_tuple().all(op.db().read()).await?)
}

async fn trim_batch(op: &Op, organization: OrganizationId, older_than: DateTime<Utc>) -> Result<u64, Fault> {
    let tx = op.db().begin().await?;
    let Some(row) = feed::Entity::find_by_id(organization).lock_exclusive().one(&*tx).await? else { return Ok(0) };
    let oldest: Vec<(i64, DateTime<Utc>)> = alert::Entity::find()
        .select_only()
        .columns([alert::Column::Seq, alert::Column::OccurredAt])
        .filter(alert::Column::OrganizationId.eq(organization))
        .filter(alert::Column::Seq.gt(row.trimmed))
        .order_by_asc(alert::Column::Seq)
        .limit(BATCH)
        .into_tuple()
        .all(&*tx)
        .await?;
    // The clocks of two replicas may differ, so that moments need not ascend with the numbers.
    let Some((until, _)) = oldest.into_iter().take_while(|(_, at)| *at < older_than).last() else { return Ok(0) };
    let gone = alert::Entity::delete_many()
        .filter(alert::Column::OrganizationId.eq(organization))
        .filter(alert::Column::Seq.lte(until))
        .exec(&*tx)
        .await?;
    feed::Entity::update_many()
        .col_expr(feed::Column::Trimmed, Expr::val(until))
        .filter(feed::Column::OrganizationId.eq(organization))
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected)
}

/// Begins another epoch, which makes every cursor that was given out lead to a reset, and gives it. To be done when the
/// database is not the one that it was: after a restore from a backup, after a failover that lost commits. Only the
/// command line does it.
///
/// # Errors
/// Database faults.
pub async fn new_epoch(op: &Op) -> Result<i64, Fault> {
    renew(op.db(), op.new_secret()).await
}

/// As [`new_epoch`], of a database that no server uses; `None` where it is of a release without feeds, which get an epoch
/// of their own with the migration that makes them.
///
/// # Errors
/// Database faults.
pub async fn renew_epoch(db: &Db, ids: &dyn Ids) -> Result<Option<i64>, Fault> {
    if !db.has_table(feed_epoch::Entity.table_name()).await? {
        return Ok(None);
    }
    renew(db, ids.secret()).await.map(Some)
}

async fn renew(db: &Db, chance: [u8; 32]) -> Result<i64, Fault> {
    let tx = db.begin().await?;
    let row = feed_epoch::Entity::find().lock_exclusive().one(&*tx).await?.ok_or_else(no_epoch)?;
    let epoch = another(row.epoch, chance);
    feed_epoch::Entity::update_many().col_expr(feed_epoch::Column::Epoch, Expr::val(epoch)).exec(&*tx).await?;
    keep_read(&tx, row.epoch, epoch).await?;
    tx.commit().await?;
    Ok(epoch)
}

/// What people have read stays read: their positions were restored together with the alerts that they speak of.
async fn keep_read(tx: &Tx, from: i64, to: i64) -> Result<(), Fault> {
    feed_reader::Entity::update_many()
        .col_expr(feed_reader::Column::Epoch, Expr::val(to))
        .filter(feed_reader::Column::Epoch.eq(from))
        .exec(&**tx)
        .await?;
    Ok(())
}

fn another(present: i64, chance: [u8; 32]) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&chance[..8]);
    let drawn = i64::try_from(u64::from_be_bytes(bytes) >> (u64::BITS - EPOCH_BITS)).unwrap_or_default();
    let positive = if drawn == 0 { 1 } else { drawn };
    if positive == present { positive ^ 2 } else { positive }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_epoch_is_positive_short_and_another_one() {
        assert_eq!(another(7, [0; 32]), 1);
        assert_eq!(another(1, [0; 32]), 3);
        assert_eq!(another(0, [255; 32]), (1 << 53) - 1);
        assert_ne!(another((1 << 53) - 1, [255; 32]), (1 << 53) - 1);
    }
}
