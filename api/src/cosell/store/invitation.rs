//! The SQL of invitations.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of invitations")]

use super::visible_condition;
use crate::{
    cosell::{
        model::{DeclineReason, Invitation, InvitationStatus, Invite},
        policy::InviteToOpportunity,
    },
    db::{self, Direction},
    op::{Action, ErrorCode, Failure, Fault, Op, Outcome, Permit, Refusal},
    page::{Page, Slice},
};
use chrono::{DateTime, Utc};
use entity::{
    id::{InvitationId, OpportunityId, OrganizationId},
    invitation, opportunity,
    value::Role,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, SqlErr,
    sea_query::{Expr, SelectStatement},
};

/// The invitations that the actor may see: those that its organization received, and those into opportunities that it sees
/// that it sent or that are into its own. One into a confidential opportunity is seen by the managers of its receiver
/// until it is answered, and by the named people then.
fn visible(op: &Op) -> Select<invitation::Entity> {
    let query = invitation::Entity::find();
    let Some(own) = op.actor.organization() else { return query.filter(Expr::val(false)) };
    let seen = || opportunities(visible_condition(&op.actor));
    let mut received = Condition::any()
        .add(
            invitation::Column::OpportunityId
                .in_subquery(opportunities(Condition::all().add(opportunity::Column::Confidential.eq(false)))),
        )
        .add(invitation::Column::OpportunityId.in_subquery(seen()));
    if op.actor.person().is_some() && op.actor.holds(own, Role::Manager) {
        received = received.add(invitation::Column::Status.eq(InvitationStatus::Pending));
    }
    let owned = opportunities(visible_condition(&op.actor).add(opportunity::Column::OwnerOrganizationId.eq(own)));
    query.filter(
        Condition::any()
            .add(Condition::all().add(invitation::Column::ToOrganizationId.eq(own)).add(received))
            .add(
                Condition::all()
                    .add(invitation::Column::FromOrganizationId.eq(own))
                    .add(invitation::Column::OpportunityId.in_subquery(seen())),
            )
            .add(invitation::Column::OpportunityId.in_subquery(owned)),
    )
}

fn opportunities(condition: Condition) -> SelectStatement {
    opportunity::Entity::find().select_only().column(opportunity::Column::Id).filter(condition).into_query()
}

/// Whether invitations are wanted that the organization sent or that it received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvitationDirection {
    /// It invited.
    Sent,
    /// It was invited.
    Received,
}

/// Which invitations are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct InvitationFilter {
    /// Sent or received; both where it is not given.
    pub direction: Option<InvitationDirection>,
    /// In this state now.
    pub status: Option<InvitationStatus>,
    /// That expire before this moment.
    pub expires_before: Option<DateTime<Utc>>,
}

/// The position of an invitation in a list: expiry and id.
pub type InvitationPosition = (DateTime<Utc>, InvitationId);

fn filtered(op: &Op, filter: InvitationFilter) -> Select<invitation::Entity> {
    let mut query = visible(op);
    if let Some(own) = op.actor.organization() {
        query = match filter.direction {
            Some(InvitationDirection::Sent) => query.filter(invitation::Column::FromOrganizationId.eq(own)),
            Some(InvitationDirection::Received) => query.filter(invitation::Column::ToOrganizationId.eq(own)),
            None => query,
        };
    }
    if let Some(moment) = filter.expires_before {
        query = query.filter(invitation::Column::ExpiresAt.lt(moment));
    }
    match filter.status {
        None => query,
        Some(status) => query.filter(in_state(status, op.now())),
    }
}

/// In this state by the clock, whether or not that was written down.
fn in_state(status: InvitationStatus, now: DateTime<Utc>) -> Condition {
    let pending = Condition::all().add(invitation::Column::Status.eq(InvitationStatus::Pending));
    match status {
        InvitationStatus::Pending => pending.add(invitation::Column::ExpiresAt.gt(now)),
        InvitationStatus::Expired => Condition::any()
            .add(invitation::Column::Status.eq(InvitationStatus::Expired))
            .add(pending.add(invitation::Column::ExpiresAt.lte(now))),
        answered => Condition::all().add(invitation::Column::Status.eq(answered)),
    }
}

