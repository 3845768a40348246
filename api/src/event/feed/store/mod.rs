//! The SQL of the feed.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of the feed")]

mod read;
mod reader;
mod restrict;
mod retention;

pub use read::{count, find, head, list, unread_count};
pub use reader::mark_read;
pub use restrict::restrict;
pub use retention::{new_epoch, renew_epoch, trim};

pub(super) use read::{TAILS_MAX, read_behind, read_head, read_sight, read_tails, read_wanted};

use super::Alert;
use crate::{
    db::Tx,
    event::{AlertDraft, By, hint::Hint},
    op::{Fault, Op},
};
use entity::{alert, feed, feed_epoch, id::OrganizationId};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait, IntoActiveModel, QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SubQueryStatement},
};
use std::{collections::BTreeMap, sync::Arc};

/// The organization whose feed the actor reads.
fn own_feed(op: &Op) -> Result<OrganizationId, Fault> {
    op.actor.organization().ok_or(Fault::Unauthenticated)
}

/// An alert to be appended.
pub(in crate::event) struct Entry {
    /// Whose feed it goes to.
    pub(in crate::event) to: OrganizationId,
    /// Whose doing it is told as.
    pub(in crate::event) by: By,
    /// What it says.
    pub(in crate::event) draft: AlertDraft,
}

/// Appends alerts to the feeds of their organizations, and has the replicas told after the commit.
///
/// Each feed's row is raised by as many numbers as it gets alerts, in the order of the organizations' ids, so that two
/// transactions cannot wait for each other in a circle. The row stays locked until the commit: that is what makes the
/// order of the numbers the order of the commits.
///
/// # Errors
/// Database faults; the transaction must then not be committed.
pub(in crate::event) async fn append(tx: &Tx, op: &Op, entries: Vec<Entry>) -> Result<(), Fault> {
    let mut of_each: BTreeMap<OrganizationId, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        of_each.entry(entry.to).or_default().push(entry);
    }
    let (mut rows, mut epoch) = (Vec::new(), 0);
    for (organization, entries) in of_each {
        let more = i64::try_from(entries.len()).map_err(Fault::internal)?;
        let raised = raise(tx, organization, more).await?;
        epoch = raised.epoch;
        for (seq, Entry { by, draft, .. }) in (raised.seq - more + 1..).zip(entries) {
            rows.push(Alert {
                organization_id: organization,
                seq,
                id: op.new_id(),
                kind: draft.kind,
                change: draft.change,
                occurred_at: op.now(),
                actor_kind: by.kind.to_owned(),
                actor_id: by.id,
                actor_organization_id: by.organization,
                subject_id: draft.subject,
                opportunity_id: draft.opportunity,
                stage: draft.stage,
                restricted: draft.restricted,
                details: draft.details,
            });
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    // A statement has a bounded number of parameters, and an alert has fourteen.
    for chunk in rows.chunks(500) {
        let chunk = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        alert::Entity::insert_many(chunk).exec_without_returning(&**tx).await?;
    }
    let op = op.clone();
    tx.afterwards(move || {
        for row in rows {
            op.feeds().hints().publish(Hint { epoch, alert: Arc::new(row) });
        }
    });
    Ok(())
}

struct Raised {
    seq: i64,
    epoch: i64,
}

/// Raises the number of a feed, and keeps its row locked until the end of the transaction.
async fn raise(tx: &Tx, organization: OrganizationId, more: i64) -> Result<Raised, Fault> {
    let raised = Expr::col((feed::Entity, feed::Column::Seq)).add(more);
    let row = feed::ActiveModel { organization_id: Set(organization), seq: Set(more), trimmed: Set(0) };
    let mut insert = feed::Entity::insert(row)
        .on_conflict(OnConflict::column(feed::Column::OrganizationId).value(feed::Column::Seq, raised).to_owned())
        .into_query();
    let epoch = Query::select().column(feed_epoch::Column::Epoch).from(feed_epoch::Entity).to_owned();
    let epoch = Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(epoch)));
    insert.returning(Query::returning().exprs([Expr::col(feed::Column::Seq), epoch]));
    let row =
        tx.query_one(&insert).await?.ok_or_else(|| Fault::internal("a feed's row was neither made nor raised"))?;
    Ok(Raised { seq: row.try_get_by_index(0)?, epoch: row.try_get_by_index(1)? })
}
