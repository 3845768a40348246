//! The SQL of partnerships: scoped reads here, writes and the rest below.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of partnerships")]

mod agreed;
mod due;
mod facts;
mod invitation;
mod party;
mod write;

pub use agreed::{Agreed, list_agreed, list_partners};
pub use due::{
    Overdue, conclude_in, list_due_ends, list_due_invitations, list_overdue, next_end, next_invitation_expiry,
};
pub use facts::{list_exchanges, list_roles, list_terms, read_facts_in, replace_facts_in};
pub use invitation::{
    Answer, InvitationDirection, InvitationPosition, NewInvitation, close_invitation_in, count_invitations,
    count_open_in, find_invitation_in, find_open_in, insert_invitation_in, list_invitations, list_invitations_by_ids,
    list_waiting,
};
pub use party::{Contact, list_contacts, list_parties, list_slugs_in, lock_organization_in};
pub use write::{
    Draft, EndWrite, SideWrite, end_in, free_guard_in, guard_is_taken_in, insert_agreed_in, insert_recorded_in,
    join_in, leave_in, update_in, update_side_in,
};

use super::model::{Partnership, PartnershipOrigin, PartnershipStatus};
use crate::{
    db::{self, Direction},
    op::{Actor, Fault, Op},
    page::{Page, Slice},
};
use chrono::NaiveDate;
use entity::{
    id::{OrganizationId, PartnershipId},
    organization, partnership, partnership_party as party_row,
    value::{OrganizationStatus, PartnerTypes, Role},
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, WindowStatement},
};

/// The partnerships that the actor may see: those of its organization, those that every party lists, and all for the
/// operator.
fn visible(op: &Op) -> Select<partnership::Entity> {
    partnership::Entity::find().filter(visible_condition(&op.actor))
}

fn visible_condition(actor: &Actor) -> Condition {
    if actor.operates(Role::Viewer) {
        return Condition::all();
    }
    let public = Condition::all().add(partnership::Column::Id.not_in_subquery(with_a_party_that_hides()));
    match actor.organization() {
        None => public,
        Some(own) => Condition::any().add(public).add(partnership::Column::Id.in_subquery(partnerships_of(own))),
    }
}

/// The partnerships that a present party does not list, or that has one without a public page.
fn with_a_party_that_hides() -> SelectStatement {
    party_row::Entity::find()
        .select_only()
        .column(party_row::Column::PartnershipId)
        .inner_join_organization()
        .filter(party_row::Column::LeftAt.is_null())
        .filter(
            Condition::any()
                .add(party_row::Column::Listed.eq(false))
                .add(organization::Column::Listed.eq(false))
                .add(organization::Column::Status.ne(OrganizationStatus::Active)),
        )
        .into_query()
}

/// Joins a party's organization; the entities know no relation, since no one needs to walk it.
trait JoinOrganization {
    fn inner_join_organization(self) -> Self;
}

impl JoinOrganization for Select<party_row::Entity> {
    fn inner_join_organization(mut self) -> Self {
        let on = Expr::col((organization::Entity, organization::Column::Id))
            .equals((party_row::Entity, party_row::Column::OrganizationId));
        QuerySelect::query(&mut self).inner_join(organization::Entity, on);
        self
    }
}

/// The partnerships that an organization is a present party of.
#[must_use]
pub fn partnerships_of(organization: OrganizationId) -> SelectStatement {
    party_row::Entity::find()
        .select_only()
        .column(party_row::Column::PartnershipId)
        .filter(party_row::Column::OrganizationId.eq(organization))
        .filter(party_row::Column::LeftAt.is_null())
        .into_query()
}

/// Which partnerships are wanted.
#[derive(Clone, Debug, Default)]
pub struct PartnershipFilter {
    /// Whether it holds.
    pub status: Option<PartnershipStatus>,
    /// Any of these types.
    pub types: Option<PartnerTypes>,
    /// With the organization of this slug as a present party.
    pub organization: Option<String>,
    /// Where it comes from.
    pub origin: Option<PartnershipOrigin>,
}

/// What a list of partnerships is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnershipOrder {
    /// The day it started; one without a known day is last in both directions.
    StartedOn(Direction),
    /// The moment it was entered here.
    CreatedAt(Direction),
}

/// The position of a partnership in a list: the day (for lists by day) and the id.
pub type PartnershipPosition = (Option<NaiveDate>, PartnershipId);

