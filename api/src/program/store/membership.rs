//! The SQL of memberships.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use super::program::public_ids;
use crate::{
    op::{Action, Actor, Fault, Op, Permit},
    organization,
    program::{
        model::{Membership, MembershipStatus, OrganizationStatus, Role},
        policy::ImportMemberships,
    },
};
use chrono::NaiveDate;
use entity::{
    id::{MembershipId, OrganizationId, ProgramId},
    membership, organization as organizations, program,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{OnConflict, SelectStatement},
};

/// A statement has a bounded number of parameters, and a membership has nineteen columns.
const CHUNK: usize = 1_000;

/// The memberships that the actor may see, as a condition on the memberships table: those in force of public programs and
/// public organizations, the actor's own, those of the programs that the actor's organization runs, and all for the
/// operator.
#[must_use]
pub fn memberships_visible(op: &Op) -> Condition {
    if op.actor.operates(Role::Viewer) {
        return Condition::all();
    }
    let listed = organizations::Entity::find()
        .select_only()
        .column(organizations::Column::Id)
        .filter(organization::scope::visible_condition(&Actor::Visitor))
        .into_query();
    let public = Condition::all()
        .add(has_status(MembershipStatus::Active, op.today()))
        .add(membership::Column::ProgramId.in_subquery(public_ids()))
        .add(membership::Column::OrganizationId.in_subquery(listed));
    let Some(own) = op.actor.organization() else { return public };
    Condition::any()
        .add(public)
        .add(membership::Column::OrganizationId.eq(own))
        .add(membership::Column::ProgramId.in_subquery(hosted_by(own)))
}

/// The programs that an organization runs.
pub(super) fn hosted_by(host: OrganizationId) -> SelectStatement {
    program::Entity::find()
        .select_only()
        .column(program::Column::Id)
        .filter(program::Column::OrganizationId.eq(host))
        .into_query()
}

/// The same as `standing::status_on`, in SQL.
pub(super) fn has_status(status: MembershipStatus, today: NaiveDate) -> Condition {
    let is = membership::Column::Status.eq(status);
    let expired = membership::Column::ExpiresOn.lte(today);
    match status {
        MembershipStatus::Active | MembershipStatus::Suspended => {
            let holds = Condition::any()
                .add(membership::Column::ExpiresOn.is_null())
                .add(membership::Column::ExpiresOn.gt(today));
            Condition::all().add(is).add(holds)
        }
        MembershipStatus::Terminated => {
            let in_force = [MembershipStatus::Active, MembershipStatus::Suspended];
            Condition::any().add(is).add(Condition::all().add(membership::Column::Status.is_in(in_force)).add(expired))
        }
        MembershipStatus::Applied | MembershipStatus::Invited | MembershipStatus::Rejected => Condition::all().add(is),
    }
}

pub(super) fn visible(op: &Op) -> Select<membership::Entity> {
    membership::Entity::find().filter(memberships_visible(op))
}

