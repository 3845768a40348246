//! The SQL of qualification: rules here; what was qualified, progress and turns below.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of rules over overlaps")]

mod lead;
mod turn;

pub use lead::{
    LeadChange, LeadFilter, count_leads, count_waiting_in, find_lead_in, insert_found_in, list_leads,
    list_leads_by_ids, update_lead_in,
};
use turn::begin_again_in;
pub use turn::{
    claim_turn, end_turn, fail_turn, find_progress_in, forget_closed, has_turn_in, list_due, list_progress,
    list_untold_in, put_progress_in, wake_in,
};

use super::{
    model::{Rule, RuleContent},
    policy::{ApplyRules, CreateRule, ManageRule},
};
use crate::{
    op::{Fault, Op, Permit},
    page::{Page, Slice},
    text::sort_key,
};
use entity::{
    id::{OrganizationId, QualificationRuleId},
    qualification_rule as rule,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};

/// The rules that the actor may see: those of its own organization.
fn visible(op: &Op) -> Select<rule::Entity> {
    match op.actor.organization() {
        // Whoever acts for no organization finds nothing.
        None => rule::Entity::find().filter(Expr::val(false)),
        Some(own) => rule::Entity::find().filter(rule::Column::OrganizationId.eq(own)),
    }
}

/// A page of the rules of the actor's organization, oldest first.
///
/// # Errors
/// Database faults.
pub async fn list_rules(op: &Op, page: &Page<QualificationRuleId>) -> Result<Slice<Rule, QualificationRuleId>, Fault> {
    let mut query = visible(op);
    if let Some(after) = page.after {
        query = query.filter(rule::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(rule::Column::Id).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many rules [`list_rules`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_rules(op: &Op) -> Result<u64, Fault> {
    Ok(visible(op).count(op.db().read()).await?)
}

/// The visible rules with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_rules_by_ids(op: &Op, ids: &[QualificationRuleId]) -> Result<Vec<Rule>, Fault> {
    Ok(visible(op).filter(rule::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible rule with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_rule_in(tx: &DatabaseTransaction, op: &Op, id: QualificationRuleId) -> Result<Option<Rule>, Fault> {
    Ok(visible(op).filter(rule::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The rule of an organization with this name, if there is one.
///
/// # Errors
/// Database faults.
pub async fn find_rule_by_name_in(
    tx: &DatabaseTransaction,
    own: OrganizationId,
    name: &str,
) -> Result<Option<Rule>, Fault> {
    Ok(rule::Entity::find()
        .filter(rule::Column::OrganizationId.eq(own))
        .filter(rule::Column::NameKey.eq(sort_key(name)))
        .one(tx)
        .await?)
}

/// How many rules an organization has.
///
/// # Errors
/// Database faults.
pub async fn count_rules_in(tx: &DatabaseTransaction, own: OrganizationId) -> Result<u64, Fault> {
    Ok(rule::Entity::find().filter(rule::Column::OrganizationId.eq(own)).count(tx).await?)
}

fn enabled(permit: &Permit<ApplyRules>) -> Select<rule::Entity> {
    rule::Entity::find()
        .filter(rule::Column::OrganizationId.eq(permit.resource()))
        .filter(rule::Column::Enabled.eq(true))
        .order_by_asc(rule::Column::Id)
}

/// The rules of an organization that are on.
///
/// # Errors
/// Database faults.
pub async fn list_enabled(op: &Op, permit: &Permit<ApplyRules>) -> Result<Vec<Rule>, Fault> {
    Ok(enabled(permit).all(op.db().read()).await?)
}

/// The same, their rows locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn list_enabled_in(tx: &DatabaseTransaction, permit: &Permit<ApplyRules>) -> Result<Vec<Rule>, Fault> {
    Ok(enabled(permit).lock_exclusive().all(tx).await?)
}

/// The rule with this id as long as it is on and says what it said, its row locked until the transaction ends: nobody
/// changes it while it is applied.
///
/// # Errors
/// Database faults.
pub async fn find_unchanged_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ApplyRules>,
    before: &Rule,
) -> Result<Option<Rule>, Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    Ok(rule::Entity::find_by_id(before.id)
        .filter(rule::Column::Enabled.eq(true))
        .filter(rule::Column::Revision.eq(before.revision))
        .lock_exclusive()
        .one(tx)
        .await?)
}

/// Writes a rule.
///
/// # Errors
/// Database faults, also where the name is taken.
pub async fn insert_rule_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<CreateRule>,
    id: QualificationRuleId,
    content: RuleContent,
) -> Result<Rule, Fault> {
    let row = rule::ActiveModel {
        id: Set(id),
        organization_id: Set(permit.resource()),
        name_key: Set(sort_key(&content.name)),
        name: Set(content.name),
        own_kinds: Set(content.own_kinds),
        partner_kinds: Set(content.partner_kinds),
        partners: Set(content.partners),
        min_confidence: Set(content.min_confidence),
        countries: Set(content.countries),
        enabled: Set(content.enabled),
        is_full: Set(false),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    Ok(row.insert(tx).await?)
}

/// Changes a rule and raises its revision. With `again` it is applied to everything anew.
///
/// # Errors
/// Database faults, also where the name is taken.
pub async fn update_rule_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ManageRule>,
    before: &Rule,
    content: RuleContent,
    again: bool,
) -> Result<Rule, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another rule");
    if again {
        begin_again_in(tx, permit).await?;
    }
    let mut row = before.clone().into_active_model();
    row.name_key = Set(sort_key(&content.name));
    row.name = Set(content.name);
    row.own_kinds = Set(content.own_kinds);
    row.partner_kinds = Set(content.partner_kinds);
    row.partners = Set(content.partners);
    row.min_confidence = Set(content.min_confidence);
    row.countries = Set(content.countries);
    row.enabled = Set(content.enabled);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Notes whether a rule rests since it is full. That is no change of what it says.
///
/// # Errors
/// Database faults.
pub async fn put_full_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ApplyRules>,
    id: QualificationRuleId,
    is_full: bool,
) -> Result<(), Fault> {
    rule::Entity::update_many()
        .col_expr(rule::Column::IsFull, Expr::value(is_full))
        .filter(rule::Column::OrganizationId.eq(permit.resource()))
        .filter(rule::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes a rule, and how far it was applied. What it qualified stays.
///
/// # Errors
/// Database faults.
pub async fn delete_rule_in(tx: &DatabaseTransaction, permit: &Permit<ManageRule>) -> Result<(), Fault> {
    rule::Entity::delete_by_id(permit.resource()).exec(tx).await?;
    Ok(())
}
