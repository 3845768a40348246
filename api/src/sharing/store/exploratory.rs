//! The SQL of exploratory mappings. Only the two organizations see one.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of exploratory mappings")]

use super::exposure::running;
use crate::{
    db::{self, Direction},
    op::{Action, ErrorCode, Fault, Op, Outcome, Permit, Refusal},
    page::{Page, Slice},
    sharing::{
        model::{ExploratoryMapping, ExploratoryStatus, open_key},
        policy::ProposeMapping,
    },
};
use chrono::{DateTime, Utc};
use entity::{
    exploratory_mapping as mapping,
    id::{ExploratoryMappingId, OrganizationId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, SqlErr, sea_query::Expr,
};

fn of(organization: OrganizationId) -> Condition {
    Condition::any().add(mapping::Column::InviterId.eq(organization)).add(mapping::Column::InviteeId.eq(organization))
}

/// The mappings that the actor may see: those of its own organization. What the clock does sees all.
fn visible(op: &Op) -> Select<mapping::Entity> {
    let mappings = mapping::Entity::find();
    match op.actor.organization() {
        Some(own) => mappings.filter(of(own)),
        None if op.actor == crate::op::Actor::System => mappings,
        None => mappings.filter(Expr::val(false)),
    }
}

/// Which mappings are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct MappingFilter {
    /// With this organization.
    pub partner: Option<OrganizationId>,
    /// In this state now.
    pub status: Option<ExploratoryStatus>,
}

fn filtered(op: &Op, filter: MappingFilter) -> Select<mapping::Entity> {
    let now = op.now();
    let stored = |status| mapping::Column::Status.eq(status);
    let state = |status| match status {
        ExploratoryStatus::Pending => {
            Condition::all().add(stored(ExploratoryStatus::Pending)).add(mapping::Column::ExpiresAt.gt(now))
        }
        ExploratoryStatus::Accepted => running(now),
        ExploratoryStatus::Expired => Condition::any()
            .add(stored(ExploratoryStatus::Expired))
            .add(Condition::all().add(stored(ExploratoryStatus::Pending)).add(mapping::Column::ExpiresAt.lte(now))),
        ExploratoryStatus::Ended => Condition::any()
            .add(stored(ExploratoryStatus::Ended))
            .add(Condition::all().add(stored(ExploratoryStatus::Accepted)).add(mapping::Column::EndsAt.lte(now))),
        answered @ (ExploratoryStatus::Declined | ExploratoryStatus::Canceled) => {
            Condition::all().add(stored(answered))
        }
    };
    visible(op)
        .apply_if(filter.partner, |query, partner| query.filter(of(partner)))
        .apply_if(filter.status, |query, status| query.filter(state(status)))
}

