//! The SQL of rules. Only the organization whose list it is reads them; what comes of them is `exposure`.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of rules")]

use crate::{
    db::{self, Direction},
    op::{Fault, Op, Outcome, Permit, taken},
    page::{Page, Slice},
    sharing::{
        model::{SharingRule, Shown},
        policy::ShareLists,
    },
};
use entity::{
    account_list,
    id::{AccountListId, OrganizationId, SharingRuleId},
    sharing_rule as rule,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, SelectStatement},
};

/// The rules that the actor may see: those of its own organization, of lists that are there.
fn visible(op: &Op) -> Select<rule::Entity> {
    let rules = rule::Entity::find().filter(rule::Column::ListId.in_subquery(lists_that_are_there()));
    match op.actor.organization() {
        None => rules.filter(Expr::val(false)),
        Some(own) => rules.filter(rule::Column::OrganizationId.eq(own)),
    }
}

fn lists_that_are_there() -> SelectStatement {
    account_list::Entity::find()
        .select_only()
        .column(account_list::Column::Id)
        .filter(account_list::Column::DeletedAt.is_null())
        .into_query()
}

/// Which rules are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleFilter {
    /// For this partner.
    pub partner: Option<OrganizationId>,
    /// Of this list.
    pub list: Option<AccountListId>,
}

fn filtered(op: &Op, filter: RuleFilter) -> Select<rule::Entity> {
    visible(op)
        .apply_if(filter.partner, |query, partner| query.filter(rule::Column::PartnerId.eq(partner)))
        .apply_if(filter.list, |query, list| query.filter(rule::Column::ListId.eq(list)))
}

/// A page of the rules of the actor's own organization, oldest first.
///
/// # Errors
/// Database faults.
pub async fn list_rules(
    op: &Op,
    filter: RuleFilter,
    page: &Page<SharingRuleId>,
) -> Result<Slice<SharingRule, SharingRuleId>, Fault> {
    let keys = [Expr::col((rule::Entity, rule::Column::Id))];
    let mut query = filtered(op, filter);
    if let Some(id) = page.after {
        query = query.filter(db::after(&keys, vec![id.into()], Direction::Ascending));
    }
    let rows = db::order_by(query, &keys, Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many rules [`list_rules`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_rules(op: &Op, filter: RuleFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

/// The visible rules with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_rules_by_ids(op: &Op, ids: &[SharingRuleId]) -> Result<Vec<SharingRule>, Fault> {
    Ok(visible(op).filter(rule::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The first `fetch` visible rules of each of these lists, oldest first.
///
/// # Errors
/// Database faults.
pub async fn list_rules_of_lists(op: &Op, lists: &[AccountListId], fetch: u64) -> Result<Vec<SharingRule>, Fault> {
    let rules = visible(op).filter(rule::Column::ListId.is_in(lists.iter().copied()));
    let first = db::first_of_each(rules, rule::Column::ListId, rule::Column::Id, sea_orm::Order::Asc, fetch);
    Ok(first.all(op.db().read()).await?)
}

/// The visible rule of a list for a partner.
///
/// # Errors
/// Database faults.
pub async fn find_rule(op: &Op, list: AccountListId, partner: OrganizationId) -> Result<Option<SharingRule>, Fault> {
    Ok(filtered(op, RuleFilter { partner: Some(partner), list: Some(list) }).one(op.db().read()).await?)
}

/// The rule of a list for a partner, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_rule_in(
    tx: &DatabaseTransaction,
    list: AccountListId,
    partner: OrganizationId,
) -> Result<Option<SharingRule>, Fault> {
    Ok(rule::Entity::find()
        .filter(rule::Column::ListId.eq(list))
        .filter(rule::Column::PartnerId.eq(partner))
        .order_by_asc(rule::Column::Id)
        .lock_exclusive()
        .one(tx)
        .await?)
}

/// The visible rule with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_rule_by_id_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: SharingRuleId,
) -> Result<Option<SharingRule>, Fault> {
    Ok(visible(op).filter(rule::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// Writes a rule of a list of the permit's organization.
///
/// # Errors
/// `TAKEN` where another one came first; database faults.
pub async fn insert_rule_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ShareLists>,
    list: AccountListId,
    partner: OrganizationId,
    shown: Shown,
) -> Outcome<SharingRule> {
    let row = rule::ActiveModel {
        id: Set(op.new_id()),
        list_id: Set(list),
        organization_id: Set(permit.resource()),
        partner_id: Set(partner),
        level: Set(shown.level),
        fields: Set(shown.fields),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    row.insert(tx).await.map_err(|error| taken(error, "input.partner"))
}

/// Changes a rule.
///
/// # Errors
/// Database faults.
pub async fn update_rule_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ShareLists>,
    before: &SharingRule,
    shown: Shown,
) -> Result<SharingRule, Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    let mut row = before.clone().into_active_model();
    row.level = Set(shown.level);
    row.fields = Set(shown.fields);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Removes a rule: what the defaults say counts again.
///
/// # Errors
/// Database faults.
pub async fn delete_rule_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ShareLists>,
    before: &SharingRule,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    before.clone().delete(tx).await?;
    Ok(())
}
