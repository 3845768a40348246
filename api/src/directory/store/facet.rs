//! The SQL of facets. Facets whose values are of one type share a statement.

use super::{FacetOf, Rows, ask, column, public_listing, rows};
use crate::{
    directory::model::{FACET_MAX, FacetCount, FacetKind, FacetValue},
    op::{Fault, Op},
};
use entity::{
    category, category_ancestor, coverage, listing, listing_category, membership, organization, tier,
    value::CoverageKind,
};
use sea_orm::{
    ColumnTrait, QueryResult,
    sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType},
};
use std::cmp::Reverse;
use uuid::Uuid;

/// What the values of a facet are in the database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Types,
    Id,
    Text,
}

const fn class(facet: FacetKind) -> Class {
    match facet {
        FacetKind::Types => Class::Types,
        FacetKind::Tiers | FacetKind::Categories => Class::Id,
        FacetKind::Countries | FacetKind::Coverage(_) => Class::Text,
    }
}

/// The counts of each facet, highest first, then by label.
pub(super) async fn count(op: &Op, keys: &[FacetOf]) -> Result<Vec<Vec<FacetCount>>, Fault> {
    let mut found: Vec<Vec<FacetCount>> = vec![Vec::new(); keys.len()];
    for of in [Class::Types, Class::Id, Class::Text] {
        let places: Vec<usize> = (0..keys.len()).filter(|at| class(keys[*at].facet) == of).collect();
        let asked: Vec<&FacetOf> = places.iter().map(|at| &keys[*at]).collect();
        ask(
            op,
            &asked,
            |key| facet(op, key),
            |at, row| {
                let counted = counted(of, row)?;
                if let Some(values) = places.get(at).and_then(|place| found.get_mut(*place)) {
                    values.push(counted);
                }
                Ok(())
            },
        )
        .await?;
    }
    for values in &mut found {
        values.sort_by(|a, b| (Reverse(a.count), &a.label).cmp(&(Reverse(b.count), &b.label)));
    }
    Ok(found)
}

fn counted(of: Class, row: &QueryResult) -> Result<FacetCount, Fault> {
    let (value, label) = match of {
        Class::Types => (FacetValue::Types(row.try_get("", "value")?), String::new()),
        Class::Id => (FacetValue::Id(row.try_get::<Uuid>("", "value")?), row.try_get("", "label")?),
        Class::Text => {
            let text: String = row.try_get("", "value")?;
            (FacetValue::Text(text.clone()), text)
        }
    };
    let count: i64 = row.try_get("", "count")?;
    Ok(FacetCount { value, label, count: u64::try_from(count).unwrap_or_default() })
}

fn facet(op: &Op, key: &FacetOf) -> SelectStatement {
    let filter = key.question.filter.without(key.facet);
    let rows = rows(op, key.question.host, &filter);
    match key.facet {
        FacetKind::Types => types(rows),
        FacetKind::Tiers => tiers(rows),
        FacetKind::Countries => countries(rows),
        FacetKind::Categories => categories(rows),
        FacetKind::Coverage(kind) => covered(rows, kind),
    }
}

fn types(rows: Rows) -> SelectStatement {
    let mut select = rows.select;
    let types = column(membership::Column::Types);
    select
        .expr_as(types.clone(), value())
        .expr_as(Func::count(column(membership::Column::Id)), number())
        .add_group_by([types]);
    select
}

fn tiers(rows: Rows) -> SelectStatement {
    let mut select = rows.select;
    let (id, name) = (column(tier::Column::Id), column(tier::Column::NameKey));
    select
        .expr_as(id.clone(), value())
        .expr_as(name.clone(), label())
        .expr_as(Func::count(column(membership::Column::Id)), number())
        .and_where(tier::Column::Id.is_not_null())
        .add_group_by([id, name]);
    most(select, label())
}

fn categories(rows: Rows) -> SelectStatement {
    let mut pairs = rows.select;
    // Each pair once: most partners have several listings in one branch of the tree.
    pairs
        .distinct()
        .expr_as(column(membership::Column::Id), partner())
        .expr_as(column(category_ancestor::Column::AncestorId), value())
        .inner_join(
            listing::Entity,
            public_listing().add(column(listing::Column::VendorId).equals(organization::Column::Id.as_column_ref())),
        )
        .inner_join(
            listing_category::Entity,
            column(listing_category::Column::ListingId).equals(listing::Column::Id.as_column_ref()),
        )
        .inner_join(
            category_ancestor::Entity,
            column(category_ancestor::Column::CategoryId).equals(listing_category::Column::CategoryId.as_column_ref()),
        );
    let (id, slug) = (column(category::Column::Id), column(category::Column::Slug));
    let mut select = Query::select();
    select
        .expr_as(id.clone(), value())
        .expr_as(slug.clone(), label())
        .expr_as(Func::count(Expr::col(partner())), number())
        .from_subquery(pairs, pairs_name())
        .inner_join(category::Entity, id.clone().equals((pairs_name(), value())))
        .add_group_by([id, slug]);
    most(select, label())
}

/// The partners with each word that they cover. A word is stored once for an organization, so no row comes twice.
fn words(mut select: SelectStatement, kind: CoverageKind) -> SelectStatement {
    select.inner_join(
        coverage::Entity,
        column(coverage::Column::OrganizationId)
            .equals(organization::Column::Id.as_column_ref())
            .and(coverage::Column::Kind.eq(kind)),
    );
    select
}

fn covered(rows: Rows, kind: CoverageKind) -> SelectStatement {
    let mut select = words(rows.select, kind);
    let word = column(coverage::Column::Value);
    select
        .expr_as(word.clone(), value())
        .expr_as(Func::count(column(membership::Column::Id)), number())
        .add_group_by([word]);
    most(select, value())
}

fn countries(rows: Rows) -> SelectStatement {
    let mut serving = words(rows.select.clone(), CoverageKind::Country);
    serving.expr_as(column(membership::Column::Id), partner()).expr_as(column(coverage::Column::Value), value());
    let mut seated = rows.select;
    seated
        .expr_as(column(membership::Column::Id), partner())
        .expr_as(column(organization::Column::CountryCode), value())
        .and_where(organization::Column::CountryCode.is_not_null());
    // Each pair once: most companies serve the country of their seat.
    serving.union(UnionType::Distinct, seated);
    let select = Query::select()
        .expr_as(Expr::col(value()), value())
        .expr_as(Func::count(Expr::col(partner())), number())
        .from_subquery(serving, pairs_name())
        .add_group_by([Expr::col(value())])
        .to_owned();
    most(select, value())
}

/// The values that most partners have.
fn most(mut select: SelectStatement, then: Alias) -> SelectStatement {
    select.order_by_expr(Expr::col(number()), Order::Desc).order_by_expr(Expr::col(then), Order::Asc).limit(FACET_MAX);
    select
}

fn partner() -> Alias {
    Alias::new("partner")
}

fn pairs_name() -> Alias {
    Alias::new("pairs")
}

fn value() -> Alias {
    Alias::new("value")
}

fn label() -> Alias {
    Alias::new("label")
}

fn number() -> Alias {
    Alias::new("count")
}
