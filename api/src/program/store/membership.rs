//! The SQL of memberships.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use super::{program::public_ids, programs_visible};
use crate::{
    db,
    op::{Action, Actor, Fault, Op, Permit},
    organization,
    page::{Page, Slice},
    program::{
        model::{Membership, MembershipStatus, OrganizationStatus, Role},
        policy::ImportMemberships,
    },
};
use chrono::NaiveDate;
use entity::{
    id::{MembershipId, OrganizationId, ProgramId},
    membership, organization as organizations, program, tier,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, IntoIdentity,
    JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Asterisk, Expr, ExprTrait, IntoColumnRef, OnConflict, Order, Query, SelectStatement, WindowStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// The position in the list of an organization's memberships: the rank negated (1 where there is no tier, so that it
/// comes last), the program's sort name, the id.
pub type OrganizationPosition = (i32, String, Uuid);

/// A statement has a bounded number of parameters, and a membership has nineteen columns.
const CHUNK: usize = 1_000;

/// Which memberships of a program a list has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MembershipFilter {
    /// Any of these, as of today; empty for all.
    pub statuses: Vec<MembershipStatus>,
}

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
        .filter(organization::store::visible_condition(&Actor::Visitor))
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

fn hosted_by(host: OrganizationId) -> SelectStatement {
    program::Entity::find()
        .select_only()
        .column(program::Column::Id)
        .filter(program::Column::OrganizationId.eq(host))
        .into_query()
}

