//! The SQL of lists of memberships: of a program, of an organization, and of many of either at once.

#![expect(clippy::disallowed_methods, reason = "holds SQL of this room")]

use super::{
    membership::{has_status, visible},
    programs_visible,
};
use crate::{
    db,
    op::{Fault, Op},
    page::{Page, Slice},
    program::model::{Membership, MembershipStatus},
};
use chrono::NaiveDate;
use entity::{
    id::{MembershipId, OrganizationId, ProgramId},
    membership, program, tier,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, IntoIdentity, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Asterisk, Expr, ExprTrait, IntoColumnRef, Order, Query, SelectStatement, WindowStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// The position in the list of an organization's memberships: the rank negated (1 where there is no tier, so that it
/// comes last), the program's sort name, the id.
pub type OrganizationPosition = (i32, String, Uuid);

/// Which memberships of a program a list has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MembershipFilter {
    /// Any of these, as of today; empty for all.
    pub statuses: Vec<MembershipStatus>,
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
