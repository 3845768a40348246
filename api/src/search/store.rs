//! The SQL of search tokens.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of search tokens")]

use crate::{
    op::Fault,
    text::{Term, prefix_upper_bound, query_terms},
};
use entity::{search_token, value::SearchSubject};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Tokens a statement writes or removes at most; a token has three parameters, and SQLite takes some 30,000.
const CHUNK: usize = 1_000;

/// Makes `wanted` the words that `subject` is found by, in the transaction that changed its texts. Only what differs is
/// written. It asks for no permit: the words follow from texts that a permit was asked for.
///
/// # Errors
/// Database faults.
pub async fn index_in(
    tx: &DatabaseTransaction,
    kind: SearchSubject,
    subject: Uuid,
    wanted: BTreeSet<String>,
) -> Result<(), Fault> {
    index_all_in(tx, kind, BTreeMap::from([(subject, wanted)])).await
}

/// As [`index_in`] for many subjects, at most some hundreds: their words are in memory.
///
/// # Errors
/// Database faults.
pub async fn index_all_in(
    tx: &DatabaseTransaction,
    kind: SearchSubject,
    mut wanted: BTreeMap<Uuid, BTreeSet<String>>,
) -> Result<(), Fault> {
    let stored = search_token::Entity::find()
        .filter(search_token::Column::SubjectKind.eq(kind))
        .filter(search_token::Column::SubjectId.is_in(wanted.keys().copied()))
        .all(tx)
        .await?;
    let mut stale: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    for row in stored {
        if !wanted.get_mut(&row.subject_id).is_some_and(|words| words.remove(&row.token)) {
            stale.entry(row.subject_id).or_default().insert(row.token);
        }
    }
    // What changed for many at once, such as a name that they share, goes with one statement.
    let mut losers: BTreeMap<BTreeSet<String>, Vec<Uuid>> = BTreeMap::new();
    for (subject, words) in stale {
        losers.entry(words).or_default().push(subject);
    }
    for (words, subjects) in losers {
        let words: Vec<String> = words.into_iter().collect();
        for chunk in words.chunks(CHUNK) {
            search_token::Entity::delete_many()
                .filter(search_token::Column::SubjectKind.eq(kind))
                .filter(search_token::Column::SubjectId.is_in(subjects.iter().copied()))
                .filter(search_token::Column::Token.is_in(chunk))
                .exec(tx)
                .await?;
        }
    }
    let row = |subject| {
        move |token| search_token::ActiveModel { subject_kind: Set(kind), token: Set(token), subject_id: Set(subject) }
    };
    let fresh: Vec<_> = wanted.into_iter().flat_map(|(subject, words)| words.into_iter().map(row(subject))).collect();
    for chunk in fresh.chunks(CHUNK) {
        search_token::Entity::insert_many(chunk.to_vec())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// The condition "`subject`, the id of a `kind`, is found by `query`": each term of the query is met by one word of the
/// subject or another. `None` for a blank query, which asks for nothing; a query without any word ("?!") finds nothing.
#[must_use]
pub fn matches(kind: SearchSubject, subject: &Expr, query: &str) -> Option<Condition> {
    if query.trim().is_empty() {
        return None;
    }
    let terms = query_terms(query);
    if terms.is_empty() {
        return Some(Condition::all().add(Expr::val(1).eq(0)));
    }
    Some(terms.iter().fold(Condition::all(), |all, term| all.add(subject.clone().in_subquery(holders(kind, term)))))
}

/// The ids of the subjects that have a word which meets `term`.
fn holders(kind: SearchSubject, term: &Term) -> sea_orm::sea_query::SelectStatement {
    let mut tokens = search_token::Entity::find()
        .select_only()
        .column(search_token::Column::SubjectId)
        .filter(search_token::Column::SubjectKind.eq(kind));
    tokens = match term {
        Term::Exact(text) => tokens.filter(search_token::Column::Token.eq(text)),
        Term::Prefix(prefix) => {
            let from = tokens.filter(search_token::Column::Token.gte(prefix));
            match prefix_upper_bound(prefix) {
                Some(bound) => from.filter(search_token::Column::Token.lt(bound)),
                None => from,
            }
        }
    };
    tokens.into_query()
}

#[cfg(test)]
mod tests {
    use super::*;
    use entity::organization;
    use sea_orm::DatabaseBackend;

    fn sql(query: &str) -> Option<String> {
        let id = Expr::col((organization::Entity, organization::Column::Id));
        let condition = matches(SearchSubject::Organization, &id, query)?;
        Some(organization::Entity::find().filter(condition).build(DatabaseBackend::Sqlite).to_string())
    }

    #[test]
    fn a_blank_query_is_no_condition_and_one_without_words_finds_nothing() {
        assert_eq!(sql(" \t"), None);
        assert!(sql("?!").is_some_and(|sql| sql.ends_with("WHERE 1 = 0")));
    }

    #[test]
    fn each_word_is_a_range_of_tokens() {
        let sql = sql("Café clo").unwrap_or_default();
        assert_eq!(sql.matches("IN (SELECT").count(), 2, "{sql}");
        assert!(sql.contains("'cafe'") && sql.contains("'caff'"), "{sql}");
        assert!(sql.contains("'clo'") && sql.contains("'clp'"), "{sql}");
    }

    #[test]
    fn a_quote_in_a_query_stays_a_value() {
        assert!(sql("o'; DROP TABLE x").is_some_and(|sql| !sql.contains("';")));
    }
}
