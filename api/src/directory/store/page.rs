//! The SQL of pages and totals.

use super::{PageOf, Question, Rows, ask, column, rows};
use crate::{
    db::{self, Direction},
    directory::model::{OrderField, Partner, Position, Sorting},
    op::{Fault, Op},
};
use entity::{membership, organization, tier};
use sea_orm::{
    ColumnTrait, FromQueryResult, Iterable, QueryResult, Value,
    sea_query::{Alias, Expr, ExprTrait, Func, Order, SelectStatement},
};

/// The rows that the pages fetch, in their order.
pub(super) async fn list(op: &Op, keys: &[PageOf]) -> Result<Vec<Vec<Partner>>, Fault> {
    let mut found: Vec<Vec<Partner>> = vec![Vec::new(); keys.len()];
    ask(
        op,
        keys,
        |key| page(op, key),
        |at, row| {
            let partner = partner(row)?;
            if let Some(rows) = found.get_mut(at) {
                rows.push(partner);
            }
            Ok(())
        },
    )
    .await?;
    for (key, rows) in keys.iter().zip(&mut found) {
        rows.sort_by_cached_key(|row| key.sorting.position(row));
        if key.sorting.keys_run() == Direction::Descending {
            rows.reverse();
        }
    }
    Ok(found)
}

/// How many partners there are.
pub(super) async fn count(op: &Op, keys: &[Question]) -> Result<Vec<u64>, Fault> {
    let mut found = vec![0; keys.len()];
    let part = |key: &Question| {
        let mut select = rows(op, key.host, &key.filter).select;
        select.expr_as(Func::count(column(membership::Column::Id)), Alias::new("count"));
        select
    };
    ask(op, keys, part, |at, row| {
        let count: i64 = row.try_get("", "count")?;
        if let Some(found) = found.get_mut(at) {
            *found = u64::try_from(count).unwrap_or_default();
        }
        Ok(())
    })
    .await?;
    Ok(found)
}

fn page(op: &Op, key: &PageOf) -> SelectStatement {
    let rows = rows(op, key.question.host, &key.question.filter);
    let keys = keys(&rows, key.sorting);
    let run = key.sorting.keys_run();
    let Rows { mut select, tier, joined, named } = rows;
    for own in membership::Column::iter() {
        select.column(own.as_column_ref());
    }
    select
        .expr_as(tier, Alias::new("tier_then"))
        .expr_as(column(tier::Column::Rank), Alias::new("tier_rank"))
        .expr_as(joined, Alias::new("joined_then"))
        .expr_as(column(organization::Column::SortName), Alias::new("sort_name"));
    if let Some(position) = &key.page.after {
        if let Position::Name(name, _) = position
            && named
        {
            // Says nothing new: the row comparison below spans two tables, and this part of it has an index.
            let name = name.as_str();
            select.and_where(match run {
                Direction::Ascending => organization::Column::SortName.gte(name),
                Direction::Descending => organization::Column::SortName.lte(name),
            });
        }
        select.and_where(db::after(&keys, values(position), run));
    }
    let order = if run == Direction::Ascending { Order::Asc } else { Order::Desc };
    for key in keys {
        select.order_by_expr(key, order.clone());
    }
    select.limit(key.page.fetch());
    select
}

/// The keys of the order. What may be missing is replaced as [`Sorting`] says, so that no key is null.
fn keys(rows: &Rows, sorting: Sorting) -> Vec<Expr> {
    let name = column(organization::Column::SortName);
    let name = if rows.named { name } else { or(name, sorting.no_name()) };
    let id = column(membership::Column::Id);
    match sorting.field {
        OrderField::Name => vec![name, id],
        OrderField::Tier => {
            let rank = column(tier::Column::Rank);
            let rank = if sorting.direction == Direction::Ascending { rank } else { Expr::val(0_i64).sub(rank) };
            vec![or(rank, sorting.rank_key(None)), name, id]
        }
        OrderField::JoinedAt => vec![or(rows.joined.clone(), sorting.no_date()), name, id],
    }
}

fn or(expr: Expr, missing: impl Into<Value>) -> Expr {
    Func::coalesce([expr, Expr::val(missing)]).into()
}

fn values(position: &Position) -> Vec<Value> {
    match position {
        Position::Name(name, id) => vec![name.as_str().into(), (*id).into()],
        Position::Tier(rank, name, id) => vec![(*rank).into(), name.as_str().into(), (*id).into()],
        Position::JoinedAt(at, name, id) => vec![(*at).into(), name.as_str().into(), (*id).into()],
    }
}

fn partner(row: &QueryResult) -> Result<Partner, Fault> {
    Ok(Partner {
        membership: membership::Model::from_query_result(row, "")?,
        tier: row.try_get("", "tier_then")?,
        tier_rank: row.try_get("", "tier_rank")?,
        joined_at: row.try_get("", "joined_then")?,
        sort_name: row.try_get("", "sort_name")?,
    })
}
