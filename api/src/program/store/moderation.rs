//! The SQL of who is moderated: a pure consequence of memberships and programs.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use crate::{op::Fault, program::model::MembershipStatus};
use chrono::NaiveDate;
use entity::{
    id::{OrganizationId, ProgramId},
    membership, program,
};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Whether the organization is a member, on this day, of a program that moderates profiles.
///
/// # Errors
/// Database faults.
pub async fn is_moderated_in(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    today: NaiveDate,
) -> Result<bool, Fault> {
    let moderating = program::Entity::find()
        .select_only()
        .column(program::Column::Id)
        .filter(program::Column::ModeratesProfiles.eq(true))
        .into_tuple::<ProgramId>()
        .all(tx)
        .await?;
    let found = membership::Entity::find()
        .filter(membership::Column::OrganizationId.eq(organization))
        .filter(membership::Column::ProgramId.is_in(moderating))
        .filter(membership::Column::Status.is_in([MembershipStatus::Active, MembershipStatus::Suspended]))
        .filter(
            Condition::any().add(membership::Column::ExpiresOn.is_null()).add(membership::Column::ExpiresOn.gt(today)),
        )
        .one(tx)
        .await?;
    Ok(found.is_some())
}

/// The organizations that are or were members of the program, in the order of their ids, so that two transactions that
/// go through them cannot wait for each other in a circle.
///
/// # Errors
/// Database faults.
pub async fn list_member_organizations_in(
    tx: &DatabaseTransaction,
    program: ProgramId,
) -> Result<Vec<OrganizationId>, Fault> {
    Ok(membership::Entity::find()
        .select_only()
        .column(membership::Column::OrganizationId)
        .distinct()
        .filter(membership::Column::ProgramId.eq(program))
        .order_by_asc(membership::Column::OrganizationId)
        .into_tuple()
        .all(tx)
        .await?)
}
