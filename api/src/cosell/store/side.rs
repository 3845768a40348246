//! The SQL of sides: who takes part, what each says, and the histories of that.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of sides")]

use crate::{
    cosell::model::{
        LossReason, NEXT_STEPS_KEPT, NextStep, OpportunityStage, Participant, ParticipantRole, ParticipantStatus,
        StageMove,
    },
    db,
    op::{Action, Actor, Fault, Op, Permit},
};
use chrono::NaiveDate;
use entity::{
    id::{OpportunityId, OrganizationId},
    invitation, opportunity_move as move_row, opportunity_next_step as next_step,
    opportunity_participant as participant,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, Order, QueryFilter, QueryOrder, QuerySelect, sea_query::OnConflict,
};
use uuid::Uuid;

/// Those who take part in these opportunities, each one's in the order of joining. Whom the actor may know is said by
/// `Sides::knows`.
///
/// # Errors
/// Database faults.
pub async fn list_participants(
    connection: &impl ConnectionTrait,
    ids: &[OpportunityId],
) -> Result<Vec<Participant>, Fault> {
    Ok(participant::Entity::find()
        .filter(participant::Column::OpportunityId.is_in(ids.iter().copied()))
        .filter(participant::Column::Status.eq(ParticipantStatus::Active))
        .order_by_asc(participant::Column::OpportunityId)
        .order_by_asc(participant::Column::JoinedAt)
        .order_by_asc(participant::Column::OrganizationId)
        .all(connection)
        .await?)
}

/// Whose feeds may have alerts about an opportunity: whoever took part in it ever, or was invited.
///
/// # Errors
/// Database faults.
pub async fn list_told_in(tx: &DatabaseTransaction, id: OpportunityId) -> Result<Vec<OrganizationId>, Fault> {
    let mut told: Vec<OrganizationId> = participant::Entity::find()
        .select_only()
        .column(participant::Column::OrganizationId)
        .filter(participant::Column::OpportunityId.eq(id))
        .into_tuple()
        .all(tx)
        .await?;
    let invited: Vec<OrganizationId> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::ToOrganizationId)
        .filter(invitation::Column::OpportunityId.eq(id))
        .into_tuple()
        .all(tx)
        .await?;
    told.extend(invited);
    told.sort();
    told.dedup();
    Ok(told)
}

/// Who joins, and as what.
#[derive(Clone, Debug)]
pub struct Joining {
    /// The opportunity.
    pub opportunity: OpportunityId,
    /// The organization.
    pub organization: OrganizationId,
    /// What it does.
    pub role: ParticipantRole,
    /// What it sees.
    pub fields: i32,
    /// Whether it may invite others.
    pub may_invite: bool,
    /// Where it stands at first.
    pub stage: OpportunityStage,
    /// When it expects to close at first.
    pub target_close_date: Option<NaiveDate>,
    /// Why it was lost, for a deal that is entered as lost.
    pub loss_reason: Option<LossReason>,
    /// Who invited it.
    pub invited_by: Option<OrganizationId>,
}

/// Takes an organization in.
///
/// # Errors
/// Database faults.
pub async fn join_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    joining: Joining,
) -> Result<(), Fault> {
    let row = participant::ActiveModel {
        opportunity_id: Set(joining.opportunity),
        organization_id: Set(joining.organization),
        role: Set(joining.role),
        status: Set(ParticipantStatus::Active),
        may_invite: Set(joining.may_invite),
        fields: Set(joining.fields),
        stage: Set(joining.stage),
        target_close_date: Set(joining.target_close_date),
        next_steps: Set(None),
        loss_reason: Set(joining.loss_reason),
        invited_by: Set(joining.invited_by),
        joined_at: Set(op.now()),
        left_at: Set(None),
    };
    // Whoever was taken out may come back; the row is then there, and begins anew.
    let key = OnConflict::columns([participant::Column::OpportunityId, participant::Column::OrganizationId])
        .update_columns([
            participant::Column::Role,
            participant::Column::Status,
            participant::Column::MayInvite,
            participant::Column::Fields,
            participant::Column::Stage,
            participant::Column::TargetCloseDate,
            participant::Column::NextSteps,
            participant::Column::LossReason,
            participant::Column::InvitedBy,
            participant::Column::JoinedAt,
            participant::Column::LeftAt,
        ])
        .to_owned();
    participant::Entity::insert(row).on_conflict(key).exec_without_returning(tx).await?;
    Ok(())
}

fn changing<A: Action<Resource = OpportunityId>>(permit: &Permit<A>, side: &Participant) -> participant::ActiveModel {
    debug_assert_eq!(permit.resource(), side.opportunity_id, "the permit is for another opportunity");
    side.clone().into_active_model()
}

/// Takes an organization out.
///
/// # Errors
/// Database faults.
pub async fn end_side_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    side: &Participant,
    status: ParticipantStatus,
) -> Result<(), Fault> {
    let mut row = changing(permit, side);
    row.status = Set(status);
    row.left_at = Set(Some(op.now()));
    row.update(tx).await?;
    Ok(())
}

