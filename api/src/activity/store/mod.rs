//! The SQL of activities: scoped reads here, who takes part and writes below.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of activities")]

mod audience;
mod write;

pub use audience::{find_audience_in, knows_contact_in, list_addressees, still_holds_in};
pub use write::{NewRow, insert_in, insert_participants_in, remove_in, replace_participants_in, update_in};

use super::model::{Activity, Participant, Subject, subject_of};
use crate::{
    db::{self, Direction},
    op::{Fault, Op},
    page::{Page, Slice},
    partnership::scope::partnerships_of,
};
use audience::deals_of;
use chrono::{DateTime, Utc};
use entity::{
    activity, activity_participant as participant,
    id::{ActivityId, OpportunityId, OrganizationId, PartnershipId},
    opportunity,
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, FromQueryResult, Iden, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, WindowStatement},
};

/// The entries that the actor may see: of the opportunities that it sees and the partnerships that its organization is a
/// party of; but for its own side's, neither notes of others to themselves nor what hidden participants did.
fn visible(op: &Op) -> Select<activity::Entity> {
    activity::Entity::find().filter(visible_condition(op))
}

fn visible_condition(op: &Op) -> Condition {
    let Some(own) = op.actor.organization() else { return Condition::all().add(Expr::val(false)) };
    let itself = || activity::Column::OrganizationId.eq(own);
    let of_partnership = activity::Column::PartnershipId.in_subquery(partnerships_of(own));
    let of_deal = Condition::all().add(activity::Column::OpportunityId.in_subquery(deals_of(op))).add(
        Condition::any()
            .add(itself())
            .add(activity::Column::OpportunityId.in_subquery(open_to(own)))
            .add(activity::Column::OpportunityId.in_subquery(owned_by_author())),
    );
    Condition::all()
        .add(Condition::any().add(itself()).add(activity::Column::Internal.eq(false)))
        .add(Condition::any().add(of_partnership).add(of_deal))
}

/// The opportunities whose participants know each other, and those that `own` owns.
fn open_to(own: OrganizationId) -> SelectStatement {
    opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .filter(
            Condition::any()
                .add(opportunity::Column::HidesParticipants.eq(false))
                .add(opportunity::Column::OwnerOrganizationId.eq(own)),
        )
        .into_query()
}

/// The opportunities of the organization that wrote the entry.
fn owned_by_author() -> SelectStatement {
    let author = Expr::col((opportunity::Entity, opportunity::Column::OwnerOrganizationId))
        .equals((activity::Entity, activity::Column::OrganizationId));
    opportunity::Entity::find().select_only().column(opportunity::Column::Id).filter(author).into_query()
}

/// The entries about opportunities of others whose participants do not know each other.
fn apart_from(own: OrganizationId) -> SelectStatement {
    let hiding = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .filter(opportunity::Column::HidesParticipants.eq(true))
        .filter(opportunity::Column::OwnerOrganizationId.ne(own))
        .into_query();
    activity::Entity::find()
        .select_only()
        .column(activity::Column::Id)
        .filter(activity::Column::OpportunityId.in_subquery(hiding))
        .into_query()
}

/// The entries about opportunities of the organization that took part.
fn owned_by_participant() -> SelectStatement {
    let of_entry = Expr::col((opportunity::Entity, opportunity::Column::Id))
        .equals((activity::Entity, activity::Column::OpportunityId));
    let owner = Expr::col((opportunity::Entity, opportunity::Column::OwnerOrganizationId))
        .equals((participant::Entity, participant::Column::OrganizationId));
    Query::select()
        .column((activity::Entity, activity::Column::Id))
        .from(activity::Entity)
        .inner_join(opportunity::Entity, of_entry)
        .and_where(owner)
        .to_owned()
}

/// The position of an entry in a list: when it was done, and the id.
pub type ActivityPosition = (DateTime<Utc>, ActivityId);

/// The position of a row.
#[must_use]
pub fn position(row: &Activity) -> ActivityPosition {
    (row.occurred_at, row.id)
}

fn keys() -> [Expr; 2] {
    [Expr::col((activity::Entity, activity::Column::OccurredAt)), Expr::col((activity::Entity, activity::Column::Id))]
}

fn about(op: &Op, subject: Subject) -> Select<activity::Entity> {
    visible(op).filter(match subject {
        Subject::Opportunity(id) => activity::Column::OpportunityId.eq(id),
        Subject::Partnership(id) => activity::Column::PartnershipId.eq(id),
    })
}

/// A page of what was done about a subject, newest first.
///
/// # Errors
/// Database faults.
pub async fn list(
    op: &Op,
    subject: Subject,
    page: &Page<ActivityPosition>,
) -> Result<Slice<Activity, ActivityPosition>, Fault> {
    let mut query = about(op, subject);
    if let Some((at, id)) = page.after {
        query = query.filter(db::after(&keys(), vec![at.into(), id.into()], Direction::Descending));
    }
    let rows = db::order_by(query, &keys(), Direction::Descending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, position))
}

/// A kind of subject that has entries below it.
trait Parent: Copy {
    const COLUMN: activity::Column;
    fn value(self) -> sea_orm::Value;
}

impl Parent for OpportunityId {
    const COLUMN: activity::Column = activity::Column::OpportunityId;

    fn value(self) -> sea_orm::Value {
        self.into()
    }
}

