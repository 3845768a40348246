//! The SQL of disputes. Who may see which is asked after, by the pairs that are open now.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of disputes")]

use crate::{
    op::{Action, Fault, Op, Permit},
    overlap::{
        model::{DisputeStatus, DisputeVerdict, OverlapDispute},
        policy::RaiseDispute,
    },
    sharing::model::MappingPair,
};
use entity::{
    id::{AccountId, AccountListId, OrganizationId, OverlapDisputeId},
    overlap_dispute as dispute,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};

const HOLDING: [DisputeStatus; 2] = [DisputeStatus::Open, DisputeStatus::Agreed];

fn between(left: AccountListId, right: AccountListId) -> Condition {
    Condition::all().add(dispute::Column::LeftListId.eq(left)).add(dispute::Column::RightListId.eq(right))
}

/// The disputes that hold between the accounts of two lists.
///
/// # Errors
/// Database faults.
pub async fn list_holding(
    connection: &impl ConnectionTrait,
    left: AccountListId,
    right: AccountListId,
) -> Result<Vec<OverlapDispute>, Fault> {
    let holding = dispute::Entity::find().filter(between(left, right)).filter(dispute::Column::Status.is_in(HOLDING));
    Ok(holding.all(connection).await?)
}

/// The disputes with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_disputes_by_ids(op: &Op, ids: &[OverlapDisputeId]) -> Result<Vec<OverlapDispute>, Fault> {
    Ok(dispute::Entity::find().filter(dispute::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// Which disputes are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputesOf {
    /// Whose reader it is: it sees what it raised itself,
    pub viewer: OrganizationId,
    /// against this one.
    pub partner: OrganizationId,
    /// And all that is about these lists, the left one first: those of which it is shown overlaps now.
    pub shown: Vec<(AccountListId, AccountListId)>,
    /// In one of these states; any where it is empty.
    pub statuses: Vec<DisputeStatus>,
}

fn which(of: &DisputesOf) -> Select<dispute::Entity> {
    let (left, right) = (of.viewer.min(of.partner), of.viewer.max(of.partner));
    let raised = Condition::all()
        .add(dispute::Column::RaisedBy.eq(of.viewer))
        .add(dispute::Column::LeftId.eq(left))
        .add(dispute::Column::RightId.eq(right));
    let any = Condition::any().add(raised);
    let any = of.shown.iter().fold(any, |any, (left, right)| any.add(between(*left, *right)));
    let mut query = dispute::Entity::find().filter(any);
    if !of.statuses.is_empty() {
        query = query.filter(dispute::Column::Status.is_in(of.statuses.iter().copied()));
    }
    query
}

/// How many there are.
///
/// # Errors
/// Database faults.
pub async fn count_disputes(op: &Op, of: &DisputesOf) -> Result<u64, Fault> {
    Ok(which(of).count(op.db().read()).await?)
}

/// The newest `fetch`, behind the dispute `after` where it is given.
///
/// # Errors
/// Database faults.
pub async fn list_disputes(
    op: &Op,
    of: &DisputesOf,
    after: Option<OverlapDisputeId>,
    fetch: u64,
) -> Result<Vec<OverlapDispute>, Fault> {
    let mut query = which(of);
    if let Some(after) = after {
        query = query.filter(dispute::Column::Id.lt(after));
    }
    Ok(query.order_by_desc(dispute::Column::Id).limit(fetch).all(op.db().read()).await?)
}

/// The dispute with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_dispute_in(tx: &DatabaseTransaction, id: OverlapDisputeId) -> Result<Option<OverlapDispute>, Fault> {
    Ok(dispute::Entity::find_by_id(id).lock_exclusive().one(tx).await?)
}

/// A dispute to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDispute {
    /// The account of the left list.
    pub left: AccountId,
    /// The account of the right list.
    pub right: AccountId,
    /// What is said of them.
    pub verdict: DisputeVerdict,
    /// Why, checked.
    pub note: Option<String>,
}

/// Writes a dispute.
///
/// # Errors
/// Database faults, also where one holds about the same accounts.
pub async fn insert_dispute_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<RaiseDispute>,
    pair: &MappingPair,
    new: NewDispute,
) -> Result<OverlapDispute, Fault> {
    let row = dispute::ActiveModel {
        id: Set(op.new_id()),
        left_id: Set(pair.left_id),
        right_id: Set(pair.right_id),
        left_list_id: Set(pair.left_list_id),
        right_list_id: Set(pair.right_list_id),
        left_account_id: Set(new.left),
        right_account_id: Set(new.right),
        verdict: Set(new.verdict),
        status: Set(DisputeStatus::Open),
        raised_by: Set(permit.resource()),
        note: Set(new.note),
        answer: Set(None),
        raised_at: Set(op.now()),
        answered_at: Set(None),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    Ok(row.insert(tx).await?)
}

/// What becomes of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisputeChange {
    /// The other side agreed, or did not, with these words.
    Answer(DisputeStatus, Option<String>),
    /// It was taken back.
    Withdraw,
}

/// Changes a dispute and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn update_dispute_in<A: Action<Resource = OverlapDisputeId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &OverlapDispute,
    change: DisputeChange,
) -> Result<OverlapDispute, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another dispute");
    let mut row = before.clone().into_active_model();
    match change {
        DisputeChange::Answer(status, answer) => {
            row.status = Set(status);
            row.answer = Set(answer);
            row.answered_at = Set(Some(op.now()));
        }
        DisputeChange::Withdraw => row.status = Set(DisputeStatus::Withdrawn),
    }
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}
