//! Versions: laid out ahead where nobody sees them, shown by one update, cleared away where they came to nothing.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of versions")]

use crate::{
    account::{
        model::{Account, AccountList, Became, Content, Counts, KEPT},
        policy::ManageAccountList,
    },
    db::Db,
    op::{Action, Fault, Op, Permit},
};
use entity::{
    account, account_list_seen as seen,
    id::{AccountId, AccountListId},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityName, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use std::collections::{HashMap, HashSet};

/// Accounts that one statement of a sweep looks at.
const WINDOW: u64 = 5_000;
/// Rows that one statement writes: with all their columns they stay below what SQLite takes in parameters.
const ROWS_A_STATEMENT: usize = 1_000;

/// A version on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The version that readers see.
    pub shown: i64,
    /// The one that is laid out.
    pub next: i64,
    /// Whether it comes in several parts, so that what was met before has to be remembered.
    pub in_parts: bool,
}

/// What is known of an external id.
#[derive(Default)]
struct Known {
    id: Option<AccountId>,
    /// The row that readers see.
    shown: Option<Account>,
    /// Whether the next version has a row of its own for it already.
    laid: bool,
}

/// Has the database look at how accounts are distributed, after many have come.
pub async fn look_at_accounts(db: &Db) {
    db.look_at_leisure(account::Entity.table_name()).await;
}

/// Lays accounts out in the next version, each as a whole, and says what became of each. At most [`ROWS_A_STATEMENT`] are
/// written by one statement, however many there are.
///
/// # Errors
/// Database faults.
pub async fn lay_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ManageAccountList>,
    target: Target,
    accounts: &[Content],
) -> Result<Vec<Became>, Fault> {
    let mut all = Vec::with_capacity(accounts.len());
    let mut met = HashSet::new();
    for part in accounts.chunks(ROWS_A_STATEMENT) {
        all.extend(lay_part_in(tx, op, permit, target, part, &mut met).await?);
    }
    Ok(all)
}