/// A page of the visible invitations that fit `filter`, soonest expiry first.
///
/// # Errors
/// Database faults.
pub async fn list_invitations(
    op: &Op,
    filter: InvitationFilter,
    page: &Page<InvitationPosition>,
) -> Result<Slice<Invitation, InvitationPosition>, Fault> {
    let query = behind(filtered(op, filter), page.after).limit(page.fetch());
    Ok(page.slice(query.all(op.db().read()).await?, |row| (row.expires_at, row.id)))
}

/// Soonest expiry first, behind this position.
pub(super) fn behind(
    query: Select<invitation::Entity>,
    after: Option<InvitationPosition>,
) -> Select<invitation::Entity> {
    let keys = [
        Expr::col((invitation::Entity, invitation::Column::ExpiresAt)),
        Expr::col((invitation::Entity, invitation::Column::Id)),
    ];
    let query = match after {
        Some((expires_at, id)) => {
            query.filter(db::after(&keys, vec![expires_at.into(), id.into()], Direction::Ascending))
        }
        None => query,
    };
    db::order_by(query, &keys, Direction::Ascending)
}

/// The invitations that wait for the actor's organization.
pub(super) fn waiting(op: &Op) -> Select<invitation::Entity> {
    let direction = Some(InvitationDirection::Received);
    filtered(op, InvitationFilter { direction, status: Some(InvitationStatus::Pending), expires_before: None })
}

/// How many invitations [`list_invitations`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_invitations(op: &Op, filter: InvitationFilter) -> Result<u64, Fault> {
    Ok(filtered(op, filter).count(op.db().read()).await?)
}

/// The visible invitations with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_invitations_by_ids(op: &Op, ids: &[InvitationId]) -> Result<Vec<Invitation>, Fault> {
    Ok(visible(op).filter(invitation::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible invitations into these opportunities, newest first.
///
/// # Errors
/// Database faults.
pub async fn list_invitations_of(op: &Op, ids: &[OpportunityId], fetch: u64) -> Result<Vec<Invitation>, Fault> {
    let rows = visible(op).filter(invitation::Column::OpportunityId.is_in(ids.iter().copied()));
    let order = sea_orm::Order::Desc;
    let rows = db::first_of_each(rows, invitation::Column::OpportunityId, invitation::Column::Id, order, fetch);
    Ok(rows.all(op.db().read()).await?)
}

/// The visible invitation with this id, not locked: its opportunity is locked first.
///
/// # Errors
/// Database faults.
pub async fn find_invitation_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: InvitationId,
) -> Result<Option<Invitation>, Fault> {
    Ok(visible(op).filter(invitation::Column::Id.eq(id)).one(tx).await?)
}

/// An invitation that was found visible, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn lock_invitation_in(tx: &DatabaseTransaction, id: InvitationId) -> Result<Option<Invitation>, Fault> {
    Ok(invitation::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// The open invitation that holds `key`.
///
/// # Errors
/// Database faults.
pub async fn find_open_in(tx: &DatabaseTransaction, key: &str) -> Result<Option<Invitation>, Fault> {
    Ok(invitation::Entity::find().filter(invitation::Column::OpenKey.eq(key)).one(tx).await?)
}

/// How many invitations into an opportunity are open.
///
/// # Errors
/// Database faults.
pub async fn count_open_in(
    tx: &DatabaseTransaction,
    opportunity: OpportunityId,
    now: DateTime<Utc>,
) -> Result<u64, Fault> {
    Ok(invitation::Entity::find()
        .filter(invitation::Column::OpportunityId.eq(opportunity))
        .filter(in_state(InvitationStatus::Pending, now))
        .count(tx)
        .await?)
}

/// An invitation to be written.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// Who sends it.
    pub from: OrganizationId,
    /// Whom it is sent to.
    pub to: OrganizationId,
    /// What was asked for.
    pub invite: Invite,
    /// What is shown before acceptance.
    pub shown: i32,
    /// The values of that.
    pub offer: serde_json::Value,
    /// What is seen after acceptance.
    pub granted: i32,
    /// Until when it is open.
    pub expires_at: DateTime<Utc>,
    /// What may be there once only while it is open.
    pub open_key: String,
}

/// Writes an invitation into the permit's opportunity.
///
/// # Errors
/// `ALREADY_EXISTS` where another one came first; database faults.
pub async fn insert_invitation_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<InviteToOpportunity>,
    new: NewInvitation,
) -> Outcome<Invitation> {
    let row = invitation::ActiveModel {
        id: Set(new.id),
        opportunity_id: Set(permit.resource()),
        from_organization_id: Set(new.from),
        to_organization_id: Set(new.to),
        message: Set(new.invite.message),
        role: Set(new.invite.role),
        shown: Set(new.shown),
        offer: Set(new.offer),
        granted: Set(new.granted),
        may_invite: Set(new.invite.may_invite),
        status: Set(InvitationStatus::Pending),
        open_key: Set(Some(new.open_key)),
        expires_at: Set(new.expires_at),
        created_at: Set(op.now()),
        answered_at: Set(None),
        decline_reason: Set(None),
        comment: Set(None),
    };
    row.insert(tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Failure::from(Refusal::of(
            "input.organization",
            ErrorCode::AlreadyExists,
            "This organization has an open invitation already.",
        )),
        _ => error.into(),
    })
}

