//! The SQL of who is moderated: a pure consequence of memberships and programs.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use crate::{op::Fault, program::model::MembershipStatus};
use chrono::NaiveDate;
use entity::{
    id::{MembershipId, OrganizationId, ProgramId},
    membership, organization, program,
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

/// The memberships, in force on this day, of programs that moderate profiles; without columns.
fn moderating(today: NaiveDate) -> Select<membership::Entity> {
    let programs = program::Entity::find()
        .select_only()
        .column(program::Column::Id)
        .filter(program::Column::ModeratesProfiles.eq(true))
        .into_query();
    membership::Entity::find()
        .select_only()
        .filter(membership::Column::ProgramId.in_subquery(programs))
        .filter(membership::Column::Status.is_in([MembershipStatus::Active, MembershipStatus::Suspended]))
        .filter(
            Condition::any().add(membership::Column::ExpiresOn.is_null()).add(membership::Column::ExpiresOn.gt(today)),
        )
}

/// Whether the organization is a member, on this day, of a program that moderates profiles.
///
/// # Errors
/// Database faults.
pub async fn is_moderated_in(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    today: NaiveDate,
) -> Result<bool, Fault> {
    let found = moderating(today)
        .column(membership::Column::Id)
        .filter(membership::Column::OrganizationId.eq(organization))
        .into_tuple::<MembershipId>()
        .one(tx)
        .await?;
    Ok(found.is_some())
}

/// Those of these organizations which are moderated and should not be, or the other way round, each with what it should
/// be. For changes of many memberships at once.
///
/// # Errors
/// Database faults.
pub async fn list_unsettled_in(
    tx: &DatabaseTransaction,
    of: &[OrganizationId],
    today: NaiveDate,
) -> Result<Vec<(OrganizationId, bool)>, Fault> {
    let own = Expr::col((membership::Entity, membership::Column::OrganizationId))
        .equals((organization::Entity, organization::Column::Id));
    let should = Expr::exists(moderating(today).column(membership::Column::Id).filter(own).into_query());
    let is = organization::Column::ProfileModerated;
    let wrong = Condition::any()
        .add(Condition::all().add(is.eq(true)).add(should.clone().not()))
        .add(Condition::all().add(is.eq(false)).add(should));
    let found: Vec<(OrganizationId, bool)> = organization::Entity::find()
        .select_only()
        .column(organization::Column::Id)
        .column(is)
        .filter(organization::Column::Id.is_in(of.iter().copied()))
        .filter(wrong)
        .order_by_asc(organization::Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().map(|(id, moderated)| (id, !moderated)).collect())
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