async fn lay_part_in<'a>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ManageAccountList>,
    target: Target,
    part: &'a [Content],
    met: &mut HashSet<&'a str>,
) -> Result<Vec<Became>, Fault> {
    let list = permit.resource();
    let mut known = known_in(tx, list, target, part).await?;
    let remembered = match target.in_parts {
        true => remembered_in(tx, list, &known).await?,
        false => HashSet::new(),
    };
    let mut became = Vec::with_capacity(part.len());
    let (mut rows, mut ended, mut unchanged) = (Vec::new(), Vec::new(), Vec::new());
    for content in part {
        let Known { id, shown, laid } = known.remove(content.external_id.as_str()).unwrap_or_default();
        let repeated = !met.insert(content.external_id.as_str())
            || laid
            || shown.as_ref().is_some_and(|row| remembered.contains(&row.id));
        became.push(match shown {
            _ if repeated => Became::Repeated,
            Some(row) if content.is_said_by(&row) => {
                unchanged.push(row.id);
                Became::Unchanged
            }
            Some(row) => {
                ended.push(row.id);
                rows.push(row_of(op, list, target.next, row.id, row.added_at, content));
                Became::Updated
            }
            None => {
                let id = id.unwrap_or_else(|| op.new_id());
                rows.push(row_of(op, list, target.next, id, op.now(), content));
                Became::Created
            }
        });
    }
    end_in(tx, list, target, account::Column::Id.is_in(ended.iter().copied()), ended.is_empty()).await?;
    if !rows.is_empty() {
        account::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    if target.in_parts && !unchanged.is_empty() {
        let rows = unchanged.into_iter().map(|id| seen::ActiveModel { list_id: Set(list), account_id: Set(id) });
        seen::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(became)
}

async fn known_in(
    tx: &DatabaseTransaction,
    list: AccountListId,
    target: Target,
    part: &[Content],
) -> Result<HashMap<String, Known>, Fault> {
    let rows = account::Entity::find()
        .filter(account::Column::ListId.eq(list))
        .filter(account::Column::ExternalId.is_in(part.iter().map(|content| content.external_id.as_str())))
        .all(tx)
        .await?;
    let mut known: HashMap<String, Known> = HashMap::new();
    for row in rows {
        let entry = known.entry(row.external_id.clone()).or_default();
        // Also of a row that readers see no more: who comes back is the same one.
        entry.id = Some(row.id);
        if row.since == target.next {
            entry.laid = true;
        } else if row.until.is_none_or(|until| until > target.shown) {
            entry.shown = Some(row);
        }
    }
    Ok(known)
}

async fn remembered_in(
    tx: &DatabaseTransaction,
    list: AccountListId,
    known: &HashMap<String, Known>,
) -> Result<HashSet<AccountId>, Fault> {
    let ids: Vec<_> = known.values().filter_map(|known| known.shown.as_ref().map(|row| row.id)).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let met = seen::Entity::find()
        .filter(seen::Column::ListId.eq(list))
        .filter(seen::Column::AccountId.is_in(ids))
        .all(tx)
        .await?;
    Ok(met.into_iter().map(|row| row.account_id).collect())
}

fn row_of(
    op: &Op,
    list: AccountListId,
    since: i64,
    id: AccountId,
    added_at: chrono::DateTime<chrono::Utc>,
    content: &Content,
) -> account::ActiveModel {
    let content = content.clone();
    account::ActiveModel {
        id: Set(id),
        since: Set(since),
        until: Set(None),
        list_id: Set(list),
        external_id: Set(content.external_id),
        name: Set(content.name),
        name_key: Set(content.name_key),
        website: Set(content.website),
        domain: Set(content.domain),
        email_domain: Set(content.email_domain),
        duns: Set(content.duns),
        country: Set(content.country),
        owner: Set(content.owner),
        stage: Set(content.stage),
        amount_minor: Set(content.amount_minor),
        currency: Set(content.currency),
        custom: Set(content.custom),
        keys: Set(content.keys),
        added_at: Set(added_at),
        changed_at: Set(op.now()),
    }
}

/// Ends rows that readers see with the next version; says how many.
async fn end_in(
    tx: &DatabaseTransaction,
    list: AccountListId,
    target: Target,
    which: Expr,
    none: bool,
) -> Result<u64, Fault> {
    if none {
        return Ok(0);
    }
    let done = account::Entity::update_many()
        .col_expr(account::Column::Until, Expr::val(target.next))
        .filter(account::Column::ListId.eq(list))
        .filter(account::Column::Since.lte(target.shown))
        .filter(account::Column::Until.is_null())
        .filter(which)
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}

/// Takes the accounts with these external ids out of the next version; says how many there were.
///
/// # Errors
/// Database faults.
pub async fn remove_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ManageAccountList>,
    target: Target,
    external_ids: &[String],
) -> Result<u64, Fault> {
    let mut removed = 0;
    for part in external_ids.chunks(ROWS_A_STATEMENT) {
        removed += end_in(tx, permit.resource(), target, account::Column::ExternalId.is_in(part), false).await?;
    }
    Ok(removed)
}

/// Takes out of the next version what was not met, of the accounts behind the external id `after`: as many as one
/// statement looks at. Says how many that were, and behind which to go on; none where it came to the end.
///
/// # Errors
/// Database faults.
pub async fn sweep_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ManageAccountList>,
    target: Target,
    after: &str,
) -> Result<(u64, Option<String>), Fault> {
    let list = permit.resource();
    let last: Option<String> = account::Entity::find()
        .select_only()
        .column(account::Column::ExternalId)
        .filter(account::Column::ListId.eq(list))
        .filter(account::Column::ExternalId.gt(after))
        .filter(account::Column::Since.lte(target.shown))
        .filter(account::Column::Until.is_null())
        .order_by_asc(account::Column::ExternalId)
        .offset(WINDOW - 1)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?;
    let met = seen::Entity::find()
        .select_only()
        .column(seen::Column::AccountId)
        .filter(seen::Column::ListId.eq(list))
        .filter(Expr::col((seen::Entity, seen::Column::AccountId)).equals((account::Entity, account::Column::Id)))
        .into_query();
    let mut which = account::Column::ExternalId.gt(after).and(Expr::exists(met).not());
    if let Some(last) = &last {
        which = which.and(account::Column::ExternalId.lte(last));
    }
    Ok((end_in(tx, list, target, which, false).await?, last))
}