impl PartnershipOrder {
    fn direction(self) -> Direction {
        match self {
            Self::StartedOn(direction) | Self::CreatedAt(direction) => direction,
        }
    }

    fn day(self) -> Option<partnership::Column> {
        match self {
            Self::StartedOn(Direction::Ascending) => Some(partnership::Column::SortsAscending),
            Self::StartedOn(Direction::Descending) => Some(partnership::Column::SortsDescending),
            Self::CreatedAt(_) => None,
        }
    }

    /// The position of a row.
    #[must_use]
    pub fn position(self, row: &Partnership) -> PartnershipPosition {
        let day = match self {
            Self::StartedOn(Direction::Ascending) => Some(row.sorts_ascending),
            Self::StartedOn(Direction::Descending) => Some(row.sorts_descending),
            Self::CreatedAt(_) => None,
        };
        (day, row.id)
    }
}

fn filtered(op: &Op, filter: &PartnershipFilter) -> Select<partnership::Entity> {
    let mut query = visible(op);
    match filter.status {
        Some(PartnershipStatus::Ended) => query = query.filter(partnership::Column::EndsOn.lte(op.today())),
        Some(PartnershipStatus::Active) => query = query.filter(still_holds(op.today())),
        None => {}
    }
    if let Some(types) = filter.types {
        let in_common = Expr::col((partnership::Entity, partnership::Column::Types)).bit_and(types.0);
        query = query.filter(in_common.ne(0));
    }
    if let Some(slug) = &filter.organization {
        let of_slug = party_row::Entity::find()
            .select_only()
            .column(party_row::Column::PartnershipId)
            .inner_join_organization()
            .filter(organization::Column::Slug.eq(slug))
            .filter(party_row::Column::LeftAt.is_null())
            .into_query();
        query = query.filter(partnership::Column::Id.in_subquery(of_slug));
    }
    if let Some(origin) = filter.origin {
        query = query.filter(partnership::Column::Origin.eq(origin));
    }
    query
}

fn still_holds(today: NaiveDate) -> Condition {
    Condition::any().add(partnership::Column::EndsOn.is_null()).add(partnership::Column::EndsOn.gt(today))
}

/// A page of the partnerships that fit `filter`.
///
/// # Errors
/// Database faults.
pub async fn list(
    op: &Op,
    filter: &PartnershipFilter,
    order: PartnershipOrder,
    page: &Page<PartnershipPosition>,
) -> Result<Slice<Partnership, PartnershipPosition>, Fault> {
    let id = Expr::col((partnership::Entity, partnership::Column::Id));
    let day = order.day().map(|column| Expr::col((partnership::Entity, column)));
    let keys: Vec<Expr> = day.into_iter().chain([id]).collect();
    let mut query = filtered(op, filter);
    if let Some((day, id)) = page.after {
        let position = order.day().map(|_| day.unwrap_or_default().into()).into_iter().chain([id.into()]).collect();
        query = query.filter(db::after(&keys, position, order.direction()));
    }
    let rows = db::order_by(query, &keys, order.direction()).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| order.position(row)))
}

/// How many partnerships fit `filter`.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op, filter: &PartnershipFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

