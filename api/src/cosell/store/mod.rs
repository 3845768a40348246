//! The SQL of opportunities: scoped reads here, writes and the rest below.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of opportunities")]

mod change;
mod conflict;
mod invitation;
mod listing;
mod neighbor;
mod side;
mod slug;
mod snapshot;
mod team;
mod waiting;
mod write;

pub use change::{find_pending_in, insert_change_in, list_pending, settle_change_in, update_change_in};
pub use conflict::{list_conflicts, list_open_of_customer};
pub use invitation::{
    Answer, InvitationDirection, InvitationFilter, InvitationPosition, NewInvitation, cancel_open_of_in,
    close_invitation_in, count_invitations, count_open_in, expire_in, find_due, find_invitation_in, find_next_expiry,
    find_open_in, insert_invitation_in, list_invitations, list_invitations_by_ids, list_invitations_of,
    lock_invitation_in,
};
pub use listing::{are_integrated_in, find_listing_in, list_listings, replace_listings_in};
pub use neighbor::{find_program_in, is_active_in, is_member_of_program_in, is_program_open_in, lock_opportunity_in};
pub use side::{
    Joining, MoveWrite, end_side_in, join_in, list_moves, list_next_steps, list_participants, list_told_in, move_in,
    share_in, write_side_in,
};
pub use slug::{ListingSlugs, list_listing_slugs, list_owner_slugs};
pub use snapshot::{
    SnapshotPosition, Taken, count_snapshots_of, insert_snapshot_in, list_snapshots_by_ids, list_snapshots_of,
};
pub use team::{add_to_team_in, list_team, replace_team_in};
pub use waiting::{count_reviews, count_waiting, list_reviews, list_waiting};
pub use write::{ReviewWrite, archive_in, external_id_taken_in, insert_in, review_in, touch_in, update_in};

