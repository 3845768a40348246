//! The SQL of invitations.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of invitations")]

use super::write::unless_there;
use crate::{
    db::{self, Direction},
    op::{Action, Fault, Op, Outcome, Permit},
    page::{Page, Slice},
    partnership::{
        model::{Facts, Invitation, InvitationStatus, PartnershipDeclineReason},
        policy::InvitePartner,
    },
};
use chrono::{DateTime, Utc};
use entity::{
    id::{OrganizationId, PartnershipId, PartnershipInvitationId},
    partnership_invitation as invitation,
    value::Role,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QuerySelect, Select, sea_query::Expr,
};

/// The invitations that the actor may see: those that its organization sent or received, and all for the operator.
fn visible(op: &Op) -> Select<invitation::Entity> {
    let query = invitation::Entity::find();
    if op.actor.operates(Role::Viewer) {
        return query;
    }
    match op.actor.organization() {
        // Whoever acts for no organization finds nothing.
        None => query.filter(Expr::val(false)),
        Some(own) => query.filter(
            Condition::any()
                .add(invitation::Column::FromOrganizationId.eq(own))
                .add(invitation::Column::ToOrganizationId.eq(own)),
        ),
    }
}

/// Whether invitations are wanted that the organization sent or that it received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvitationDirection {
    /// It invited.
    Sent,
    /// It was invited.
    Received,
}

/// The position of an invitation in a list: expiry and id.
pub type InvitationPosition = (DateTime<Utc>, PartnershipInvitationId);

fn of(
    organization: OrganizationId,
    direction: InvitationDirection,
    status: Option<InvitationStatus>,
    now: DateTime<Utc>,
) -> Select<invitation::Entity> {
    let side = match direction {
        InvitationDirection::Sent => invitation::Column::FromOrganizationId,
        InvitationDirection::Received => invitation::Column::ToOrganizationId,
    };
    let query = invitation::Entity::find().filter(side.eq(organization));
    let pending = invitation::Column::Status.eq(InvitationStatus::Pending);
    match status {
        None => query,
        Some(InvitationStatus::Pending) => query.filter(pending).filter(invitation::Column::ExpiresAt.gt(now)),
        Some(InvitationStatus::Expired) => query.filter(
            Condition::any()
                .add(invitation::Column::Status.eq(InvitationStatus::Expired))
                .add(Condition::all().add(pending).add(invitation::Column::ExpiresAt.lte(now))),
        ),
        Some(answered) => query.filter(invitation::Column::Status.eq(answered)),
    }
}

/// Those behind a position, soonest expiry first.
fn behind(mut query: Select<invitation::Entity>, after: Option<InvitationPosition>) -> Select<invitation::Entity> {
    let keys = [
        Expr::col((invitation::Entity, invitation::Column::ExpiresAt)),
        Expr::col((invitation::Entity, invitation::Column::Id)),
    ];
    if let Some((expires_at, id)) = after {
        query = query.filter(db::after(&keys, vec![expires_at.into(), id.into()], Direction::Ascending));
    }
    db::order_by(query, &keys, Direction::Ascending)
}

/// A page of the invitations of the actor's own organization, soonest expiry first.
///
/// # Errors
/// Database faults.
pub async fn list_invitations(
    op: &Op,
    own: OrganizationId,
    direction: InvitationDirection,
    status: Option<InvitationStatus>,
    page: &Page<InvitationPosition>,
) -> Result<Slice<Invitation, InvitationPosition>, Fault> {
    let query = behind(of(own, direction, status, op.now()), page.after);
    let rows = query.limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| (row.expires_at, row.id)))
}

/// How many invitations [`list_invitations`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_invitations(
    op: &Op,
    own: OrganizationId,
    direction: InvitationDirection,
    status: Option<InvitationStatus>,
) -> Result<u64, Fault> {
    Ok(of(own, direction, status, op.now()).count(op.db().read()).await?)
}