/// A page of the mappings of the actor's own organization, newest first.
///
/// # Errors
/// Database faults.
pub async fn list_mappings(
    op: &Op,
    filter: MappingFilter,
    page: &Page<ExploratoryMappingId>,
) -> Result<Slice<ExploratoryMapping, ExploratoryMappingId>, Fault> {
    let keys = [Expr::col((mapping::Entity, mapping::Column::Id))];
    let mut query = filtered(op, filter);
    if let Some(id) = page.after {
        query = query.filter(db::after(&keys, vec![id.into()], Direction::Descending));
    }
    let rows = db::order_by(query, &keys, Direction::Descending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many mappings [`list_mappings`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_mappings(op: &Op, filter: MappingFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

/// The visible mappings with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_mappings_by_ids(op: &Op, ids: &[ExploratoryMappingId]) -> Result<Vec<ExploratoryMapping>, Fault> {
    Ok(visible(op).filter(mapping::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible mapping with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_mapping_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: ExploratoryMappingId,
) -> Result<Option<ExploratoryMapping>, Fault> {
    Ok(visible(op).filter(mapping::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The mapping of two organizations that is open or runs, as far as that is on record.
///
/// # Errors
/// Database faults.
pub async fn find_open_in(
    tx: &DatabaseTransaction,
    one: OrganizationId,
    other: OrganizationId,
) -> Result<Option<ExploratoryMapping>, Fault> {
    Ok(mapping::Entity::find().filter(mapping::Column::OpenKey.eq(open_key(one, other))).one(tx).await?)
}

/// How many proposals of an organization are open.
///
/// # Errors
/// Database faults.
pub async fn count_open_in(
    tx: &DatabaseTransaction,
    inviter: OrganizationId,
    now: DateTime<Utc>,
) -> Result<u64, Fault> {
    Ok(mapping::Entity::find()
        .filter(mapping::Column::InviterId.eq(inviter))
        .filter(mapping::Column::Status.eq(ExploratoryStatus::Pending))
        .filter(mapping::Column::ExpiresAt.gt(now))
        .count(tx)
        .await?)
}

/// A proposal to be written.
#[derive(Clone, Debug)]
pub struct NewMapping {
    /// Its id.
    pub id: ExploratoryMappingId,
    /// Whom it is sent to.
    pub invitee: OrganizationId,
    /// What it says.
    pub message: String,
    /// How long it is to run.
    pub days: i32,
    /// Until when it can be answered.
    pub expires_at: DateTime<Utc>,
}

/// Writes a proposal of the permit's organization.
///
/// # Errors
/// `ALREADY_EXISTS` where another one came first; database faults.
pub async fn insert_mapping_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ProposeMapping>,
    new: NewMapping,
) -> Outcome<ExploratoryMapping> {
    let row = mapping::ActiveModel {
        id: Set(new.id),
        inviter_id: Set(permit.resource()),
        invitee_id: Set(new.invitee),
        message: Set(new.message),
        status: Set(ExploratoryStatus::Pending),
        open_key: Set(Some(open_key(permit.resource(), new.invitee))),
        expires_at: Set(new.expires_at),
        days: Set(new.days),
        ends_at: Set(None),
        created_at: Set(op.now()),
        answered_at: Set(None),
        ended_by: Set(None),
        ended_at: Set(None),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    row.insert(tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            let message = "There is an exploratory mapping of the two already.";
            Refusal::of("input.partner", ErrorCode::AlreadyExists, message).into()
        }
        _ => error.into(),
    })
}

/// A step in the life of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The new state.
    pub status: ExploratoryStatus,
    /// With the acceptance: when it ends. With an end before its time: now.
    pub ends_at: Option<DateTime<Utc>>,
    /// Which side ended it.
    pub ended_by: Option<OrganizationId>,
}

/// Takes a step.
///
/// # Errors
/// Database faults.
pub async fn step_in<A: Action<Resource = ExploratoryMappingId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &ExploratoryMapping,
    step: Step,
) -> Result<ExploratoryMapping, Fault> {
    use ExploratoryStatus::{Accepted, Canceled, Declined, Ended};
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another mapping");
    let mut row = before.clone().into_active_model();
    row.status = Set(step.status);
    if step.status != Accepted {
        row.open_key = Set(None);
    }
    if matches!(step.status, Accepted | Declined | Canceled) {
        row.answered_at = Set(Some(op.now()));
    }
    if step.status == Ended {
        row.ended_at = Set(Some(op.now()));
    }
    row.ends_at = Set(step.ends_at.or(before.ends_at));
    row.ended_by = Set(step.ended_by);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// What the clock has concluded and what is not on record yet.
fn due(now: DateTime<Utc>) -> Condition {
    let by =
        |status, moment: mapping::Column| Condition::all().add(mapping::Column::Status.eq(status)).add(moment.lte(now));
    Condition::any()
        .add(by(ExploratoryStatus::Pending, mapping::Column::ExpiresAt))
        .add(by(ExploratoryStatus::Accepted, mapping::Column::EndsAt))
}

/// At most `limit` mappings that have expired or are over and of which that is not on record yet.
///
/// # Errors
/// Database faults.
pub async fn list_due(op: &Op, limit: u64) -> Result<Vec<ExploratoryMappingId>, Fault> {
    ids_of(mapping::Entity::find().filter(due(op.now())).order_by_asc(mapping::Column::Id).limit(limit), op).await
}

/// Those of two organizations that are due and would stand in the way of another one.
///
/// # Errors
/// Database faults.
pub async fn list_overdue(
    op: &Op,
    one: OrganizationId,
    other: OrganizationId,
) -> Result<Vec<ExploratoryMappingId>, Fault> {
    let key = mapping::Column::OpenKey.eq(open_key(one, other));
    ids_of(mapping::Entity::find().filter(due(op.now())).filter(key), op).await
}

async fn ids_of(query: Select<mapping::Entity>, op: &Op) -> Result<Vec<ExploratoryMappingId>, Fault> {
    Ok(query.select_only().column(mapping::Column::Id).into_tuple().all(op.db().read()).await?)
}

/// When the next one expires or ends, which may be past; none where none is open and none runs.
///
/// # Errors
/// Database faults.
pub async fn next_due(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    let mut soonest = None::<DateTime<Utc>>;
    for (status, moment) in [
        (ExploratoryStatus::Pending, mapping::Column::ExpiresAt),
        (ExploratoryStatus::Accepted, mapping::Column::EndsAt),
    ] {
        let next = mapping::Entity::find()
            .select_only()
            .column(moment)
            .filter(mapping::Column::Status.eq(status))
            .filter(moment.is_not_null())
            .order_by_asc(moment)
            .order_by_asc(mapping::Column::Id)
            .limit(1)
            .into_tuple::<DateTime<Utc>>()
            .one(op.db().read())
            .await?;
        soonest = soonest.into_iter().chain(next).min();
    }
    Ok(soonest)
}