use super::model::{Opportunity, OpportunityField, OpportunityStage, ReviewStatus};
use crate::{
    db::{self, Direction},
    op::{Actor, Fault, Op},
    page::{Page, Slice},
    text,
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    flags::Flag,
    id::{OpportunityId, OrganizationId},
    member, opportunity, opportunity_participant as participant,
    opportunity_participant::{ParticipantRole, ParticipantStatus},
    opportunity_team as team_row, organization,
    value::Role,
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    Select, Value,
    sea_query::{CaseStatement, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

/// The opportunities that the actor may see.
fn visible(op: &Op) -> Select<opportunity::Entity> {
    opportunity::Entity::find().filter(visible_condition(&op.actor))
}

/// Which opportunities an actor may see, as a condition on the opportunities table, for joins: those that its organization
/// takes part in, as owner, by an accepted invitation or as the host of the program; of the confidential ones only those
/// that name the actor. The only place where this is said. Whoever runs the installation has no part in its deals.
///
/// A key is nobody's name, so it sees no confidential opportunity. Where none of the named people of a side is a member
/// any more, the organization's owners see it, so that it cannot be lost.
#[must_use]
pub fn visible_condition(actor: &Actor) -> Condition {
    let Some(own) = actor.organization() else {
        return Condition::all().add(Expr::val(false));
    };
    let mut confidential = Condition::any().add(opportunity::Column::Confidential.eq(false));
    if let Some(person) = actor.person() {
        let named = Query::select()
            .column(team_row::Column::OpportunityId)
            .from(team_row::Entity)
            .and_where(team_row::Column::OrganizationId.eq(own))
            .and_where(team_row::Column::PersonId.eq(person))
            .to_owned();
        confidential = confidential.add(opportunity::Column::Id.in_subquery(named));
        if actor.role() == Some(Role::Owner) {
            confidential = confidential.add(opportunity::Column::Id.not_in_subquery(with_people(own)));
        }
    }
    Condition::all().add(opportunity::Column::Id.in_subquery(shared_with(own, None))).add(confidential)
}

/// The opportunities for which one of the people that `own` has named is still its member.
fn with_people(own: OrganizationId) -> SelectStatement {
    let still = Expr::col((member::Entity, member::Column::PersonId))
        .equals((team_row::Entity, team_row::Column::PersonId))
        .and(
            Expr::col((member::Entity, member::Column::OrganizationId))
                .equals((team_row::Entity, team_row::Column::OrganizationId)),
        );
    Query::select()
        .column((team_row::Entity, team_row::Column::OpportunityId))
        .from(team_row::Entity)
        .inner_join(member::Entity, still)
        .and_where(team_row::Column::OrganizationId.eq(own))
        .to_owned()
}

/// The opportunities that `own` takes part in; with a field, those of which it sees that field.
fn shared_with(own: OrganizationId, field: Option<OpportunityField>) -> SelectStatement {
    let mut shared = Query::select()
        .column(participant::Column::OpportunityId)
        .from(participant::Entity)
        .and_where(participant::Column::OrganizationId.eq(own))
        .and_where(participant::Column::Status.eq(ParticipantStatus::Active))
        .to_owned();
    if let Some(field) = field {
        let fields = Expr::col((participant::Entity, participant::Column::Fields));
        shared.and_where(fields.bit_and(field.bit()).ne(0));
    }
    shared
}

/// Which opportunities are wanted.
#[derive(Clone, Debug, Default)]
pub struct OpportunityFilter {
    /// The owner's stage, any of; an empty list matches none.
    pub stages: Option<Vec<OpportunityStage>>,
    /// The state of the review, any of; an empty list matches none.
    pub review_statuses: Option<Vec<ReviewStatus>>,
    /// The slug of the owner.
    pub owner: Option<String>,
    /// The slug of an organization that takes part.
    pub participant: Option<String>,
    /// How the customer's name begins.
    pub customer: Option<String>,
    /// Changed after this moment.
    pub updated_after: Option<DateTime<Utc>>,
    /// Closes after this day.
    pub closes_after: Option<NaiveDate>,
    /// Closes before this day.
    pub closes_before: Option<NaiveDate>,
    /// Those that are put away instead of those that are not.
    pub archived: bool,
}

/// What a list of opportunities is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpportunitySort {
    /// When it was last changed.
    UpdatedAt,
    /// When it was entered.
    CreatedAt,
    /// When the owner expects to close; unknown is last in both directions.
    TargetCloseDate,
    /// The customer's name; unknown is last in both directions.
    CustomerName,
}

/// The position of an opportunity in a list: the key as text, and the id.
pub type OpportunityPosition = (String, OpportunityId);

/// Stands behind every name, for what the viewer may not see.
const NAME_LAST: &str = "\u{10ffff}";

/// What a list is sorted by. What the viewer may not see of a row is not in its place or in its cursor either.
struct Order {
    key: Expr,
    direction: Direction,
}

impl Order {
    fn of(op: &Op, sort: OpportunitySort, direction: Direction) -> Self {
        let column = |column: opportunity::Column| Expr::col((opportunity::Entity, column));
        let seen = |field: OpportunityField, column: Expr, last: Value| -> Expr {
            let own = op.actor.organization().unwrap_or(OrganizationId(Uuid::nil()));
            let id = Expr::col((opportunity::Entity, opportunity::Column::Id));
            let seen = id.in_subquery(shared_with(own, Some(field)));
            CaseStatement::new().case(seen, column).finally(Expr::val(last)).into()
        };
        let ascending = direction == Direction::Ascending;
        let key = match sort {
            OpportunitySort::UpdatedAt => column(opportunity::Column::UpdatedAt),
            OpportunitySort::CreatedAt => column(opportunity::Column::CreatedAt),
            OpportunitySort::TargetCloseDate => {
                let (day, last) = if ascending {
                    (opportunity::Column::ClosesAscending, NaiveDate::from_ymd_opt(9999, 12, 31))
                } else {
                    (opportunity::Column::ClosesDescending, NaiveDate::from_ymd_opt(1, 1, 1))
                };
                seen(OpportunityField::TargetCloseDate, column(day), last.into())
            }
            OpportunitySort::CustomerName => {
                let last = if ascending { NAME_LAST } else { "" };
                seen(OpportunityField::Company, column(opportunity::Column::CustomerSortName), last.into())
            }
        };
        Self { key, direction }
    }
}

/// A page of the opportunities that fit `filter`.
///
/// # Errors
/// [`Fault::BadInput`] for a cursor whose key is none of this order; database faults.
pub async fn list(
    op: &Op,
    filter: &OpportunityFilter,
    sort: OpportunitySort,
    direction: Direction,
    page: &Page<OpportunityPosition>,
) -> Result<Slice<Opportunity, OpportunityPosition>, Fault> {
    let order = Order::of(op, sort, direction);
    let keys = [order.key, Expr::col((opportunity::Entity, opportunity::Column::Id))];
    let mut query = filtered(op, filter);
    if let Some((key, id)) = &page.after {
        let position = vec![read_key(sort, key)?, (*id).into()];
        query = query.filter(db::after(&keys, position, order.direction));
    }
    let rows = db::order_by(query, &keys, order.direction).limit(page.fetch()).all(op.db().read()).await?;
    let seen = seen_keys(op, sort, &rows).await?;
    Ok(page.slice(rows, |row| (written_key(sort, direction, row, seen.contains(&row.id)), row.id)))
}

/// Of which rows the viewer sees what the list is sorted by.
async fn seen_keys(
    op: &Op,
    sort: OpportunitySort,
    rows: &[Opportunity],
) -> Result<std::collections::HashSet<OpportunityId>, Fault> {
    let field = match sort {
        OpportunitySort::UpdatedAt | OpportunitySort::CreatedAt => return Ok(Default::default()),
        OpportunitySort::TargetCloseDate => OpportunityField::TargetCloseDate,
        OpportunitySort::CustomerName => OpportunityField::Company,
    };
    let Some(own) = op.actor.organization() else { return Ok(Default::default()) };
    let ids = rows.iter().map(|row| row.id);
    let seen: Vec<OpportunityId> = participant::Entity::find()
        .select_only()
        .column(participant::Column::OpportunityId)
        .filter(participant::Column::OrganizationId.eq(own))
        .filter(participant::Column::OpportunityId.is_in(ids))
        .filter(Expr::col((participant::Entity, participant::Column::Fields)).bit_and(field.bit()).ne(0))
        .into_tuple()
        .all(op.db().read())
        .await?;
    Ok(seen.into_iter().collect())
}

fn written_key(sort: OpportunitySort, direction: Direction, row: &Opportunity, seen: bool) -> String {
    let ascending = direction == Direction::Ascending;
    match sort {
        OpportunitySort::UpdatedAt => row.updated_at.timestamp_micros().to_string(),
        OpportunitySort::CreatedAt => row.created_at.timestamp_micros().to_string(),
        OpportunitySort::TargetCloseDate => match (ascending, seen) {
            (true, true) => row.closes_ascending.to_string(),
            (false, true) => row.closes_descending.to_string(),
            (true, false) => "9999-12-31".to_owned(),
            (false, false) => "0001-01-01".to_owned(),
        },
        OpportunitySort::CustomerName if seen => row.customer_sort_name.clone(),
        OpportunitySort::CustomerName => if ascending { NAME_LAST } else { "" }.to_owned(),
    }
}

fn read_key(sort: OpportunitySort, key: &str) -> Result<Value, Fault> {
    let refused = || Fault::bad_input("The cursor is not one of this list in this order.");
    Ok(match sort {
        OpportunitySort::UpdatedAt | OpportunitySort::CreatedAt => {
            let micros = key.parse().map_err(|_| refused())?;
            DateTime::<Utc>::from_timestamp_micros(micros).ok_or_else(refused)?.into()
        }
        OpportunitySort::TargetCloseDate => key.parse::<NaiveDate>().map_err(|_| refused())?.into(),
        OpportunitySort::CustomerName => key.into(),
    })
}

fn filtered(op: &Op, filter: &OpportunityFilter) -> Select<opportunity::Entity> {
    let own = op.actor.organization().unwrap_or(OrganizationId(Uuid::nil()));
    let seen = |field| opportunity::Column::Id.in_subquery(shared_with(own, Some(field)));
    let mut query = visible(op).filter(match filter.archived {
        true => opportunity::Column::ArchivedAt.is_not_null(),
        false => opportunity::Column::ArchivedAt.is_null(),
    });
    if let Some(stages) = &filter.stages {
        query = query.filter(opportunity::Column::Stage.is_in(stages.iter().copied()));
    }
    if let Some(statuses) = &filter.review_statuses {
        query = query.filter(opportunity::Column::ReviewStatus.is_in(statuses.iter().copied()));
    }
    if let Some(slug) = &filter.owner {
        query = query.filter(opportunity::Column::OwnerOrganizationId.in_subquery(with_slug(slug)));
    }
    if let Some(slug) = &filter.participant {
        query = query.filter(opportunity::Column::Id.in_subquery(with_participant(own, slug)));
    }
    if let Some(name) = &filter.customer {
        // What one may not read one may not search by.
        query = query.filter(seen(OpportunityField::Company));
        let prefix = text::sort_key(name);
        query = query.filter(opportunity::Column::CustomerSortName.gte(prefix.as_str()));
        if let Some(bound) = text::prefix_upper_bound(&prefix) {
            query = query.filter(opportunity::Column::CustomerSortName.lt(bound));
        }
    }
    if let Some(moment) = filter.updated_after {
        query = query.filter(opportunity::Column::UpdatedAt.gt(moment));
    }
    if filter.closes_after.is_some() || filter.closes_before.is_some() {
        query = query.filter(seen(OpportunityField::TargetCloseDate));
    }
    if let Some(day) = filter.closes_after {
        query = query.filter(opportunity::Column::TargetCloseDate.gt(day));
    }
    if let Some(day) = filter.closes_before {
        query = query.filter(opportunity::Column::TargetCloseDate.lt(day));
    }
    query
}

fn with_slug(slug: &str) -> SelectStatement {
    organization::Entity::find()
        .select_only()
        .column(organization::Column::Id)
        .filter(organization::Column::Slug.eq(slug))
        .into_query()
}

/// The opportunities in which `own` may know that the organization with this slug takes part.
fn with_participant(own: OrganizationId, slug: &str) -> SelectStatement {
    let on = Expr::col((opportunity::Entity, opportunity::Column::Id))
        .equals((participant::Entity, participant::Column::OpportunityId));
    let known = Condition::any()
        .add(opportunity::Column::HidesParticipants.eq(false))
        .add(opportunity::Column::OwnerOrganizationId.eq(own))
        .add(participant::Column::OrganizationId.eq(own))
        .add(participant::Column::Role.eq(ParticipantRole::Owner));
    Query::select()
        .column((participant::Entity, participant::Column::OpportunityId))
        .from(participant::Entity)
        .inner_join(opportunity::Entity, on)
        .and_where(participant::Column::Status.eq(ParticipantStatus::Active))
        .and_where(participant::Column::OrganizationId.in_subquery(with_slug(slug)))
        .cond_where(known)
        .to_owned()
}

/// How many opportunities fit `filter`.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op, filter: &OpportunityFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

/// The visible opportunities with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[OpportunityId]) -> Result<Vec<Opportunity>, Fault> {
    Ok(visible(op).filter(opportunity::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible opportunity with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: OpportunityId) -> Result<Option<Opportunity>, Fault> {
    Ok(visible(op).filter(opportunity::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The visible opportunity of this owner with this external id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_by_external_id_in(
    tx: &DatabaseTransaction,
    op: &Op,
    owner: OrganizationId,
    external_id: &str,
) -> Result<Option<Opportunity>, Fault> {
    let found = visible(op)
        .filter(opportunity::Column::OwnerOrganizationId.eq(owner))
        .filter(opportunity::Column::ExternalId.eq(external_id));
    Ok(found.lock_exclusive().one(tx).await?)
}