/// At most `limit` invitations that wait for the answer of the actor's own organization behind a position, soonest expiry
/// first.
///
/// # Errors
/// Database faults.
pub async fn list_waiting(
    op: &Op,
    own: OrganizationId,
    after: Option<InvitationPosition>,
    limit: u64,
) -> Result<Vec<Invitation>, Fault> {
    let waiting = of(own, InvitationDirection::Received, Some(InvitationStatus::Pending), op.now());
    Ok(behind(waiting, after).limit(limit).all(op.db().read()).await?)
}

/// The visible invitations with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_invitations_by_ids(op: &Op, ids: &[PartnershipInvitationId]) -> Result<Vec<Invitation>, Fault> {
    Ok(visible(op).filter(invitation::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible invitation with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_invitation_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: PartnershipInvitationId,
) -> Result<Option<Invitation>, Fault> {
    Ok(visible(op).filter(invitation::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The open invitation that holds `key`.
///
/// # Errors
/// Database faults.
pub async fn find_open_in(tx: &DatabaseTransaction, key: &str) -> Result<Option<Invitation>, Fault> {
    Ok(invitation::Entity::find().filter(invitation::Column::OpenKey.eq(key)).one(tx).await?)
}

/// How many invitations of this organization are open.
///
/// # Errors
/// Database faults.
pub async fn count_open_in(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<u64, Fault> {
    let open = of(organization, InvitationDirection::Sent, Some(InvitationStatus::Pending), now);
    Ok(open.count(tx).await?)
}

/// An invitation to be written.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Its id.
    pub id: PartnershipInvitationId,
    /// Whom it is sent to.
    pub to: OrganizationId,
    /// The partnership that it leads into, where that is there already.
    pub partnership: Option<PartnershipId>,
    /// The facts.
    pub facts: Facts,
    /// The message.
    pub message: String,
    /// Until when it is open.
    pub expires_at: DateTime<Utc>,
    /// What may be there once only while it is open.
    pub open_key: String,
}

/// Writes an invitation.
///
/// # Errors
/// `ALREADY_EXISTS` where another one came first; database faults.
pub async fn insert_invitation_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<InvitePartner>,
    new: NewInvitation,
) -> Outcome<Invitation> {
    let row = invitation::ActiveModel {
        id: Set(new.id),
        from_organization_id: Set(permit.resource()),
        to_organization_id: Set(new.to),
        partnership_id: Set(new.partnership),
        joins: Set(new.partnership.is_some()),
        types: Set(new.facts.types),
        message: Set(new.message),
        facts: Set(serde_json::to_value(&new.facts).map_err(Fault::internal)?),
        status: Set(InvitationStatus::Pending),
        open_key: Set(Some(new.open_key)),
        expires_at: Set(new.expires_at),
        created_at: Set(op.now()),
        answered_at: Set(None),
        decline_reason: Set(None),
        comment: Set(None),
    };
    let message = "There is an open invitation between the two already.";
    row.insert(tx).await.map_err(|error| unless_there(error, "input.organization", message))
}

/// What became of an invitation.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The new state.
    pub status: InvitationStatus,
    /// The partnership that it led to.
    pub partnership: Option<PartnershipId>,
    /// Why it was declined.
    pub reason: Option<PartnershipDeclineReason>,
    /// In words.
    pub comment: Option<String>,
}

/// Closes an invitation.
///
/// # Errors
/// Database faults.
pub async fn close_invitation_in<A: Action<Resource = PartnershipInvitationId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Invitation,
    answer: Answer,
) -> Result<Invitation, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another invitation");
    let mut row = before.clone().into_active_model();
    row.status = Set(answer.status);
    row.open_key = Set(None);
    // Nobody answered what expired.
    row.answered_at = Set((answer.status != InvitationStatus::Expired).then(|| op.now()));
    row.partnership_id = Set(answer.partnership.or(before.partnership_id));
    row.decline_reason = Set(answer.reason);
    row.comment = Set(answer.comment);
    Ok(row.update(tx).await?)
}
