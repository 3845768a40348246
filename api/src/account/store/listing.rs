//! Lists of an organization, by name.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of lists of lists")]

use super::visible;
use crate::{
    account::model::{AccountList, AccountListKind},
    db::{self, Direction},
    op::{Fault, Op},
    page::{Page, Slice},
    text::sort_key,
};
use entity::{
    account_list as list_row,
    id::{AccountListId, OrganizationId},
    organization,
};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::Expr,
};

/// Which lists are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Of this kind.
    pub kind: Option<AccountListKind>,
    /// About the organization with this slug.
    pub subject: Option<String>,
}

/// The position of a list: the sort key of its name, and its id.
pub type ListPosition = (String, AccountListId);

fn wanted(op: &Op, filter: &ListFilter) -> Select<list_row::Entity> {
    let mut query = visible(op);
    if let Some(kind) = filter.kind {
        query = query.filter(list_row::Column::Kind.eq(kind));
    }
    if let Some(slug) = &filter.subject {
        let subject = organization::Entity::find()
            .select_only()
            .column(organization::Column::Id)
            .filter(organization::Column::Slug.eq(slug))
            .into_query();
        query = query.filter(list_row::Column::SubjectId.in_subquery(subject));
    }
    query
}

/// A page of the visible lists, by name.
///
/// # Errors
/// Database faults.
pub async fn list(
    op: &Op,
    filter: &ListFilter,
    page: &Page<ListPosition>,
) -> Result<Slice<AccountList, ListPosition>, Fault> {
    let keys =
        [Expr::col((list_row::Entity, list_row::Column::NameKey)), Expr::col((list_row::Entity, list_row::Column::Id))];
    let mut query = wanted(op, filter);
    if let Some((name, id)) = &page.after {
        query = query.filter(db::after(&keys, vec![name.clone().into(), (*id).into()], Direction::Ascending));
    }
    let rows = db::order_by(query, &keys, Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| (row.name_key.clone(), row.id)))
}

/// How many lists [`list`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op, filter: &ListFilter) -> Result<u64, Fault> {
    Ok(wanted(op, filter).count(op.db().read()).await?)
}

/// How many lists an organization has.
///
/// # Errors
/// Database faults.
pub async fn count_of_organization_in(tx: &DatabaseTransaction, id: OrganizationId) -> Result<u64, Fault> {
    let lists = list_row::Entity::find()
        .filter(list_row::Column::OrganizationId.eq(id))
        .filter(list_row::Column::DeletedAt.is_null());
    Ok(lists.count(tx).await?)
}

/// The visible list that an organization has under this name about this subject.
///
/// # Errors
/// Database faults.
pub async fn find_by_name(
    op: &Op,
    organization: OrganizationId,
    subject: OrganizationId,
    name: &str,
) -> Result<Option<AccountList>, Fault> {
    Ok(visible(op)
        .filter(list_row::Column::OrganizationId.eq(organization))
        .filter(list_row::Column::SubjectId.eq(subject))
        .filter(list_row::Column::NameKey.eq(sort_key(name)))
        .one(op.db().read())
        .await?)
}
