//! The SQL of open pairs: two lists that may be compared.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of open pairs")]

use super::exposure::sorted;
use crate::op::{Fault, Op};
use entity::{
    account_list,
    id::{AccountListId, MappingPairId, OrganizationId},
    mapping_pair as pair,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use std::collections::{BTreeMap, BTreeSet};

/// Two lists, and who owns them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// The left list.
    pub left_list: AccountListId,
    /// The right list.
    pub right_list: AccountListId,
    /// Who owns the left one.
    pub left: OrganizationId,
    /// Who owns the right one.
    pub right: OrganizationId,
}

impl Pair {
    /// The pair of two lists as it is kept. The first one is the viewer's; with a list of an offline partner it stays left.
    #[must_use]
    pub fn of(own: (OrganizationId, AccountListId), their: (OrganizationId, AccountListId)) -> Self {
        let ((left, left_list), (right, right_list)) = if own.0 <= their.0 { (own, their) } else { (their, own) };
        Self { left_list, right_list, left, right }
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: MappingPairId,
    left_list_id: AccountListId,
    right_list_id: AccountListId,
    left_id: OrganizationId,
    right_id: OrganizationId,
    subject_id: OrganizationId,
}

/// Open pairs by the two organizations that they are about, an offline partner among them, whichever is named first.
type ByTwo = BTreeMap<(OrganizationId, OrganizationId), BTreeMap<Pair, MappingPairId>>;

fn with_subject(pairs: Select<pair::Entity>) -> Select<pair::Entity> {
    let right =
        Expr::col((account_list::Entity, account_list::Column::Id)).equals((pair::Entity, pair::Column::RightListId));
    let mut query = pairs
        .select_only()
        .column(pair::Column::Id)
        .column(pair::Column::LeftListId)
        .column(pair::Column::RightListId)
        .column(pair::Column::LeftId)
        .column(pair::Column::RightId)
        .column(account_list::Column::SubjectId);
    QuerySelect::query(&mut query).inner_join(account_list::Entity, right);
    query
}

async fn read(connection: &impl ConnectionTrait, pairs: Select<pair::Entity>) -> Result<ByTwo, Fault> {
    let rows = with_subject(pairs).into_model::<Row>().all(connection).await?;
    let mut found = ByTwo::new();
    for row in rows {
        let other = if row.left_id == row.right_id { row.subject_id } else { row.right_id };
        let pair =
            Pair { left_list: row.left_list_id, right_list: row.right_list_id, left: row.left_id, right: row.right_id };
        found.entry(sorted(row.left_id, other)).or_default().insert(pair, row.id);
    }
    Ok(found)
}

/// The open pairs among these organizations.
///
/// # Errors
/// Database faults.
pub async fn list_pairs(connection: &impl ConnectionTrait, among: &BTreeSet<OrganizationId>) -> Result<ByTwo, Fault> {
    let among = || among.iter().copied();
    let pairs =
        pair::Entity::find().filter(pair::Column::LeftId.is_in(among())).filter(pair::Column::RightId.is_in(among()));
    read(connection, pairs).await
}

/// Every two organizations that have an open pair.
///
/// # Errors
/// Database faults.
pub async fn list_pairs_of_all(
    connection: &impl ConnectionTrait,
) -> Result<Vec<(OrganizationId, OrganizationId)>, Fault> {
    #[derive(FromQueryResult)]
    struct Two {
        left_id: OrganizationId,
        right_id: OrganizationId,
        subject_id: OrganizationId,
    }
    let right =
        Expr::col((account_list::Entity, account_list::Column::Id)).equals((pair::Entity, pair::Column::RightListId));
    let mut query = pair::Entity::find()
        .select_only()
        .column(pair::Column::LeftId)
        .column(pair::Column::RightId)
        .column(account_list::Column::SubjectId);
    QuerySelect::query(&mut query).inner_join(account_list::Entity, right).distinct();
    let rows = query.into_model::<Two>().all(connection).await?;
    let two = |row: Two| match row.left_id == row.right_id {
        true => sorted(row.left_id, row.subject_id),
        false => (row.left_id, row.right_id),
    };
    Ok(rows.into_iter().map(two).collect())
}

/// Opens pairs. It asks for no permit: it follows from what the two have agreed to. One that another transaction has
/// opened stays as it is.
///
/// # Errors
/// Database faults.
pub async fn insert_pairs_in(tx: &DatabaseTransaction, op: &Op, pairs: &[Pair]) -> Result<(), Fault> {
    for chunk in pairs.chunks(500) {
        let rows = chunk.iter().map(|pair| pair::ActiveModel {
            id: Set(op.new_id()),
            left_list_id: Set(pair.left_list),
            right_list_id: Set(pair.right_list),
            left_id: Set(pair.left),
            right_id: Set(pair.right),
            opened_at: Set(op.now()),
        });
        pair::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::columns([pair::Column::LeftListId, pair::Column::RightListId]).do_nothing().to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Closes pairs.
///
/// # Errors
/// Database faults.
pub async fn delete_pairs_in(tx: &DatabaseTransaction, ids: &[MappingPairId]) -> Result<(), Fault> {
    for chunk in ids.chunks(500) {
        pair::Entity::delete_many().filter(pair::Column::Id.is_in(chunk.iter().copied())).exec(tx).await?;
    }
    Ok(())
}
