//! The SQL of plays. Only the organization whose they are reads them.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of plays")]

use crate::{
    op::{Fault, Op, Outcome, Permit, taken},
    overlap::{
        model::{PlayDraft, StoredPlay},
        policy::ChangePlays,
    },
};
use entity::{account_list::AccountListKind, benefit_play as play, id::OrganizationId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait,
    QueryFilter, QuerySelect,
};

/// What an organization has written down of its matrix; at most 16.
///
/// # Errors
/// Database faults.
pub async fn list_plays(op: &Op, own: OrganizationId) -> Result<Vec<StoredPlay>, Fault> {
    Ok(play::Entity::find().filter(play::Column::OrganizationId.eq(own)).all(op.db().read()).await?)
}

/// A cell of an organization as it is written down, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_play_in(
    tx: &DatabaseTransaction,
    own: OrganizationId,
    cell: (AccountListKind, AccountListKind),
) -> Result<Option<StoredPlay>, Fault> {
    Ok(play::Entity::find_by_id((own, cell.0, cell.1)).lock_exclusive().one(tx).await?)
}

/// Writes a cell of the permit's organization: what the company is to it, and what to its partner.
///
/// # Errors
/// `TAKEN` where another one came first; database faults.
pub async fn write_play_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ChangePlays>,
    cell: (AccountListKind, AccountListKind),
    before: Option<&StoredPlay>,
    draft: PlayDraft<'_>,
) -> Outcome<StoredPlay> {
    let text = draft.text.map(str::to_owned);
    let Some(before) = before else {
        let row = play::ActiveModel {
            organization_id: Set(permit.resource()),
            own_kind: Set(cell.0),
            partner_kind: Set(cell.1),
            play: Set(draft.play),
            text: Set(text),
            updated_at: Set(op.now()),
            revision: Set(1),
        };
        return row.insert(tx).await.map_err(|error| taken(error, "input"));
    };
    let mut row = before.clone().into_active_model();
    row.play = Set(draft.play);
    row.text = Set(text);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Removes what is written down of a cell.
///
/// # Errors
/// Database faults.
pub async fn delete_play_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ChangePlays>,
    before: StoredPlay,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    before.delete(tx).await?;
    Ok(())
}