/// The same as `standing::status_on`, in SQL.
fn has_status(status: MembershipStatus, today: NaiveDate) -> Condition {
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

fn visible(op: &Op) -> Select<membership::Entity> {
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

/// The organization with this slug that the actor sees: the one to invite.
///
/// # Errors
/// Database faults.
pub async fn find_organization_in(
    tx: &DatabaseTransaction,
    op: &Op,
    slug: &str,
) -> Result<Option<organization::model::Organization>, Fault> {
    Ok(organizations::Entity::find()
        .filter(organization::store::visible_condition(&op.actor))
        .filter(organizations::Column::Slug.eq(slug))
        .one(tx)
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
    let mut seen = Condition::any().add(organization::store::visible_condition(&op.actor));
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

fn of_programs(op: &Op, filter: &MembershipFilter, programs: &[ProgramId]) -> Select<membership::Entity> {
    let mut query = visible(op).filter(membership::Column::ProgramId.is_in(programs.iter().copied()));
    if !filter.statuses.is_empty() {
        let today = op.today();
        let any = filter.statuses.iter().fold(Condition::any(), |any, status| any.add(has_status(*status, today)));
        query = query.filter(any);
    }
    query
}

/// The visible memberships of a program, in the order in which they were made.
///
/// # Errors
/// Database faults.
pub async fn list_by_program(
    op: &Op,
    program: ProgramId,
    filter: &MembershipFilter,
    page: &Page<Uuid>,
) -> Result<Slice<Membership, Uuid>, Fault> {
    let mut query = of_programs(op, filter, &[program]);
    if let Some(after) = page.after {
        query = query.filter(membership::Column::Id.gt(MembershipId::from(after)));
    }
    let rows = query.order_by_asc(membership::Column::Id).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id.into()))
}

/// The first memberships of each of these programs, `fetch` at most, in the order in which they were made.
///
/// # Errors
/// Database faults.
pub async fn first_by_program(
    op: &Op,
    programs: &[ProgramId],
    filter: &MembershipFilter,
    fetch: u64,
) -> Result<Vec<Membership>, Fault> {
    let query = of_programs(op, filter, programs);
    let id = Expr::col((membership::Entity, membership::Column::Id));
    let first = first_of_each(query, membership::Column::ProgramId, &[id], fetch);
    Ok(Membership::find_by_statement(op.db().backend().build(&first)).all(op.db().read()).await?)
}

/// How many visible memberships these programs have.
///
/// # Errors
/// Database faults.
pub async fn count_by_program(
    op: &Op,
    programs: &[ProgramId],
    filter: &MembershipFilter,
) -> Result<HashMap<ProgramId, u64>, Fault> {
    let counts: Vec<(ProgramId, i64)> = of_programs(op, filter, programs)
        .select_only()
        .column(membership::Column::ProgramId)
        .column_as(membership::Column::Id.count(), "members")
        .group_by(membership::Column::ProgramId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counts.into_iter().map(|(id, count)| (id, u64::try_from(count).unwrap_or_default())).collect())
}

/// A membership with what it sorts by among its organization's.
#[derive(Debug, FromQueryResult)]
struct Ranked {
    #[sea_orm(nested)]
    membership: membership::Model,
    negated_rank: i32,
    program_sort_name: String,
}

impl Ranked {
    fn position(&self) -> OrganizationPosition {
        (self.negated_rank, self.program_sort_name.clone(), self.membership.id.into())
    }
}

fn ranked_keys() -> [Expr; 3] {
    [
        // Negated, so that all keys run in one direction; the lowest rank is 1, so a missing tier comes last.
        Expr::cust(r#"COALESCE(-"tiers"."rank", 1)"#),
        Expr::col((program::Entity, program::Column::SortName)),
        Expr::col((membership::Entity, membership::Column::Id)),
    ]
}

/// The same as `standing::tier_on`, in SQL.
fn present_tier(today: NaiveDate) -> Expr {
    let column = |column: membership::Column| Expr::col((membership::Entity, column));
    let comes = Condition::all().add(membership::Column::NextTierOn.lte(today)).add(
        Condition::any()
            .add(membership::Column::ExpiresOn.is_null())
            .add(column(membership::Column::NextTierOn).lt(column(membership::Column::ExpiresOn))),
    );
    Expr::case(comes, column(membership::Column::NextTierId)).finally(column(membership::Column::TierId)).into()
}

fn ranked(op: &Op, organizations: &[OrganizationId]) -> Select<membership::Entity> {
    let [rank, name, _] = ranked_keys();
    let mut query = visible(op)
        .filter(membership::Column::OrganizationId.is_in(organizations.iter().copied()))
        .expr_as(rank, "negated_rank".into_identity())
        .expr_as(name, "program_sort_name".into_identity());
    let own_tier = Expr::col((tier::Entity, tier::Column::Id)).eq(present_tier(op.today()));
    let own_program =
        Expr::col((program::Entity, program::Column::Id)).equals((membership::Entity, membership::Column::ProgramId));
    QuerySelect::query(&mut query).join(JoinType::LeftJoin, tier::Entity, own_tier).join(
        JoinType::InnerJoin,
        program::Entity,
        own_program,
    );
    query.filter(programs_visible(&op.actor))
}

/// The visible memberships of an organization: by rank, the highest first and those without a tier last, then by the
/// program's name.
///
/// # Errors
/// Database faults.
pub async fn list_by_organization(
    op: &Op,
    organization: OrganizationId,
    page: &Page<OrganizationPosition>,
) -> Result<Slice<Membership, OrganizationPosition>, Fault> {
    let keys = ranked_keys();
    let mut query = ranked(op, &[organization]);
    if let Some((rank, name, id)) = &page.after {
        let position = vec![(*rank).into(), name.as_str().into(), MembershipId::from(*id).into()];
        query = query.filter(db::after(&keys, position, db::Direction::Ascending));
    }
    let query = db::order_by(query, &keys, db::Direction::Ascending).limit(page.fetch());
    let rows = query.into_model::<Ranked>().all(op.db().read()).await?;
    Ok(page.slice(rows, Ranked::position).map(|row| row.membership))
}

/// The first memberships of each of these organizations, `fetch` at most, in the order of [`list_by_organization`].
///
/// # Errors
/// Database faults.
pub async fn first_by_organization(
    op: &Op,
    organizations: &[OrganizationId],
    fetch: u64,
) -> Result<Vec<(OrganizationPosition, Membership)>, Fault> {
    let first = first_of_each(ranked(op, organizations), membership::Column::OrganizationId, &ranked_keys(), fetch);
    let rows = Ranked::find_by_statement(op.db().backend().build(&first)).all(op.db().read()).await?;
    Ok(rows.into_iter().map(|row| (row.position(), row.membership)).collect())
}

/// How many visible memberships these organizations have.
///
/// # Errors
/// Database faults.
pub async fn count_by_organization(
    op: &Op,
    organizations: &[OrganizationId],
) -> Result<HashMap<OrganizationId, u64>, Fault> {
    let seen = program::Entity::find()
        .select_only()
        .column(program::Column::Id)
        .filter(programs_visible(&op.actor))
        .into_query();
    let counts: Vec<(OrganizationId, i64)> = visible(op)
        .filter(membership::Column::OrganizationId.is_in(organizations.iter().copied()))
        .filter(membership::Column::ProgramId.in_subquery(seen))
        .select_only()
        .column(membership::Column::OrganizationId)
        .column_as(membership::Column::Id.count(), "members")
        .group_by(membership::Column::OrganizationId)
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(counts.into_iter().map(|(id, count)| (id, u64::try_from(count).unwrap_or_default())).collect())
}

/// The first `fetch` rows of `query` for each value of `of`, ordered by `keys` ascending.
fn first_of_each(
    query: Select<membership::Entity>,
    of: membership::Column,
    keys: &[Expr],
    fetch: u64,
) -> SelectStatement {
    let mut window = WindowStatement::partition_by((membership::Entity, of).into_column_ref());
    for key in keys {
        window.order_by_expr(key.clone(), Order::Asc);
    }
    let mut numbered = query.into_query();
    numbered.expr_window_as(Expr::cust("ROW_NUMBER()"), window, "place");
    Query::select()
        .column(Asterisk)
        .from_subquery(numbered, "numbered")
        .and_where(Expr::col("place").lte(i64::try_from(fetch).unwrap_or(i64::MAX)))
        .order_by("place", Order::Asc)
        .to_owned()
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
