//! How far a person has read.

use super::{
    super::{Head, Position, Resume, resume},
    own_feed,
};
use crate::op::{Fault, Op};
use entity::feed_reader;
use sea_orm::{
    ActiveValue::Set,
    EntityTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};

/// Marks the feed of the own organization as read by the actor up to `position`, and gives how far it is read now: a
/// position before that changes nothing. A key, which reads for nobody, is left alone.
///
/// # Errors
/// [`Fault::Unauthenticated`] for who has no feed; [`Fault::CursorExpired`] for a position of another epoch or beyond
/// the head; database faults.
pub async fn mark_read(op: &Op, position: Position) -> Result<Position, Fault> {
    let own = own_feed(op)?;
    let head: Head = super::head(op, own).await?;
    // That something behind it is no longer kept does no harm: it was read.
    let reached = Head { trimmed: 0, ..head };
    if matches!(resume(&reached, Some(position)), Resume::Reset { .. }) {
        return Err(Fault::CursorExpired);
    }
    let Some(person) = op.actor.person() else { return Ok(position) };
    let column = |column| Expr::col((feed_reader::Entity, column));
    let forward = column(feed_reader::Column::Seq).lt(position.seq);
    let anew = column(feed_reader::Column::Epoch).ne(position.epoch);
    let row = feed_reader::ActiveModel {
        organization_id: Set(own),
        person_id: Set(person),
        seq: Set(position.seq),
        epoch: Set(position.epoch),
        read_at: Set(op.now()),
    };
    let tx = op.db().begin().await?;
    feed_reader::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([feed_reader::Column::OrganizationId, feed_reader::Column::PersonId])
                .update_columns([feed_reader::Column::Seq, feed_reader::Column::Epoch, feed_reader::Column::ReadAt])
                .action_and_where(forward.or(anew))
                .to_owned(),
        )
        .exec_without_returning(&*tx)
        .await?;
    let now = feed_reader::Entity::find_by_id((own, person)).one(&*tx).await?;
    tx.commit().await?;
    Ok(now.map_or(position, |now| Position { epoch: now.epoch, seq: now.seq }))
}