/// Shows the version that was laid out: from the commit on, readers see it.
///
/// # Errors
/// Database faults.
pub async fn show_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ManageAccountList>,
    before: &AccountList,
    target: Target,
    counts: Counts,
) -> Result<AccountList, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another list");
    let mut row = before.clone().into_active_model();
    row.version = Set(target.next);
    row.account_count = Set(i32::try_from(i64::from(before.account_count) + counts.growth()).map_err(Fault::internal)?);
    // A mark that is set stays: what it lets go is no longer needed, and the next one comes after it.
    if counts.leaves_rows() && before.collect_after.is_none() {
        row.collect_version = Set(target.next);
        row.collect_after = Set(Some(op.now() + KEPT));
    }
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// The keys of at most `limit` rows of a list that `which` is true of.
fn some_rows(list: AccountListId, which: Expr, limit: u64) -> SelectStatement {
    account::Entity::find()
        .select_only()
        .columns([account::Column::Id, account::Column::Since])
        .filter(account::Column::ListId.eq(list))
        .filter(which)
        .limit(limit)
        .into_query()
}

fn is_among(rows: SelectStatement) -> Expr {
    Expr::tuple([Expr::col(account::Column::Id), Expr::col(account::Column::Since)]).in_subquery(rows)
}

/// Clears away at most `limit` rows of what was laid out ahead of the version `shown`, and says how many that were.
///
/// # Errors
/// Database faults.
pub async fn clear_in<A: Action<Resource = AccountListId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
    shown: i64,
    limit: u64,
) -> Result<u64, Fault> {
    let list = permit.resource();
    let forgotten = forget_seen_in(tx, permit, limit).await?;
    if forgotten > 0 {
        return Ok(forgotten);
    }
    let new = some_rows(list, account::Column::Since.gt(shown), limit);
    let removed = account::Entity::delete_many().filter(is_among(new)).exec(tx).await?.rows_affected;
    if removed > 0 {
        return Ok(removed);
    }
    let ended = some_rows(list, account::Column::Until.gt(shown), limit);
    let restored = account::Entity::update_many()
        .col_expr(account::Column::Until, Expr::val(None::<i64>))
        .filter(is_among(ended))
        .exec(tx)
        .await?;
    Ok(restored.rows_affected)
}

/// Forgets at most `limit` of the accounts that were met and left as they are, and says how many that were.
///
/// # Errors
/// Database faults.
pub async fn forget_seen_in<A: Action<Resource = AccountListId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
    limit: u64,
) -> Result<u64, Fault> {
    let some = seen::Entity::find()
        .select_only()
        .column(seen::Column::AccountId)
        .filter(seen::Column::ListId.eq(permit.resource()))
        .limit(limit)
        .into_query();
    let gone = seen::Entity::delete_many()
        .filter(seen::Column::ListId.eq(permit.resource()))
        .filter(seen::Column::AccountId.in_subquery(some))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected)
}

/// Removes at most `limit` rows that `version` no longer has; with `None`, of a deleted list, rows of any version. Says
/// how many that were.
pub(super) async fn remove_rows_in<A: Action<Resource = AccountListId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
    version: Option<i64>,
    limit: u64,
) -> Result<u64, Fault> {
    let which = match version {
        Some(version) => account::Column::Until.lte(version),
        None => account::Column::Since.gte(0),
    };
    let gone = some_rows(permit.resource(), which, limit);
    Ok(account::Entity::delete_many().filter(is_among(gone)).exec(tx).await?.rows_affected)
}

/// Whether there is a row that the list's version no longer has.
pub(super) async fn has_gone_rows_in(tx: &DatabaseTransaction, list: &AccountList) -> Result<bool, Fault> {
    let gone = account::Entity::find()
        .filter(account::Column::ListId.eq(list.id))
        .filter(account::Column::Until.lte(list.version));
    Ok(gone.one(tx).await?.is_some())
}
