//! The SQL of what other rooms hold and a use case of this one locks or looks up.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that looks up neighbors")]

use crate::{
    cosell::model::Opportunity,
    op::Fault,
    organization::model::OrganizationStatus,
    program::model::{MembershipStatus, Program, ProgramStatus},
};
use chrono::NaiveDate;
use entity::{
    id::{OpportunityId, OrganizationId, ProgramId},
    membership, opportunity, organization, program,
};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

/// Whether an organization takes part in anything at present.
///
/// # Errors
/// Database faults.
pub async fn is_active_in(tx: &DatabaseTransaction, id: OrganizationId) -> Result<bool, Fault> {
    let found =
        organization::Entity::find_by_id(id).filter(organization::Column::Status.eq(OrganizationStatus::Active));
    Ok(found.count(tx).await? > 0)
}

/// The published program with this slug, whose host takes part.
///
/// # Errors
/// Database faults.
pub async fn find_program_in(tx: &DatabaseTransaction, slug: &str) -> Result<Option<Program>, Fault> {
    let found = program::Entity::find()
        .filter(program::Column::Slug.eq(slug))
        .filter(program::Column::Status.eq(ProgramStatus::Published))
        .one(tx)
        .await?;
    match found {
        Some(program) if is_active_in(tx, program.organization_id).await? => Ok(Some(program)),
        _ => Ok(None),
    }
}

/// Whether a program is published and its host takes part.
///
/// # Errors
/// Database faults.
pub async fn is_program_open_in(tx: &DatabaseTransaction, id: ProgramId) -> Result<bool, Fault> {
    let found = program::Entity::find_by_id(id).filter(program::Column::Status.eq(ProgramStatus::Published));
    match found.one(tx).await? {
        Some(program) => is_active_in(tx, program.organization_id).await,
        None => Ok(false),
    }
}

/// Whether an organization is a member of a program on the day `today`.
///
/// # Errors
/// Database faults.
pub async fn is_member_of_program_in(
    tx: &DatabaseTransaction,
    program: ProgramId,
    organization: OrganizationId,
    today: NaiveDate,
) -> Result<bool, Fault> {
    let in_force =
        Condition::any().add(membership::Column::ExpiresOn.is_null()).add(membership::Column::ExpiresOn.gt(today));
    Ok(membership::Entity::find()
        .filter(membership::Column::ProgramId.eq(program))
        .filter(membership::Column::OrganizationId.eq(organization))
        .filter(membership::Column::Status.eq(MembershipStatus::Active))
        .filter(in_force)
        .count(tx)
        .await?
        > 0)
}

/// An opportunity that somebody is invited into and so may not see yet, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn lock_opportunity_in(tx: &DatabaseTransaction, id: OpportunityId) -> Result<Option<Opportunity>, Fault> {
    Ok(opportunity::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}
