//! The SQL of notes. Only the organization that wrote them reads them.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of notes")]

use crate::{
    db::{self, Direction},
    op::{Fault, Op, Permit},
    overlap::{
        model::{About, OverlapNote},
        policy::{ChangeNote, WriteNote},
    },
    page::{Page, Slice},
};
use entity::{id::OverlapNoteId, overlap_note as note};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait,
    Order, PaginatorTrait, QueryFilter, QuerySelect, Select, sea_query::Expr,
};

/// The notes that the actor may see: those of its own organization. Not even the operator sees others.
fn visible(op: &Op) -> Select<note::Entity> {
    match op.actor.organization() {
        None => note::Entity::find().filter(Expr::val(false)),
        Some(own) => note::Entity::find().filter(note::Column::OrganizationId.eq(own)),
    }
}

/// A page of the visible notes about two accounts, newest first.
///
/// # Errors
/// Database faults.
pub async fn list_notes(
    op: &Op,
    about: About,
    page: &Page<OverlapNoteId>,
) -> Result<Slice<OverlapNote, OverlapNoteId>, Fault> {
    let keys = [Expr::col((note::Entity, note::Column::Id))];
    let mut query = visible(op).filter(note::Column::About.eq(about.key()));
    if let Some(id) = page.after {
        query = query.filter(db::after(&keys, vec![id.into()], Direction::Descending));
    }
    let rows = db::order_by(query, &keys, Direction::Descending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// The newest `fetch` visible notes about each of these.
///
/// # Errors
/// Database faults.
pub async fn list_notes_of(op: &Op, about: &[About], fetch: u64) -> Result<Vec<OverlapNote>, Fault> {
    let notes = visible(op).filter(note::Column::About.is_in(about.iter().map(|about| about.key())));
    let first = db::first_of_each(notes, note::Column::About, note::Column::Id, Order::Desc, fetch);
    Ok(first.all(op.db().read()).await?)
}

/// How many visible notes there are about each of these; those without any are missing.
///
/// # Errors
/// Database faults.
pub async fn count_notes_of(op: &Op, about: &[About]) -> Result<Vec<(String, i64)>, Fault> {
    Ok(visible(op)
        .filter(note::Column::About.is_in(about.iter().map(|about| about.key())))
        .select_only()
        .column(note::Column::About)
        .column_as(note::Column::Id.count(), "notes")
        .group_by(note::Column::About)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

/// The visible notes with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_notes_by_ids(op: &Op, ids: &[OverlapNoteId]) -> Result<Vec<OverlapNote>, Fault> {
    Ok(visible(op).filter(note::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible note with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_note_in(tx: &DatabaseTransaction, op: &Op, id: OverlapNoteId) -> Result<Option<OverlapNote>, Fault> {
    Ok(visible(op).filter(note::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// How many visible notes there are about two accounts.
///
/// # Errors
/// Database faults.
pub async fn count_notes_in(tx: &DatabaseTransaction, op: &Op, about: About) -> Result<u64, Fault> {
    Ok(visible(op).filter(note::Column::About.eq(about.key())).count(tx).await?)
}

/// Writes a note of the permit's organization.
///
/// # Errors
/// Database faults.
pub async fn insert_note_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<WriteNote>,
    id: OverlapNoteId,
    about: About,
    text: String,
) -> Result<OverlapNote, Fault> {
    let row = note::ActiveModel {
        id: Set(id),
        organization_id: Set(permit.resource()),
        own_account_id: Set(about.own),
        partner_account_id: Set(about.partner),
        about: Set(about.key()),
        author_id: Set(op.actor.person()),
        text: Set(text),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    Ok(row.insert(tx).await?)
}

/// Changes the text of a note.
///
/// # Errors
/// Database faults.
pub async fn update_note_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangeNote>,
    before: &OverlapNote,
    text: String,
) -> Result<OverlapNote, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another note");
    let mut row = before.clone().into_active_model();
    row.text = Set(text);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Removes a note.
///
/// # Errors
/// Database faults.
pub async fn delete_note_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ChangeNote>,
    before: &OverlapNote,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another note");
    before.clone().delete(tx).await?;
    Ok(())
}