/// What became of an invitation.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The new state.
    pub status: InvitationStatus,
    /// Why it was declined.
    pub reason: Option<DeclineReason>,
    /// In words.
    pub comment: Option<String>,
}

/// Closes an invitation.
///
/// # Errors
/// Database faults.
pub async fn close_invitation_in<A: Action<Resource = InvitationId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Invitation,
    answer: Answer,
) -> Result<Invitation, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another invitation");
    close(tx, op, before, answer).await
}

/// Closes the open invitations into an opportunity that `from` sent, or all of them where it is not given, and gives them
/// as they are.
///
/// # Errors
/// Database faults.
pub async fn cancel_open_of_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    from: Option<OrganizationId>,
) -> Result<Vec<Invitation>, Fault> {
    let mut open = invitation::Entity::find()
        .filter(invitation::Column::OpportunityId.eq(permit.resource()))
        .filter(in_state(InvitationStatus::Pending, op.now()));
    if let Some(from) = from {
        open = open.filter(invitation::Column::FromOrganizationId.eq(from));
    }
    let mut closed = Vec::new();
    for before in open.order_by_asc(invitation::Column::Id).lock_exclusive().all(tx).await? {
        let answer = Answer { status: InvitationStatus::Canceled, reason: None, comment: None };
        closed.push(close(tx, op, &before, answer).await?);
    }
    Ok(closed)
}

async fn close(tx: &DatabaseTransaction, op: &Op, before: &Invitation, answer: Answer) -> Result<Invitation, Fault> {
    let mut row = before.clone().into_active_model();
    row.status = Set(answer.status);
    row.open_key = Set(None);
    row.answered_at = Set(Some(op.now()));
    row.decline_reason = Set(answer.reason);
    row.comment = Set(answer.comment);
    Ok(row.update(tx).await?)
}

/// Pending invitations whose time has run out, soonest first, with their opportunities; of one opportunity where it is
/// given.
///
/// # Errors
/// Database faults.
pub async fn find_due(
    op: &Op,
    of: Option<OpportunityId>,
    limit: u64,
) -> Result<Vec<(InvitationId, OpportunityId)>, Fault> {
    let mut due = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .column(invitation::Column::OpportunityId)
        .filter(invitation::Column::Status.eq(InvitationStatus::Pending))
        .filter(invitation::Column::ExpiresAt.lte(op.now()));
    if let Some(of) = of {
        due = due.filter(invitation::Column::OpportunityId.eq(of));
    }
    Ok(due
        .order_by_asc(invitation::Column::ExpiresAt)
        .order_by_asc(invitation::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(op.db().read())
        .await?)
}

/// When the next pending invitation expires, or did.
///
/// # Errors
/// Database faults.
pub async fn find_next_expiry(op: &Op) -> Result<Option<DateTime<Utc>>, Fault> {
    let next = invitation::Entity::find()
        .filter(invitation::Column::Status.eq(InvitationStatus::Pending))
        .order_by_asc(invitation::Column::ExpiresAt)
        .order_by_asc(invitation::Column::Id)
        .one(op.db().read())
        .await?;
    Ok(next.map(|row| row.expires_at))
}

/// Writes down that an invitation has expired. It changes nothing that a reader sees, and so asks for no permit.
///
/// # Errors
/// Database faults.
pub async fn expire_in(tx: &DatabaseTransaction, op: &Op, before: &Invitation) -> Result<Invitation, Fault> {
    debug_assert!(before.expires_at <= op.now(), "it has time left");
    let mut row = before.clone().into_active_model();
    row.status = Set(InvitationStatus::Expired);
    row.open_key = Set(None);
    Ok(row.update(tx).await?)
}
