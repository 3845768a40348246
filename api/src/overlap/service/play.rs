//! Plays: what an organization does about overlaps, where it says otherwise than the default.

use crate::{
    event,
    op::{Op, Outcome, check, check_revision},
    overlap::{
        event::play_changed,
        model::{BenefitPlay, BenefitPlayKind, PLAY_TEXT_MAX, PlayDraft, StoredPlay, play_of},
        policy::ChangePlays,
        store,
    },
};
use entity::account_list::AccountListKind;

/// A cell of the matrix: what the company is to the organization, and what to its partner.
pub type Cell = (AccountListKind, AccountListKind);

fn cell_as(stored: Option<&StoredPlay>, cell: Cell) -> BenefitPlay {
    play_of(stored.map(std::slice::from_ref).unwrap_or_default(), cell.0, cell.1)
}

/// Says what the actor's organization does about the overlaps of a cell. Nothing is written where it says so already.
///
/// # Errors
/// `NOT_ALLOWED`, `REVISION_MISMATCH`, `TOO_LONG`, `TAKEN` where somebody else did so at the same time.
pub async fn set_play(
    op: &Op,
    cell: Cell,
    play: BenefitPlayKind,
    text: Option<&str>,
    expected_revision: Option<i32>,
) -> Outcome<BenefitPlay> {
    let own = op.own_organization()?;
    let permit = op.authorize::<ChangePlays>(own, &own)?;
    let text = check::optional_line("input.text", text, PLAY_TEXT_MAX)?;
    let tx = op.db().begin().await?;
    let stored = store::find_play_in(&tx, own, cell).await?;
    let before = cell_as(stored.as_ref(), cell);
    check_revision(expected_revision, before.revision)?;
    if stored.is_some() && (before.play, &before.text) == (play, &text) {
        return Ok(before);
    }
    let draft = PlayDraft { play, text: text.as_deref() };
    let after = store::write_play_in(&tx, op, &permit, cell, stored.as_ref(), draft).await?;
    let after = cell_as(Some(&after), cell);
    event::record(&tx, op, play_changed(own, &before, &after)).await?;
    tx.commit().await?;
    Ok(after)
}

/// Takes back what the actor's organization says of a cell: the default counts again.
///
/// # Errors
/// `NOT_ALLOWED`, `REVISION_MISMATCH`.
pub async fn reset_play(op: &Op, cell: Cell, expected_revision: Option<i32>) -> Outcome<BenefitPlay> {
    let own = op.own_organization()?;
    let permit = op.authorize::<ChangePlays>(own, &own)?;
    let tx = op.db().begin().await?;
    let stored = store::find_play_in(&tx, own, cell).await?;
    let before = cell_as(stored.as_ref(), cell);
    check_revision(expected_revision, before.revision)?;
    let after = cell_as(None, cell);
    let Some(stored) = stored else { return Ok(after) };
    store::delete_play_in(&tx, &permit, stored).await?;
    event::record(&tx, op, play_changed(own, &before, &after)).await?;
    tx.commit().await?;
    Ok(after)
}