/// Says what an organization sees and may do.
///
/// # Errors
/// Database faults.
pub async fn share_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
    side: &Participant,
    fields: i32,
    may_invite: bool,
) -> Result<(), Fault> {
    let mut row = changing(permit, side);
    row.fields = Set(fields);
    row.may_invite = Set(may_invite);
    row.update(tx).await?;
    Ok(())
}

/// Writes when a side expects to close and what it does next; `None` leaves what is there. What it does next also goes
/// into the history, of which the newest entries are kept.
///
/// # Errors
/// Database faults.
pub async fn write_side_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    side: &Participant,
    target_close_date: Option<Option<NaiveDate>>,
    next_steps: Option<Option<String>>,
) -> Result<(), Fault> {
    let mut row = changing(permit, side);
    if let Some(day) = target_close_date {
        row.target_close_date = Set(day);
    }
    if let Some(text) = &next_steps {
        row.next_steps = Set(text.clone());
    }
    if row.is_changed() {
        row.update(tx).await?;
    }
    let Some(Some(text)) = next_steps else { return Ok(()) };
    if side.next_steps.as_deref() == Some(text.as_str()) {
        return Ok(());
    }
    let entry = next_step::ActiveModel {
        id: Set(op.new_id()),
        opportunity_id: Set(side.opportunity_id),
        organization_id: Set(side.organization_id),
        text: Set(text),
        written_at: Set(op.now()),
    };
    next_step::Entity::insert(entry).exec_without_returning(tx).await?;
    forget_old_steps(tx, side).await
}

async fn forget_old_steps(tx: &DatabaseTransaction, side: &Participant) -> Result<(), Fault> {
    let of_side = |query: sea_orm::Select<next_step::Entity>| {
        query
            .filter(next_step::Column::OpportunityId.eq(side.opportunity_id))
            .filter(next_step::Column::OrganizationId.eq(side.organization_id))
    };
    let newest_to_go =
        of_side(next_step::Entity::find()).order_by_desc(next_step::Column::Id).offset(NEXT_STEPS_KEPT).limit(1);
    let Some(newest_to_go) = newest_to_go.one(tx).await? else { return Ok(()) };
    next_step::Entity::delete_many()
        .filter(next_step::Column::OpportunityId.eq(side.opportunity_id))
        .filter(next_step::Column::OrganizationId.eq(side.organization_id))
        .filter(next_step::Column::Id.lte(newest_to_go.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// A move to be written.
#[derive(Clone, Copy, Debug)]
pub struct MoveWrite {
    /// Where it stood; none where it begins.
    pub from: Option<OpportunityStage>,
    /// Where it stands.
    pub to: OpportunityStage,
    /// Why it was lost.
    pub loss_reason: Option<LossReason>,
}

/// Moves a side and records that it moved. For the owner's side the opportunity's own row is written besides.
///
/// # Errors
/// Database faults.
pub async fn move_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    side: &Participant,
    step: MoveWrite,
) -> Result<StageMove, Fault> {
    if step.from.is_some() {
        let mut row = side.clone().into_active_model();
        row.stage = Set(step.to);
        row.loss_reason = Set(step.loss_reason);
        row.update(tx).await?;
    }
    let (actor_kind, actor_id) = match &op.actor {
        Actor::Visitor | Actor::System => ("system", None),
        Actor::Operator => ("operator", None),
        Actor::Person(person) => ("person", Some(Uuid::from(person.person))),
        Actor::Key(key) => ("key", Some(Uuid::from(key.key))),
    };
    let entry = move_row::ActiveModel {
        id: Set(op.new_id()),
        opportunity_id: Set(side.opportunity_id),
        organization_id: Set(side.organization_id),
        from_stage: Set(step.from),
        to_stage: Set(step.to),
        loss_reason: Set(step.loss_reason),
        actor_kind: Set(actor_kind.to_owned()),
        actor_id: Set(actor_id),
        moved_at: Set(op.now()),
    };
    Ok(entry.insert(tx).await?)
}

/// What the sides of these opportunities wrote to do next, newest first. Who may know was decided before.
///
/// # Errors
/// Database faults.
pub async fn list_next_steps(op: &Op, ids: &[OpportunityId]) -> Result<Vec<NextStep>, Fault> {
    Ok(next_step::Entity::find()
        .filter(next_step::Column::OpportunityId.is_in(ids.iter().copied()))
        .order_by_asc(next_step::Column::OpportunityId)
        .order_by_desc(next_step::Column::Id)
        .all(op.db().read())
        .await?)
}

/// The newest `fetch` moves of each of these opportunities, newest first. Who may know was decided before.
///
/// # Errors
/// Database faults.
pub async fn list_moves(op: &Op, ids: &[OpportunityId], fetch: u64) -> Result<Vec<StageMove>, Fault> {
    let rows = move_row::Entity::find().filter(move_row::Column::OpportunityId.is_in(ids.iter().copied()));
    let rows = db::first_of_each(rows, move_row::Column::OpportunityId, move_row::Column::Id, Order::Desc, fetch);
    Ok(rows.all(op.db().read()).await?)
}
