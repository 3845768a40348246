//! The SQL of overlaps: pairs and their results, runs, what a run reads and lays out, what readers see, disputes, plays,
//! notes.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of pairs and their results")]

mod account;
mod dispute;
mod greenfield;
mod keys;
mod note;
mod play;
mod read;
mod row;
mod run;
mod run_list;
mod sweep;

pub use account::{
    AccountChanges, AccountKeys, Version, list_accounts, list_changes, list_last_known, list_rows, list_versions,
};
pub use dispute::{
    DisputeChange, DisputesOf, NewDispute, count_disputes, find_dispute_in, insert_dispute_in, list_disputes,
    list_disputes_by_ids, list_holding, update_dispute_in,
};
pub use greenfield::{GreenfieldPosition, count_greenfield, list_common, list_greenfield};
pub use keys::{KeysPage, list_keys};
pub use note::{
    count_notes_in, count_notes_of, delete_note_in, find_note_in, insert_note_in, list_notes, list_notes_by_ids,
    list_notes_of, update_note_in,
};
pub use play::{delete_play_in, find_play_in, list_plays, write_play_in};
pub use read::{
    Met, OverlapFilter, OverlapPosition, OverlapSort, ReadPair, count_overlaps, find_kept, has_overlap, list_met,
    list_overlaps, list_overlaps_by_ids, list_overlaps_of, list_since,
};
pub use row::{
    clear_ahead_in, count_ahead, count_seen_in, counts_of_in, end_rows_in, insert_rows_in, list_standing,
    list_standing_of, look_at_overlaps, update_row_in,
};
pub use run::{
    Ending, Held, Progress, cancel_run_in, claim_run, enqueue, finish_run_in, has_lease_in, list_due, note_progress,
};
pub use run_list::{count_runs, find_run_in, list_runs, list_runs_by_ids};
pub use sweep::sweep;