/// The visible partnerships with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[PartnershipId]) -> Result<Vec<Partnership>, Fault> {
    Ok(visible(op).filter(partnership::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

#[derive(FromQueryResult)]
struct Place {
    organization_id: OrganizationId,
    partnership_id: PartnershipId,
}

/// The first `fetch` visible partnerships of each of these organizations, newest start first; two statements.
///
/// # Errors
/// Database faults.
pub async fn list_first_of(
    op: &Op,
    organizations: &[OrganizationId],
    fetch: u64,
) -> Result<Vec<(OrganizationId, Partnership)>, Fault> {
    let ranked_by = WindowStatement::partition_by((party_row::Entity, party_row::Column::OrganizationId))
        .order_by((partnership::Entity, partnership::Column::SortsDescending), sea_orm::Order::Desc)
        .order_by((partnership::Entity, partnership::Column::Id), sea_orm::Order::Desc)
        .to_owned();
    let mut ranked = of_organizations(op, organizations);
    ranked.expr_window_as(Func::cust("ROW_NUMBER"), ranked_by, Alias::new("place"));
    let chosen = Query::select()
        .columns(["organization_id", "partnership_id"])
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(Alias::new("place")).lte(fetch))
        .order_by("organization_id", sea_orm::Order::Asc)
        .order_by("place", sea_orm::Order::Asc)
        .to_owned();
    let places = Place::find_by_statement(op.db().backend().build(&chosen)).all(op.db().read()).await?;
    let ids: Vec<_> = places.iter().map(|place| place.partnership_id).collect();
    let rows: std::collections::HashMap<_, _> =
        list_by_ids(op, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
    Ok(places
        .into_iter()
        .filter_map(|place| rows.get(&place.partnership_id).map(|row| (place.organization_id, row.clone())))
        .collect())
}

#[derive(FromQueryResult)]
struct Tally {
    organization_id: OrganizationId,
    tally: i64,
}

/// How many visible partnerships each of these organizations has; those without one are missing.
///
/// # Errors
/// Database faults.
pub async fn count_of(op: &Op, organizations: &[OrganizationId]) -> Result<Vec<(OrganizationId, u64)>, Fault> {
    let mut query = of_organizations(op, organizations);
    query.clear_selects();
    query
        .column((party_row::Entity, party_row::Column::OrganizationId))
        .expr_as(Expr::col((party_row::Entity, party_row::Column::PartnershipId)).count(), Alias::new("tally"))
        .group_by_col((party_row::Entity, party_row::Column::OrganizationId));
    let rows = Tally::find_by_statement(op.db().backend().build(&query)).all(op.db().read()).await?;
    Ok(rows.into_iter().map(|row| (row.organization_id, u64::try_from(row.tally).unwrap_or_default())).collect())
}

/// Organization and id of the visible partnerships of these organizations.
fn of_organizations(op: &Op, organizations: &[OrganizationId]) -> SelectStatement {
    let on = Expr::col((partnership::Entity, partnership::Column::Id))
        .equals((party_row::Entity, party_row::Column::PartnershipId));
    let mut query = party_row::Entity::find()
        .select_only()
        .column(party_row::Column::OrganizationId)
        .column(party_row::Column::PartnershipId)
        .filter(party_row::Column::OrganizationId.is_in(organizations.iter().copied()))
        .filter(party_row::Column::LeftAt.is_null());
    QuerySelect::query(&mut query).inner_join(partnership::Entity, on);
    query.filter(visible_condition(&op.actor)).into_query()
}

/// The visible partnership with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: PartnershipId) -> Result<Option<Partnership>, Fault> {
    Ok(visible(op).filter(partnership::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// A partnership that somebody was invited into and so may not see yet, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_invited_in(tx: &DatabaseTransaction, id: PartnershipId) -> Result<Option<Partnership>, Fault> {
    Ok(partnership::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// The organizations that share an agreed partnership with `own` that holds on the day `today`.
#[must_use]
pub fn partners_of_condition(own: OrganizationId, today: NaiveDate) -> Condition {
    let on = Expr::col((partnership::Entity, partnership::Column::Id))
        .equals((party_row::Entity, party_row::Column::PartnershipId));
    let mut partners = party_row::Entity::find()
        .select_only()
        .column(party_row::Column::OrganizationId)
        .filter(party_row::Column::LeftAt.is_null())
        .filter(party_row::Column::PartnershipId.in_subquery(partnerships_of(own)))
        .filter(party_row::Column::OrganizationId.ne(own));
    QuerySelect::query(&mut partners).inner_join(partnership::Entity, on);
    let partners =
        partners.filter(partnership::Column::Origin.eq(PartnershipOrigin::Agreed)).filter(still_holds(today));
    Condition::all().add(organization::Column::Id.in_subquery(partners.into_query()))
}

/// Whether two organizations are partners today by an agreement of theirs.
///
/// # Errors
/// Database faults.
pub async fn are_partners(op: &Op, one: OrganizationId, other: OrganizationId) -> Result<bool, Fault> {
    Ok(partner(one, other, op.today()).one(op.db().read()).await?.is_some())
}

/// As [`are_partners`], inside a transaction.
///
/// # Errors
/// Database faults.
pub async fn are_partners_in(
    tx: &DatabaseTransaction,
    op: &Op,
    one: OrganizationId,
    other: OrganizationId,
) -> Result<bool, Fault> {
    Ok(partner(one, other, op.today()).one(tx).await?.is_some())
}

/// `other`, where it is a partner of `one` on the day `today`.
fn partner(one: OrganizationId, other: OrganizationId, today: NaiveDate) -> Select<organization::Entity> {
    organization::Entity::find()
        .filter(organization::Column::Id.eq(other))
        .filter(partners_of_condition(one, today))
        .order_by_asc(organization::Column::Id)
}
