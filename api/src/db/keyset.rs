//! Paging by key: a page starts behind the last row of the page before, so rows that are added meanwhile neither repeat
//! nor hide another. All keys run in one direction and none is nullable; whoever needs "missing last" says so in the key.

use sea_orm::{
    Order, QuerySelect, Value,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

/// Which way a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The condition "behind this position": a row comparison, which both databases answer from an index.
#[must_use]
pub fn after(keys: &[Expr], position: Vec<Value>, direction: Direction) -> Expr {
    debug_assert_eq!(keys.len(), position.len(), "a position has a value for each key");
    let row = Expr::tuple(keys.iter().cloned());
    let values = Expr::tuple(position.into_iter().map(Expr::val));
    match direction {
        Direction::Ascending => row.gt(values),
        Direction::Descending => row.lt(values),
    }
}

/// Sorts by all keys in one direction.
pub fn order_by<Q: QuerySelect<QueryStatement = SelectStatement>>(
    mut query: Q,
    keys: &[Expr],
    direction: Direction,
) -> Q {
    let order = match direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    };
    for key in keys {
        QuerySelect::query(&mut query).order_by_expr(key.clone(), order.clone());
    }
    query
}
