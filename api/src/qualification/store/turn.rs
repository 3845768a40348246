//! The SQL of turns: whose rules are to be looked after, who does, and how far each rule was applied.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of turns")]

use crate::{
    op::{Fault, Op, Permit},
    qualification::{
        model::{Progress, rest_after},
        policy::{ApplyRules, ManageRule},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    id::{MappingPairId, OrganizationId, QualificationRuleId},
    mapping_pair as pair, mapping_result as result, organization, qualification_progress as progress,
    qualification_rule as rule, qualification_turn as turn,
    value::OrganizationStatus,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// How long one replica holds an organization's rules without saying so again: much longer than a batch takes.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// At most `limit` organizations whose rules nobody looks after now and for which a run or a dispute showed something that
/// a rule with room was not looked at with, or whose time has come, those that wait longest first.
///
/// # Errors
/// Database faults.
pub async fn list_due(op: &Op, limit: u64) -> Result<Vec<OrganizationId>, Fault> {
    let now = op.now();
    let active = organization::Entity::find()
        .select_only()
        .column(organization::Column::Id)
        .filter(organization::Column::Status.eq(OrganizationStatus::Active))
        .into_query();
    let due = Condition::any().add(turn::Column::LookAt.lte(now)).add(Expr::exists(behind()));
    Ok(turn::Entity::find()
        .select_only()
        .column(turn::Column::OrganizationId)
        .filter(free(now))
        .filter(turn::Column::OrganizationId.in_subquery(active))
        .filter(due)
        .order_by_asc(turn::Column::LookAt)
        .order_by_asc(turn::Column::OrganizationId)
        .limit(limit)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

fn free(now: DateTime<Utc>) -> Condition {
    Condition::any().add(turn::Column::LeaseUntil.is_null()).add(turn::Column::LeaseUntil.lte(now))
}

/// That a rule of the organization that is on and has room was not looked at with what readers of one of its pairs see. The
/// twin of `model::has_looked`.
fn behind() -> SelectStatement {
    let rule_of = |column| Expr::col((rule::Entity, column));
    let pair_of = |column| Expr::col((pair::Entity, column));
    let result_of = |column| Expr::col((result::Entity, column));
    let progress_of = |column| Expr::col((progress::Entity, column));
    let own = (rule::Entity, rule::Column::OrganizationId);
    let has_list = pair_of(pair::Column::LeftId).equals(own).or(pair_of(pair::Column::RightId).equals(own));
    let of_both = progress_of(progress::Column::RuleId)
        .equals((rule::Entity, rule::Column::Id))
        .and(progress_of(progress::Column::PairId).equals((pair::Entity, pair::Column::Id)));
    let other = Condition::any()
        .add(progress_of(progress::Column::RuleId).is_null())
        .add(progress_of(progress::Column::LookedRun).ne(result_of(result::Column::Run)))
        .add(progress_of(progress::Column::LookedRevision).ne(result_of(result::Column::Revision)))
        .add(progress_of(progress::Column::TargetRun).is_not_null());
    Query::select()
        .expr(Expr::val(1))
        .from(rule::Entity)
        .inner_join(pair::Entity, has_list)
        .inner_join(result::Entity, result_of(result::Column::PairId).equals((pair::Entity, pair::Column::Id)))
        .left_join(progress::Entity, of_both)
        .and_where(rule_of(rule::Column::OrganizationId).equals((turn::Entity, turn::Column::OrganizationId)))
        .and_where(rule_of(rule::Column::Enabled).eq(true))
        .and_where(rule_of(rule::Column::IsFull).eq(false))
        .and_where(result_of(result::Column::Run).gt(0))
        .cond_where(other)
        .to_owned()
}

/// Has the rules of an organization looked after at the next look.
///
/// # Errors
/// Database faults.
pub async fn wake_in(tx: &DatabaseTransaction, op: &Op, own: OrganizationId) -> Result<(), Fault> {
    let row = turn::ActiveModel {
        organization_id: Set(own),
        look_at: Set(op.now()),
        lease_holder: Set(None),
        lease_until: Set(None),
        failures: Set(0),
    };
    let there = OnConflict::column(turn::Column::OrganizationId).update_column(turn::Column::LookAt).to_owned();
    turn::Entity::insert(row).on_conflict(there).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes the turn at an organization's rules, where nobody has it.
///
/// # Errors
/// Database faults.
pub async fn claim_turn(op: &Op, permit: &Permit<ApplyRules>, holder: Uuid) -> Result<bool, Fault> {
    let now = op.now();
    let taken = turn::Entity::update_many()
        .col_expr(turn::Column::LeaseHolder, Expr::value(holder))
        .col_expr(turn::Column::LeaseUntil, Expr::value(now + LEASE))
        .filter(turn::Column::OrganizationId.eq(permit.resource()))
        .filter(free(now))
        .exec(op.db().read())
        .await?;
    Ok(taken.rows_affected > 0)
}

fn held_by(permit: &Permit<ApplyRules>, holder: Uuid) -> Condition {
    Condition::all().add(turn::Column::OrganizationId.eq(permit.resource())).add(turn::Column::LeaseHolder.eq(holder))
}

/// Makes the turn last from now on, where it is still held, and keeps others from taking it until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn has_turn_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ApplyRules>,
    holder: Uuid,
) -> Result<bool, Fault> {
    let held = turn::Entity::update_many()
        .col_expr(turn::Column::LeaseUntil, Expr::value(op.now() + LEASE))
        .filter(held_by(permit, holder))
        .exec(tx)
        .await?;
    Ok(held.rows_affected > 0)
}

/// Ends a turn that is still held; the next one comes at `look_at` at the latest.
///
/// # Errors
/// Database faults.
pub async fn end_turn(
    op: &Op,
    permit: &Permit<ApplyRules>,
    holder: Uuid,
    begun_at: DateTime<Utc>,
    look_at: DateTime<Utc>,
) -> Result<(), Fault> {
    // Who changed a rule meanwhile wants it looked after at once.
    let unless_woken = Condition::all().add(held_by(permit, holder)).add(turn::Column::LookAt.lte(begun_at));
    turn::Entity::update_many()
        .col_expr(turn::Column::LookAt, Expr::value(look_at))
        .filter(unless_woken)
        .exec(op.db().read())
        .await?;
    turn::Entity::update_many()
        .col_expr(turn::Column::LeaseHolder, Expr::value(None::<Uuid>))
        .col_expr(turn::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(turn::Column::Failures, Expr::value(0))
        .filter(held_by(permit, holder))
        .exec(op.db().read())
        .await?;
    Ok(())
}

/// Ends a turn that failed: nobody takes the next one before a rest is over, which grows with each failure.
///
/// # Errors
/// Database faults.
pub async fn fail_turn(op: &Op, permit: &Permit<ApplyRules>, holder: Uuid) -> Result<(), Fault> {
    let Some(before) = turn::Entity::find().filter(held_by(permit, holder)).one(op.db().read()).await? else {
        return Ok(());
    };
    let failures = before.failures.saturating_add(1);
    turn::Entity::update_many()
        .col_expr(turn::Column::LeaseHolder, Expr::value(None::<Uuid>))
        .col_expr(turn::Column::LeaseUntil, Expr::value(Some(op.now() + rest_after(failures))))
        .col_expr(turn::Column::Failures, Expr::value(failures))
        .filter(held_by(permit, holder))
        .exec(op.db().read())
        .await?;
    Ok(())
}

/// The rules of an organization, for what is kept of them.
fn rules_of(permit: &Permit<ApplyRules>) -> SelectStatement {
    rule::Entity::find()
        .select_only()
        .column(rule::Column::Id)
        .filter(rule::Column::OrganizationId.eq(permit.resource()))
        .into_query()
}

/// How far the rules of an organization were applied, by rule and pair.
///
/// # Errors
/// Database faults.
pub async fn list_progress(
    op: &Op,
    permit: &Permit<ApplyRules>,
) -> Result<HashMap<(QualificationRuleId, MappingPairId), Progress>, Fault> {
    let rows = progress::Entity::find().filter(progress::Column::RuleId.in_subquery(rules_of(permit)));
    let rows = rows.all(op.db().read()).await?;
    Ok(rows.into_iter().map(|row| ((row.rule_id, row.pair_id), row)).collect())
}

/// How far a rule was applied to a pair; none where it was not.
///
/// # Errors
/// Database faults.
pub async fn find_progress_in(
    tx: &DatabaseTransaction,
    rule: QualificationRuleId,
    pair: MappingPairId,
) -> Result<Option<Progress>, Fault> {
    Ok(progress::Entity::find_by_id((rule, pair)).one(tx).await?)
}

/// How far a rule was applied to the pairs where it found what nobody was told of yet, their rows locked until the
/// transaction ends: whoever else would tell of it waits.
///
/// # Errors
/// Database faults.
pub async fn list_untold_in(tx: &DatabaseTransaction, permit: &Permit<ManageRule>) -> Result<Vec<Progress>, Fault> {
    Ok(progress::Entity::find()
        .filter(progress::Column::RuleId.eq(permit.resource()))
        .filter(progress::Column::Created.gt(0))
        .order_by_asc(progress::Column::PairId)
        .lock_exclusive()
        .all(tx)
        .await?)
}

/// Notes how far rules were applied.
///
/// # Errors
/// Database faults.
pub async fn put_progress_in(
    tx: &DatabaseTransaction,
    _: &Permit<ApplyRules>,
    rows: Vec<Progress>,
) -> Result<(), Fault> {
    use progress::Column;
    if rows.is_empty() {
        return Ok(());
    }
    let there = OnConflict::columns([Column::RuleId, Column::PairId])
        .update_columns([
            Column::Run,
            Column::Revision,
            Column::LookedRun,
            Column::LookedRevision,
            Column::TargetRun,
            Column::TargetRevision,
            Column::FromRun,
            Column::AfterAccount,
            Column::AfterOverlap,
            Column::Created,
            Column::FirstLeadId,
        ])
        .to_owned();
    for some in rows.chunks(1_000) {
        let written = some.iter().cloned().map(IntoActiveModel::into_active_model);
        progress::Entity::insert_many(written).on_conflict(there.clone()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Has a rule begin with all of every pair again. What it found stays, and with it what nobody was told of yet.
///
/// # Errors
/// Database faults.
pub(super) async fn begin_again_in(tx: &DatabaseTransaction, permit: &Permit<ManageRule>) -> Result<(), Fault> {
    use progress::Column;
    let mut again = progress::Entity::update_many().filter(Column::RuleId.eq(permit.resource()));
    for column in [Column::Run, Column::Revision, Column::LookedRun, Column::LookedRevision, Column::FromRun] {
        again = again.col_expr(column, Expr::value(0_i64));
    }
    for column in [Column::TargetRun, Column::TargetRevision] {
        again = again.col_expr(column, Expr::value(None::<i64>));
    }
    for column in [Column::AfterAccount, Column::AfterOverlap] {
        again = again.col_expr(column, Expr::value(None::<Uuid>));
    }
    again.exec(tx).await?;
    Ok(())
}

/// Forgets how far rules of an organization were applied to pairs that are no longer open, once everything is told that they
/// found there.
///
/// # Errors
/// Database faults.
pub async fn forget_closed(op: &Op, permit: &Permit<ApplyRules>) -> Result<(), Fault> {
    let open = pair::Entity::find().select_only().column(pair::Column::Id).into_query();
    progress::Entity::delete_many()
        .filter(progress::Column::RuleId.in_subquery(rules_of(permit)))
        .filter(progress::Column::PairId.not_in_subquery(open))
        .filter(progress::Column::Created.eq(0))
        .exec(op.db().read())
        .await?;
    Ok(())
}
