//! The SQL of tiers, what they give and what they require.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use super::programs_visible;
use crate::{
    op::{Fault, Op, Permit},
    program::{
        model::{Benefit, BenefitDraft, Requirement, RequirementDraft, RequirementSet, Tier, TierDraft, name_key},
        policy::RunProgram,
    },
};
use chrono::NaiveDate;
use entity::{
    id::{ProgramId, TierId},
    membership, membership_fact, membership_period, program, requirement, requirement_set, tier, tier_benefit,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

/// The tiers of visible programs.
fn visible(op: &Op) -> Select<tier::Entity> {
    let programs = program::Entity::find()
        .select_only()
        .column(program::Column::Id)
        .filter(programs_visible(&op.actor))
        .into_query();
    tier::Entity::find().filter(tier::Column::ProgramId.in_subquery(programs))
}

fn by_rank(query: Select<tier::Entity>) -> Select<tier::Entity> {
    query.order_by_desc(tier::Column::Rank).order_by_asc(tier::Column::NameKey).order_by_asc(tier::Column::Id)
}

/// The tiers of these programs by rank, the highest first; of one rank by name.
///
/// # Errors
/// Database faults.
pub async fn list_tiers(op: &Op, programs: &[ProgramId]) -> Result<Vec<Tier>, Fault> {
    let query = visible(op).filter(tier::Column::ProgramId.is_in(programs.iter().copied()));
    Ok(by_rank(query).all(op.db().read()).await?)
}

/// The visible tiers with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_tiers_by_ids(op: &Op, ids: &[TierId]) -> Result<Vec<Tier>, Fault> {
    Ok(visible(op).filter(tier::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The tiers of a program that the transaction holds, the highest first.
///
/// # Errors
/// Database faults.
pub async fn list_tiers_in(tx: &DatabaseTransaction, program: ProgramId) -> Result<Vec<Tier>, Fault> {
    Ok(by_rank(tier::Entity::find().filter(tier::Column::ProgramId.eq(program))).all(tx).await?)
}

/// The visible tier with this id.
///
/// # Errors
/// Database faults.
pub async fn find_tier_in(tx: &DatabaseTransaction, op: &Op, id: TierId) -> Result<Option<Tier>, Fault> {
    Ok(visible(op).filter(tier::Column::Id.eq(id)).one(tx).await?)
}

/// How many tiers a program has.
///
/// # Errors
/// Database faults.
pub async fn count_tiers_in(tx: &DatabaseTransaction, program: ProgramId) -> Result<u64, Fault> {
    Ok(tier::Entity::find().filter(tier::Column::ProgramId.eq(program)).count(tx).await?)
}

/// Writes a new tier.
///
/// # Errors
/// The driver's error, so that the service can tell a taken name.
pub async fn insert_tier_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RunProgram>,
    id: TierId,
    draft: TierDraft,
) -> Result<Tier, DbErr> {
    tier::ActiveModel {
        id: Set(id),
        program_id: Set(permit.resource()),
        name_key: Set(name_key(&draft.name)),
        name: Set(draft.name),
        rank: Set(draft.rank),
        description: Set(draft.description),
        badge_url: Set(draft.badge_url),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    }
    .insert(tx)
    .await
}

/// Writes a changed tier and raises its revision.
///
/// # Errors
/// The driver's error, so that the service can tell a taken name.
pub async fn save_tier_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RunProgram>,
    changed: Tier,
) -> Result<Tier, DbErr> {
    debug_assert_eq!(permit.resource(), changed.program_id, "the permit is for another program");
    let mut row = changed.into_active_model().reset_all();
    row.name_key = Set(name_key(row.name.as_ref()));
    row.updated_at = Set(op.now());
    row.revision = Set(row.revision.unwrap() + 1);
    row.update(tx).await
}

/// Whether any membership holds, held or will hold the tier: its name is then part of a history.
///
/// # Errors
/// Database faults.
pub async fn tier_is_used_in(tx: &DatabaseTransaction, id: TierId) -> Result<bool, Fault> {
    let held = Condition::any().add(membership::Column::TierId.eq(id)).add(membership::Column::NextTierId.eq(id));
    let told =
        Condition::any().add(membership_fact::Column::TierId.eq(id)).add(membership_fact::Column::FromTierId.eq(id));
    Ok(membership::Entity::find().filter(held).one(tx).await?.is_some()
        || membership_period::Entity::find().filter(membership_period::Column::TierId.eq(id)).one(tx).await?.is_some()
        || membership_fact::Entity::find().filter(told).one(tx).await?.is_some())
}

/// Removes a tier with what it gives and requires.
///
/// # Errors
/// Database faults.
pub async fn delete_tier_in(tx: &DatabaseTransaction, permit: &Permit<RunProgram>, id: TierId) -> Result<(), Fault> {
    tier::Entity::delete_many()
        .filter(tier::Column::Id.eq(id))
        .filter(tier::Column::ProgramId.eq(permit.resource()))
        .exec(tx)
        .await?;
    Ok(())
}

/// What these tiers give, in order.
///
/// # Errors
/// Database faults.
pub async fn list_benefits(op: &Op, tiers: &[TierId]) -> Result<Vec<Benefit>, Fault> {
    let seen = visible(op).select_only().column(tier::Column::Id).into_query();
    Ok(tier_benefit::Entity::find()
        .filter(tier_benefit::Column::TierId.is_in(tiers.iter().copied()))
        .filter(tier_benefit::Column::TierId.in_subquery(seen))
        .order_by_asc(tier_benefit::Column::Position)
        .all(op.db().read())
        .await?)
}

/// What a tier that the transaction holds gives, in order.
///
/// # Errors
/// Database faults.
pub async fn list_benefits_in(tx: &DatabaseTransaction, tier: TierId) -> Result<Vec<Benefit>, Fault> {
    Ok(tier_benefit::Entity::find()
        .filter(tier_benefit::Column::TierId.eq(tier))
        .order_by_asc(tier_benefit::Column::Position)
        .all(tx)
        .await?)
}

/// Writes anew what a tier gives.
///
/// # Errors
/// Database faults.
pub async fn replace_benefits_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RunProgram>,
    tier: &Tier,
    drafts: Vec<BenefitDraft>,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), tier.program_id, "the permit is for another program");
    tier_benefit::Entity::delete_many().filter(tier_benefit::Column::TierId.eq(tier.id)).exec(tx).await?;
    let rows: Vec<_> = (0..)
        .zip(drafts)
        .map(|(position, draft)| {
            let (amount_minor, currency) = draft.amount.unzip();
            tier_benefit::ActiveModel {
                id: Set(op.new_id()),
                tier_id: Set(tier.id),
                position: Set(position),
                kind: Set(draft.kind),
                name: Set(draft.name),
                description: Set(draft.description),
                basis_points: Set(draft.basis_points),
                amount_minor: Set(amount_minor),
                currency: Set(currency),
            }
        })
        .collect();
    if !rows.is_empty() {
        tier_benefit::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The versions of what these tiers require, the newest first.
///
/// # Errors
/// Database faults.
pub async fn list_requirement_sets(op: &Op, tiers: &[TierId]) -> Result<Vec<RequirementSet>, Fault> {
    let seen = visible(op).select_only().column(tier::Column::Id).into_query();
    Ok(requirement_set::Entity::find()
        .filter(requirement_set::Column::TierId.is_in(tiers.iter().copied()))
        .filter(requirement_set::Column::TierId.in_subquery(seen))
        .order_by_desc(requirement_set::Column::Version)
        .all(op.db().read())
        .await?)
}

/// The requirements of all versions of these tiers, in order.
///
/// # Errors
/// Database faults.
pub async fn list_requirements(op: &Op, tiers: &[TierId]) -> Result<Vec<Requirement>, Fault> {
    let seen = visible(op).select_only().column(tier::Column::Id).into_query();
    Ok(requirement::Entity::find()
        .filter(requirement::Column::TierId.is_in(tiers.iter().copied()))
        .filter(requirement::Column::TierId.in_subquery(seen))
        .order_by_asc(requirement::Column::Version)
        .order_by_asc(requirement::Column::Position)
        .all(op.db().read())
        .await?)
}

/// The newest version of what a tier requires; 0 where there is none.
///
/// # Errors
/// Database faults.
pub async fn newest_version_in(tx: &DatabaseTransaction, tier: TierId) -> Result<i32, Fault> {
    let newest = requirement_set::Entity::find()
        .filter(requirement_set::Column::TierId.eq(tier))
        .order_by_desc(requirement_set::Column::Version)
        .one(tx)
        .await?;
    Ok(newest.map_or(0, |set| set.version))
}

/// Writes a new version of what a tier requires.
///
/// # Errors
/// Database faults.
pub async fn insert_requirement_set_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RunProgram>,
    tier: &Tier,
    version: i32,
    effective_from: NaiveDate,
    drafts: Vec<RequirementDraft>,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), tier.program_id, "the permit is for another program");
    let set = requirement_set::ActiveModel {
        tier_id: Set(tier.id),
        version: Set(version),
        effective_from: Set(effective_from),
        created_at: Set(op.now()),
    };
    requirement_set::Entity::insert(set).exec_without_returning(tx).await?;
    let rows: Vec<_> = (0..)
        .zip(drafts)
        .map(|(position, draft)| requirement::ActiveModel {
            id: Set(op.new_id()),
            tier_id: Set(tier.id),
            version: Set(version),
            position: Set(position),
            metric: Set(draft.metric),
            name: Set(draft.name),
            operator: Set(draft.operator),
            threshold: Set(draft.threshold),
            upper_threshold: Set(draft.upper_threshold),
            currency: Set(draft.currency),
            window_months: Set(draft.window_months),
        })
        .collect();
    if !rows.is_empty() {
        requirement::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
