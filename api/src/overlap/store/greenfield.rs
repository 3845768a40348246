//! The SQL of greenfield, accounts of a partner's list that match none of the reader's, and of the opposite. Whether the
//! reader may see them is asked before.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of greenfield")]

use super::account::seen_now;
use crate::{
    db::{self, Direction},
    op::Fault,
    overlap::model::Account,
    page::{Page, Slice},
};
use entity::{
    account,
    id::{AccountId, AccountListId, MappingPairId},
    mapping_result as result, overlap,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

/// The position of an account in a list: the sort key of its name, and its id.
pub type GreenfieldPosition = (String, AccountId);

/// An overlap of the account, seen now, in one of the pairs in which its list is the left, or the right one.
fn met(pairs: &[MappingPairId], column: overlap::Column) -> SelectStatement {
    let of = |column| Expr::col((result::Entity, column));
    let until = (overlap::Entity, overlap::Column::UntilRun);
    let mut query = overlap::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(overlap::Column::PairId.is_in(pairs.iter().copied()))
        .filter(overlap::Column::Hidden.eq(false))
        .filter(Expr::col((overlap::Entity, column)).equals((account::Entity, account::Column::Id)));
    QuerySelect::query(&mut query)
        .inner_join(result::Entity, of(result::Column::PairId).equals((overlap::Entity, overlap::Column::PairId)))
        .and_where(Expr::col((overlap::Entity, overlap::Column::SinceRun)).lte(of(result::Column::Run)))
        .cond_where(Condition::any().add(Expr::col(until).is_null()).add(Expr::col(until).gt(of(result::Column::Run))));
    query.into_query()
}

/// The accounts of a list that have no overlap in the pairs of it: those in which it is the left list, and the right one.
fn greenfield(list: AccountListId, left: &[MappingPairId], right: &[MappingPairId]) -> Select<account::Entity> {
    let mut query = seen_now().filter(account::Column::ListId.eq(list));
    for (pairs, column) in [(left, overlap::Column::LeftAccountId), (right, overlap::Column::RightAccountId)] {
        if !pairs.is_empty() {
            query = query.filter(Expr::exists(met(pairs, column)).not());
        }
    }
    query
}

/// A page of the accounts of `list` that have no overlap, by name.
///
/// # Errors
/// Database faults.
pub async fn list_greenfield(
    connection: &impl ConnectionTrait,
    list: AccountListId,
    left: &[MappingPairId],
    right: &[MappingPairId],
    page: &Page<GreenfieldPosition>,
) -> Result<Slice<Account, GreenfieldPosition>, Fault> {
    let keys = [account::Column::NameKey, account::Column::Id].map(|column| Expr::col((account::Entity, column)));
    let mut query = greenfield(list, left, right);
    if let Some((name, id)) = &page.after {
        query = query.filter(db::after(&keys, vec![name.as_str().into(), (*id).into()], Direction::Ascending));
    }
    let rows = db::order_by(query, &keys, Direction::Ascending).limit(page.fetch()).all(connection).await?;
    Ok(page.slice(rows, |row| (row.name_key.clone(), row.id)))
}

/// How many accounts of `list` have no overlap.
///
/// # Errors
/// Database faults.
pub async fn count_greenfield(
    connection: &impl ConnectionTrait,
    list: AccountListId,
    left: &[MappingPairId],
    right: &[MappingPairId],
) -> Result<u64, Fault> {
    Ok(greenfield(list, left, right).count(connection).await?)
}

/// The accounts of a list that have an overlap in the pairs of it: how many, and the first `sample` of them by name.
///
/// # Errors
/// Database faults.
pub async fn list_common(
    connection: &impl ConnectionTrait,
    list: AccountListId,
    left: &[MappingPairId],
    right: &[MappingPairId],
    sample: u64,
) -> Result<(u64, Vec<Account>), Fault> {
    let sides = [(left, overlap::Column::LeftAccountId), (right, overlap::Column::RightAccountId)];
    let common = sides
        .into_iter()
        .filter(|(pairs, _)| !pairs.is_empty())
        .fold(Condition::any(), |any, (pairs, column)| any.add(Expr::exists(met(pairs, column))));
    if common.is_empty() {
        return Ok((0, Vec::new()));
    }
    let rows = seen_now().filter(account::Column::ListId.eq(list)).filter(common);
    let count = rows.clone().count(connection).await?;
    let keys = [account::Column::NameKey, account::Column::Id].map(|column| Expr::col((account::Entity, column)));
    Ok((count, db::order_by(rows, &keys, Direction::Ascending).limit(sample).all(connection).await?))
}
