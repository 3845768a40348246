//! Notes that an organization keeps for itself about overlaps.

use crate::{
    db::{Claim, claim},
    event,
    op::{ErrorCode, Op, Outcome, Refusal, check, check_revision},
    overlap::{
        event::note_changed,
        model::{NOTES_MAX, OVERLAP_NOTE_MAX, OverlapNote},
        policy::{ChangeNote, WriteNote},
        seen::seen_by_ids,
        store,
    },
};
use entity::id::{OverlapId, OverlapNoteId};

/// Writes a note about an overlap that the actor's organization sees now.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `TOO_MANY` beyond [`NOTES_MAX`], `IDEMPOTENCY_KEY_REUSED`.
pub async fn add_note(op: &Op, overlap: OverlapId, text: &str, idempotency_key: Option<&str>) -> Outcome<OverlapNote> {
    let own = op.own_organization()?;
    let permit = op.authorize::<WriteNote>(own, &own)?;
    let text = check::paragraph("input.text", text, OVERLAP_NOTE_MAX)?;
    let tx = op.db().begin().await?;
    let id = match claim(&tx, op, own, "overlapNoteAdd", idempotency_key, &(overlap, &text)).await? {
        Claim::Repeat(id) => {
            return Ok(store::find_note_in(&tx, op, id.into()).await?.ok_or_else(|| Refusal::not_found(""))?);
        }
        Claim::Fresh(id) => OverlapNoteId::from(id),
    };
    let seen = seen_by_ids(&*tx, op.now(), own, &[overlap]).await?.pop();
    let about = seen.ok_or_else(|| Refusal::not_found("input.overlap"))?.about();
    if store::count_notes_in(&tx, op, about).await? >= NOTES_MAX {
        let message = format!("There are at most {NOTES_MAX} notes about an overlap.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    let after = store::insert_note_in(&tx, op, &permit, id, about, text).await?;
    event::record(&tx, op, note_changed(None, Some(&after))).await?;
    tx.commit().await?;
    Ok(after)
}

/// Changes what a note says.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`.
pub async fn update_note(
    op: &Op,
    id: OverlapNoteId,
    text: &str,
    expected_revision: Option<i32>,
) -> Outcome<OverlapNote> {
    op.signed_in()?;
    let text = check::paragraph("input.text", text, OVERLAP_NOTE_MAX)?;
    let tx = op.db().begin().await?;
    let before = store::find_note_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<ChangeNote>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    let after = store::update_note_in(&tx, op, &permit, &before, text).await?;
    event::record(&tx, op, note_changed(Some(&before), Some(&after))).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a note.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`.
pub async fn remove_note(op: &Op, id: OverlapNoteId, expected_revision: Option<i32>) -> Outcome<OverlapNoteId> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let before = store::find_note_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<ChangeNote>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    store::delete_note_in(&tx, &permit, &before).await?;
    event::record(&tx, op, note_changed(Some(&before), None)).await?;
    tx.commit().await?;
    Ok(id)
}
