//! One of many values, as a condition of few texts: a statement whose text changes with the number of its values is planned
//! anew for each number, and pushes others out of what a connection remembers.

use sea_orm::{
    DatabaseBackend,
    sea_query::{Expr, ExprTrait, Value, ValueType, extension::postgres::PgExpr},
};

/// Whether `column` has one of `values`, which must not be more than the database takes as parameters. PostgreSQL takes them
/// as one array; SQLite, which has none, as a list that is lengthened to a power of two.
#[must_use]
pub fn one_of<V>(backend: DatabaseBackend, column: Expr, values: &[V]) -> Expr
where
    V: Clone + Into<Value> + ValueType,
{
    match backend {
        DatabaseBackend::Postgres => column.eq_any(values.iter().cloned()),
        _ => column.is_in(evened(values)),
    }
}

/// The list lengthened by its last entry to a power of two.
fn evened<T: Clone>(list: &[T]) -> Vec<T> {
    let mut list = list.to_vec();
    if let Some(last) = list.last().cloned() {
        list.resize(list.len().next_power_of_two(), last);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::sea_query::{PostgresQueryBuilder, Query, SqliteQueryBuilder};

    #[test]
    fn there_are_few_texts() {
        assert_eq!(evened(&[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
        assert_eq!(evened(&[1]), [1]);
        assert!(evened::<i32>(&[]).is_empty());
        let select = |backend, values: &[i64]| {
            Query::select().expr(Expr::val(1)).and_where(one_of(backend, Expr::col("a"), values)).to_owned()
        };
        let postgres = |values: &[i64]| select(DatabaseBackend::Postgres, values).build(PostgresQueryBuilder).0;
        let sqlite = |values: &[i64]| select(DatabaseBackend::Sqlite, values).build(SqliteQueryBuilder).0;
        assert_eq!(postgres(&[1]), postgres(&[1, 2, 3]));
        assert_eq!(postgres(&[]), postgres(&[1, 2, 3]));
        assert_eq!(sqlite(&[1, 2, 3]), sqlite(&[1, 2, 3, 4]));
        assert_ne!(sqlite(&[1, 2]), sqlite(&[1, 2, 3]));
    }
}