/// The visible memberships with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_memberships_by_ids(op: &Op, ids: &[MembershipId]) -> Result<Vec<Membership>, Fault> {
    Ok(visible(op).filter(membership::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible membership with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_membership_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: MembershipId,
) -> Result<Option<Membership>, Fault> {
    Ok(visible(op).filter(membership::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// All memberships of `organization` in `program`, whatever their external ids, locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn list_of_in(
    tx: &DatabaseTransaction,
    program: ProgramId,
    organization: OrganizationId,
) -> Result<Vec<Membership>, Fault> {
    Ok(membership::Entity::find()
        .filter(membership::Column::OrganizationId.eq(organization))
        .filter(membership::Column::ProgramId.eq(program))
        .order_by_asc(membership::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?)
}

/// Whether an organization takes part at present.
///
/// # Errors
/// Database faults.
pub async fn organization_is_active_in(tx: &DatabaseTransaction, id: OrganizationId) -> Result<bool, Fault> {
    let found = organizations::Entity::find_by_id(id).one(tx).await?;
    Ok(found.is_some_and(|organization| organization.status == OrganizationStatus::Active))
}

/// The organizations with these ids that the actor sees, or that are in touch with a program of the actor's: a host must
/// know who applies, although an applicant may have no public page.
///
/// # Errors
/// Database faults.
pub async fn list_counterparts(
    op: &Op,
    ids: &[OrganizationId],
) -> Result<Vec<organization::model::Organization>, Fault> {
    let mut seen = Condition::any().add(organization::scope::visible_condition(&op.actor));
    if let Some(own) = op.actor.organization() {
        let members = membership::Entity::find()
            .select_only()
            .column(membership::Column::OrganizationId)
            .filter(membership::Column::ProgramId.in_subquery(hosted_by(own)))
            .into_query();
        seen = seen.add(organizations::Column::Id.in_subquery(members));
    }
    let query = organizations::Entity::find().filter(organizations::Column::Id.is_in(ids.iter().copied())).filter(seen);
    Ok(query.all(op.db().read()).await?)
}

/// Writes a new membership. The permit is one on the program: to apply, to invite or to import.
///
/// # Errors
/// The driver's error, so that the service can tell one that is there already.
pub async fn insert_membership_in<A: Action<Resource = ProgramId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
    membership: Membership,
) -> Result<Membership, DbErr> {
    debug_assert_eq!(permit.resource(), membership.program_id, "the permit is for another program");
    membership.into_active_model().reset_all().insert(tx).await
}

/// Writes a changed membership and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn save_membership_in<A: Action<Resource = MembershipId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    changed: Membership,
) -> Result<Membership, Fault> {
    debug_assert_eq!(permit.resource(), changed.id, "the permit is for another membership");
    let mut row = changed.into_active_model().reset_all();
    row.updated_at = Set(op.now());
    row.revision = Set(row.revision.unwrap() + 1);
    Ok(row.update(tx).await?)
}

/// The memberships of a program with these external ids, locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn list_for_import_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ImportMemberships>,
    organizations: &[OrganizationId],
) -> Result<Vec<Membership>, Fault> {
    let mut found = Vec::new();
    for chunk in organizations.chunks(CHUNK) {
        let query = membership::Entity::find()
            .filter(membership::Column::ProgramId.eq(permit.resource()))
            .filter(membership::Column::OrganizationId.is_in(chunk.iter().copied()))
            .order_by_asc(membership::Column::Id);
        found.extend(query.lock_exclusive().all(tx).await?);
    }
    Ok(found)
}

/// Writes many new memberships in few statements.
///
/// # Errors
/// The driver's error, so that the service can tell an external id that is another organization's.
pub async fn insert_memberships_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ImportMemberships>,
    memberships: &[Membership],
) -> Result<(), DbErr> {
    debug_assert!(memberships.iter().all(|row| row.program_id == permit.resource()), "of another program");
    for chunk in memberships.chunks(CHUNK) {
        let rows = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        membership::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Writes many changed memberships in few statements; the caller raised the revisions.
///
/// # Errors
/// Database faults.
pub async fn save_memberships_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ImportMemberships>,
    memberships: &[Membership],
) -> Result<(), Fault> {
    debug_assert!(memberships.iter().all(|row| row.program_id == permit.resource()), "of another program");
    use membership::Column as C;
    for chunk in memberships.chunks(CHUNK) {
        let rows = chunk.iter().cloned().map(|row| row.into_active_model().reset_all());
        let written = [
            C::Status,
            C::Types,
            C::TierId,
            C::NextTierId,
            C::NextTierOn,
            C::ExpiresOn,
            C::JoinedAt,
            C::RequestedAt,
            C::DecidedAt,
            C::Message,
            C::RejectionReason,
            C::Comment,
            C::UpdatedAt,
            C::Revision,
        ];
        membership::Entity::insert_many(rows)
            .on_conflict(OnConflict::column(C::Id).update_columns(written).to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
