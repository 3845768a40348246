//! Lists of organizations.

use super::visible;
use crate::{
    db::{self, Direction},
    op::{Fault, Op},
    organization::model::{CoverageKind, Organization, OrganizationFilter},
    page::{Page, Slice},
    search,
};
use chrono::{DateTime, Utc};
use entity::{coverage, organization, value::SearchSubject};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

/// Which way a list of organizations is sorted.
pub type Sorting = Direction;

/// The visible organizations that `filter` leaves.
fn filtered(op: &Op, filter: &OrganizationFilter) -> Select<organization::Entity> {
    let id = Expr::col((organization::Entity, organization::Column::Id));
    let mut rows = visible(op);
    if let Some(found) =
        filter.query.as_deref().and_then(|query| search::matches(SearchSubject::Organization, &id, query))
    {
        rows = rows.filter(found);
    }
    if !filter.statuses.is_empty() {
        rows = rows.filter(organization::Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if !filter.countries.is_empty() {
        let serving = coverage::Entity::find()
            .select_only()
            .column(coverage::Column::OrganizationId)
            .filter(coverage::Column::Kind.eq(CoverageKind::Country))
            .filter(coverage::Column::Value.is_in(&filter.countries))
            .into_query();
        rows = rows.filter(
            Condition::any()
                .add(organization::Column::CountryCode.is_in(&filter.countries))
                .add(id.in_subquery(serving)),
        );
    }
    rows
}

/// How many there are.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op, filter: &OrganizationFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

/// A page by name.
///
/// # Errors
/// Database faults.
pub async fn list_by_name(
    op: &Op,
    filter: &OrganizationFilter,
    page: &Page<(String, Uuid)>,
    sorting: Sorting,
) -> Result<Slice<Organization, (String, Uuid)>, Fault> {
    let after = page.after.clone().map(|(name, id)| vec![Value::from(name), Value::from(id)]);
    let rows = sorted(filtered(op, filter), organization::Column::SortName, after, sorting)
        .limit(page.fetch())
        .all(op.db().read())
        .await?;
    Ok(page.slice(rows, |row| (row.sort_name.clone(), row.id.into())))
}

/// A page by the moment of entry.
///
/// # Errors
/// Database faults.
pub async fn list_by_creation(
    op: &Op,
    filter: &OrganizationFilter,
    page: &Page<(DateTime<Utc>, Uuid)>,
    sorting: Sorting,
) -> Result<Slice<Organization, (DateTime<Utc>, Uuid)>, Fault> {
    let after = page.after.map(|(moment, id)| vec![Value::from(moment), Value::from(id)]);
    let rows = sorted(filtered(op, filter), organization::Column::CreatedAt, after, sorting)
        .limit(page.fetch())
        .all(op.db().read())
        .await?;
    Ok(page.slice(rows, |row| (row.created_at, row.id.into())))
}

fn sorted(
    rows: Select<organization::Entity>,
    key: organization::Column,
    after: Option<Vec<Value>>,
    sorting: Sorting,
) -> Select<organization::Entity> {
    let keys = [key, organization::Column::Id].map(|column| Expr::col((organization::Entity, column)));
    let rows = match after {
        Some(position) => rows.filter(db::after(&keys, position, sorting)),
        None => rows,
    };
    db::order_by(rows, &keys, sorting)
}