use super::model::MappingResult;
use crate::{
    op::{Action, Fault, Permit},
    sharing::model::MappingPair,
};
use entity::{
    account_list,
    id::{AccountListId, MappingPairId, OrganizationId},
    mapping_pair as pair, mapping_result as result,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use std::collections::HashMap;

/// Pairs that one statement is asked for; a statement has a bounded number of parameters.
const PAIRS_AT_ONCE: usize = 10_000;

/// The pairs of one of `own` with one of `theirs`, in either order, with what came of comparing them.
///
/// # Errors
/// Database faults.
pub async fn list_pairs(
    connection: &impl ConnectionTrait,
    own: &[AccountListId],
    theirs: &[AccountListId],
) -> Result<Vec<(MappingPair, Option<MappingResult>)>, Fault> {
    if own.is_empty() || theirs.is_empty() {
        return Ok(Vec::new());
    }
    let of = |left: &[AccountListId], right: &[AccountListId]| {
        Condition::all()
            .add(pair::Column::LeftListId.is_in(left.iter().copied()))
            .add(pair::Column::RightListId.is_in(right.iter().copied()))
    };
    let pairs =
        pair::Entity::find().filter(Condition::any().add(of(own, theirs)).add(of(theirs, own))).all(connection).await?;
    let mut results: HashMap<MappingPairId, MappingResult> = HashMap::with_capacity(pairs.len());
    for some in pairs.chunks(PAIRS_AT_ONCE) {
        let ids = some.iter().map(|pair| pair.id);
        let rows = result::Entity::find().filter(result::Column::PairId.is_in(ids)).all(connection).await?;
        results.extend(rows.into_iter().map(|row| (row.pair_id, row)));
    }
    Ok(pairs.into_iter().map(|pair| (pair.clone(), results.remove(&pair.id))).collect())
}

/// The sides of the open pairs that an organization has a list in, each once: who owns the left list, who owns the right
/// one, and whose accounts the right one has.
///
/// # Errors
/// Database faults.
pub async fn list_sides(
    connection: &impl ConnectionTrait,
    own: OrganizationId,
) -> Result<Vec<(OrganizationId, OrganizationId, OrganizationId)>, Fault> {
    let of = |column| Expr::col((account_list::Entity, column));
    let mut query = pair::Entity::find()
        .select_only()
        .column(pair::Column::LeftId)
        .column(pair::Column::RightId)
        .expr(of(account_list::Column::SubjectId))
        .filter(Condition::any().add(pair::Column::LeftId.eq(own)).add(pair::Column::RightId.eq(own)))
        .distinct();
    let right = (pair::Entity, pair::Column::RightListId);
    QuerySelect::query(&mut query).inner_join(account_list::Entity, of(account_list::Column::Id).equals(right));
    Ok(query.into_tuple().all(connection).await?)
}

/// A pair, and whose accounts its right list has, which tells an offline partner.
pub type PairOf = (MappingPair, OrganizationId);

/// The open pairs that fit `which`, each with whose accounts its right list has.
async fn list_pairs_where(connection: &impl ConnectionTrait, which: Condition) -> Result<Vec<PairOf>, Fault> {
    let pairs = pair::Entity::find().filter(which).all(connection).await?;
    let lists = pairs.iter().map(|pair| pair.right_list_id);
    let lists = account_list::Entity::find().filter(account_list::Column::Id.is_in(lists)).all(connection).await?;
    let subjects: HashMap<AccountListId, OrganizationId> =
        lists.into_iter().map(|list| (list.id, list.subject_id)).collect();
    let of = |pair: MappingPair| Some((pair.clone(), *subjects.get(&pair.right_list_id)?));
    Ok(pairs.into_iter().filter_map(of).collect())
}

/// The open pairs that one of these lists is in.
///
/// # Errors
/// Database faults.
pub async fn list_pairs_with(connection: &impl ConnectionTrait, lists: &[AccountListId]) -> Result<Vec<PairOf>, Fault> {
    let of = |column: pair::Column| column.is_in(lists.iter().copied());
    let which = Condition::any().add(of(pair::Column::LeftListId)).add(of(pair::Column::RightListId));
    list_pairs_where(connection, which).await
}

/// The open pairs with these ids.
///
/// # Errors
/// Database faults.
pub async fn list_pairs_by_ids(
    connection: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = MappingPairId>,
) -> Result<Vec<PairOf>, Fault> {
    list_pairs_where(connection, Condition::all().add(pair::Column::Id.is_in(ids))).await
}

/// The open pairs of these lists, the left one first. At most some hundred.
///
/// # Errors
/// Database faults.
pub async fn list_pairs_of_lists(
    connection: &impl ConnectionTrait,
    lists: &[(AccountListId, AccountListId)],
) -> Result<Vec<PairOf>, Fault> {
    if lists.is_empty() {
        return Ok(Vec::new());
    }
    let of = |(left, right): &(AccountListId, AccountListId)| {
        Condition::all().add(pair::Column::LeftListId.eq(*left)).add(pair::Column::RightListId.eq(*right))
    };
    list_pairs_where(connection, lists.iter().fold(Condition::any(), |any, lists| any.add(of(lists)))).await
}

/// The pair with this id, while it is open.
///
/// # Errors
/// Database faults.
pub async fn find_pair(connection: &impl ConnectionTrait, id: MappingPairId) -> Result<Option<MappingPair>, Fault> {
    Ok(pair::Entity::find_by_id(id).one(connection).await?)
}

/// The result of a pair, its row locked until the transaction ends; made where there is none.
///
/// # Errors
/// Database faults.
pub async fn lock_result_in<A: Action<Resource = MappingPairId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
) -> Result<MappingResult, Fault> {
    let row = result::ActiveModel {
        pair_id: Set(permit.resource()),
        left_version: Set(0),
        right_version: Set(0),
        run: Set(0),
        revision: Set(0),
        pair_count: Set(0),
        left_count: Set(0),
        right_count: Set(0),
        computed_at: Set(None),
        skipped_left: Set(None),
        skipped_right: Set(None),
        failures: Set(0),
        next_attempt_at: Set(None),
    };
    result::Entity::insert(row)
        .on_conflict(OnConflict::column(result::Column::PairId).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let found = result::Entity::find_by_id(permit.resource()).lock_exclusive().one(tx).await?;
    found.ok_or_else(|| Fault::internal("the result that was made is missing"))
}

/// Writes a result as it is to be, under the lock of [`lock_result_in`].
///
/// # Errors
/// Database faults.
pub async fn update_result_in<A: Action<Resource = MappingPairId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
    after: MappingResult,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), after.pair_id, "the permit is for another pair");
    after.into_active_model().reset_all().update(tx).await?;
    Ok(())
}