impl Parent for PartnershipId {
    const COLUMN: activity::Column = activity::Column::PartnershipId;

    fn value(self) -> sea_orm::Value {
        self.into()
    }
}

fn below<P: Parent>(op: &Op, parents: &[P]) -> Select<activity::Entity> {
    visible(op).filter(Expr::col((activity::Entity, P::COLUMN)).is_in(parents.iter().map(|parent| parent.value())))
}

/// The newest `fetch` entries below each parent, with one statement.
async fn first_of_each<P: Parent>(op: &Op, parents: &[P], fetch: u64) -> Result<Vec<Activity>, Fault> {
    let mut window = WindowStatement::partition_by((activity::Entity, P::COLUMN));
    for key in keys() {
        sea_orm::sea_query::OrderedStatement::order_by_expr(&mut window, key, Order::Desc);
    }
    let mut ranked = below(op, parents).into_query();
    ranked.clear_selects().column((activity::Entity, activity::Column::Id)).expr_window_as(
        Func::cust("ROW_NUMBER"),
        window,
        Alias::new("position"),
    );
    let chosen = Query::select()
        .column(Alias::new(activity::Column::Id.unquoted()))
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(Alias::new("position")).lte(fetch))
        .to_owned();
    let rows = activity::Entity::find().filter(activity::Column::Id.in_subquery(chosen));
    Ok(db::order_by(rows, &keys(), Direction::Descending).all(op.db().read()).await?)
}

/// The newest `fetch` visible entries of each of these opportunities.
///
/// # Errors
/// Database faults.
pub async fn list_first_of_opportunities(op: &Op, ids: &[OpportunityId], fetch: u64) -> Result<Vec<Activity>, Fault> {
    first_of_each(op, ids, fetch).await
}

/// The newest `fetch` visible entries of each of these partnerships.
///
/// # Errors
/// Database faults.
pub async fn list_first_of_partnerships(op: &Op, ids: &[PartnershipId], fetch: u64) -> Result<Vec<Activity>, Fault> {
    first_of_each(op, ids, fetch).await
}

#[derive(FromQueryResult)]
struct Tally {
    opportunity_id: Option<OpportunityId>,
    partnership_id: Option<PartnershipId>,
    tally: i64,
}

async fn count_of_each<P: Parent>(op: &Op, parents: &[P]) -> Result<Vec<Tally>, Fault> {
    Ok(below(op, parents)
        .select_only()
        .column(activity::Column::OpportunityId)
        .column(activity::Column::PartnershipId)
        .column_as(activity::Column::Id.count(), "tally")
        .group_by(activity::Column::OpportunityId)
        .group_by(activity::Column::PartnershipId)
        .into_model::<Tally>()
        .all(op.db().read())
        .await?)
}

fn tally(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// How many visible entries each of these opportunities has; nothing for those without one.
///
/// # Errors
/// Database faults.
pub async fn count_of_opportunities(op: &Op, ids: &[OpportunityId]) -> Result<Vec<(OpportunityId, u64)>, Fault> {
    let rows = count_of_each(op, ids).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.opportunity_id?, tally(row.tally)))).collect())
}

/// How many visible entries each of these partnerships has; nothing for those without one.
///
/// # Errors
/// Database faults.
pub async fn count_of_partnerships(op: &Op, ids: &[PartnershipId]) -> Result<Vec<(PartnershipId, u64)>, Fault> {
    let rows = count_of_each(op, ids).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.partnership_id?, tally(row.tally)))).collect())
}

/// The visible entries with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_by_ids(op: &Op, ids: &[ActivityId]) -> Result<Vec<Activity>, Fault> {
    Ok(visible(op).filter(activity::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// What the visible entry with this id is about.
///
/// # Errors
/// Database faults.
pub async fn find_subject_in(tx: &DatabaseTransaction, op: &Op, id: ActivityId) -> Result<Option<Subject>, Fault> {
    let found = visible(op).filter(activity::Column::Id.eq(id)).one(tx).await?;
    Ok(found.as_ref().and_then(subject_of))
}

/// The visible entry with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_in(tx: &DatabaseTransaction, op: &Op, id: ActivityId) -> Result<Option<Activity>, Fault> {
    Ok(visible(op).filter(activity::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// Who took part in these entries, in order; for whoever was found to see them. Where the owner of an opportunity hides
/// its participants from each other, a side is told of the owner and of itself.
///
/// # Errors
/// Database faults.
pub async fn list_participants(op: &Op, ids: &[ActivityId]) -> Result<Vec<Participant>, Fault> {
    let Some(own) = op.actor.organization() else { return Ok(Vec::new()) };
    let known = Condition::any()
        .add(participant::Column::OrganizationId.is_null())
        .add(participant::Column::OrganizationId.eq(own))
        .add(participant::Column::ActivityId.not_in_subquery(apart_from(own)))
        .add(participant::Column::ActivityId.in_subquery(owned_by_participant()));
    Ok(participant::Entity::find()
        .filter(known)
        .filter(participant::Column::ActivityId.is_in(ids.iter().copied()))
        .order_by_asc(participant::Column::ActivityId)
        .order_by_asc(participant::Column::Position)
        .all(op.db().read())
        .await?)
}

/// How many visible entries a subject has.
///
/// # Errors
/// Database faults.
pub async fn count(op: &Op, subject: Subject) -> Result<u64, Fault> {
    Ok(about(op, subject).count(op.db().read()).await?)
}
