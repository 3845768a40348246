//! Reads of accounts, each as its list's present version has it.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that reads accounts")]

use super::visible;
use crate::{
    account::model::{Account, AccountList},
    db::{self, Direction},
    op::{Fault, Op},
    page::{Page, Slice},
    text::{prefix_upper_bound, sort_key},
};
use entity::{
    account, account_list as list_row,
    id::{AccountId, OrganizationId},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, ExprTrait},
};

/// Which accounts of a list are wanted; nothing narrows where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// The name begins so; case and accents do not matter.
    pub name: Option<String>,
    /// With this registrable domain, in lower case.
    pub domain: Option<String>,
    /// With one of these external ids.
    pub external_ids: Option<Vec<String>>,
    /// In one of these countries.
    pub countries: Option<Vec<String>>,
    /// With exactly this owner.
    pub owner: Option<String>,
}

impl AccountFilter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// The position of an account: the sort key of its name, and its id.
pub type AccountPosition = (String, AccountId);

/// The accounts of the version of `list` that was read with it.
fn of_version(list: &AccountList) -> Select<account::Entity> {
    account::Entity::find()
        .filter(account::Column::ListId.eq(list.id))
        .filter(account::Column::Since.lte(list.version))
        .filter(Condition::any().add(account::Column::Until.is_null()).add(account::Column::Until.gt(list.version)))
}

fn wanted(list: &AccountList, filter: &AccountFilter) -> Select<account::Entity> {
    let mut query = of_version(list);
    if let Some(name) = filter.name.as_deref().map(sort_key).filter(|name| !name.is_empty()) {
        if let Some(bound) = prefix_upper_bound(&name) {
            query = query.filter(account::Column::NameKey.lt(bound));
        }
        query = query.filter(account::Column::NameKey.gte(name));
    }
    if let Some(domain) = &filter.domain {
        query = query.filter(account::Column::Domain.eq(domain));
    }
    if let Some(ids) = &filter.external_ids {
        query = query.filter(account::Column::ExternalId.is_in(ids));
    }
    if let Some(countries) = &filter.countries {
        query = query.filter(account::Column::Country.is_in(countries));
    }
    if let Some(owner) = &filter.owner {
        query = query.filter(account::Column::Owner.eq(owner));
    }
    query
}

/// A page of the accounts of a list that the actor was found to see, by name.
///
/// # Errors
/// Database faults.
pub async fn list_accounts(
    op: &Op,
    list: &AccountList,
    filter: &AccountFilter,
    page: &Page<AccountPosition>,
) -> Result<Slice<Account, AccountPosition>, Fault> {
    let keys =
        [Expr::col((account::Entity, account::Column::NameKey)), Expr::col((account::Entity, account::Column::Id))];
    let mut query = wanted(list, filter);
    if let Some((name, id)) = &page.after {
        query = query.filter(db::after(&keys, vec![name.clone().into(), (*id).into()], Direction::Ascending));
    }
    let rows = db::order_by(query, &keys, Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| (row.name_key.clone(), row.id)))
}

/// How many accounts [`list_accounts`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_accounts(op: &Op, list: &AccountList, filter: &AccountFilter) -> Result<u64, Fault> {
    Ok(wanted(list, filter).count(op.db().read()).await?)
}

/// The accounts of the present versions of visible lists, of the lists that fit `which`.
fn present(op: &Op, which: Condition) -> Select<account::Entity> {
    let version = || Expr::col((list_row::Entity, list_row::Column::Version));
    let row = |column| Expr::col((account::Entity, column));
    let of_list =
        account::Entity::belongs_to(list_row::Entity).from(account::Column::ListId).to(list_row::Column::Id).into();
    let lists = visible(op).filter(which).select_only().column(list_row::Column::Id).into_query();
    account::Entity::find()
        .join(JoinType::InnerJoin, of_list)
        .filter(account::Column::ListId.in_subquery(lists))
        .filter(row(account::Column::Since).lte(version()))
        .filter(Condition::any().add(account::Column::Until.is_null()).add(row(account::Column::Until).gt(version())))
}

/// The accounts with these ids in the present versions of visible lists, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_accounts_by_ids(op: &Op, ids: &[AccountId]) -> Result<Vec<Account>, Fault> {
    let wanted = present(op, Condition::all()).filter(account::Column::Id.is_in(ids.iter().copied()));
    Ok(wanted.all(op.db().read()).await?)
}

/// At most `limit` accounts of an organization's own with this registrable domain, in the present versions of its visible
/// lists, by name.
///
/// # Errors
/// Database faults.
pub async fn list_accounts_by_domain(
    op: &Op,
    own: OrganizationId,
    domain: &str,
    limit: u64,
) -> Result<Vec<Account>, Fault> {
    let lists = Condition::all().add(list_row::Column::OrganizationId.eq(own)).add(list_row::Column::SubjectId.eq(own));
    Ok(present(op, lists)
        .filter(account::Column::Domain.eq(domain))
        .order_by_asc(account::Column::NameKey)
        .order_by_asc(account::Column::Id)
        .limit(limit)
        .all(op.db().read())
        .await?)
}
