//! The first rows of many lists at once: how a connection below a list is read with one statement.

#![expect(clippy::disallowed_methods, reason = "builds statements that stores run")]

use sea_orm::{
    ColumnTrait, EntityTrait, Iden, Order, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Alias, Expr, ExprTrait, Func, Query, WindowStatement},
};

/// Of the rows of `rows`, the first `fetch` of each `parent`, sorted by parent and within it by `key`, which is unique.
pub fn first_of_each<E>(rows: Select<E>, parent: E::Column, key: E::Column, order: Order, fetch: u64) -> Select<E>
where
    E: EntityTrait,
{
    let window =
        WindowStatement::partition_by(parent.as_column_ref()).order_by(key.as_column_ref(), order.clone()).to_owned();
    let mut ranked = rows.into_query();
    ranked.clear_selects().column(key.as_column_ref()).expr_window_as(
        Func::cust("ROW_NUMBER"),
        window,
        Alias::new("position"),
    );
    let chosen = Query::select()
        .column(Alias::new(key.unquoted()))
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(Alias::new("position")).lte(fetch))
        .to_owned();
    let mut found = E::find().filter(key.in_subquery(chosen));
    QuerySelect::query(&mut found).order_by(parent.as_column_ref(), Order::Asc).order_by(key.as_column_ref(), order);
    found
}
