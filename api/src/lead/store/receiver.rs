//! The SQL of the receivers of leads.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of the receivers of leads")]

use crate::{
    lead::model::{Lead, LeadDeclineReason, LeadSkipReason, LeadStepState, Step},
    op::{Action, Fault, Op, Permit},
};
use chrono::{DateTime, Utc};
use entity::{
    id::{LeadId, OrganizationId},
    lead, lead_step as step,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};

/// The receivers of these leads in their order: all of those that the actor's organization sent; of others, only itself.
///
/// # Errors
/// Database faults.
pub async fn list_steps(op: &Op, ids: &[LeadId]) -> Result<Vec<Step>, Fault> {
    let Some(own) = op.actor.organization() else { return Ok(Vec::new()) };
    let own_leads = lead::Entity::find()
        .select_only()
        .column(lead::Column::Id)
        .filter(lead::Column::OrganizationId.eq(own))
        .filter(lead::Column::Id.is_in(ids.iter().copied()))
        .into_query();
    let itself = Condition::all()
        .add(step::Column::OrganizationId.eq(own))
        .add(step::Column::State.is_not_in([LeadStepState::Waiting, LeadStepState::Skipped]));
    Ok(step::Entity::find()
        .filter(step::Column::LeadId.is_in(ids.iter().copied()))
        .filter(Condition::any().add(itself).add(step::Column::LeadId.in_subquery(own_leads)))
        .order_by_asc(step::Column::LeadId)
        .order_by_asc(step::Column::Position)
        .all(op.db().read())
        .await?)
}

/// All receivers of a lead in their order.
///
/// # Errors
/// Database faults.
pub async fn list_steps_in(tx: &DatabaseTransaction, id: LeadId) -> Result<Vec<Step>, Fault> {
    let rows = step::Entity::find().filter(step::Column::LeadId.eq(id));
    Ok(rows.order_by_asc(step::Column::Position).all(tx).await?)
}

/// A receiver to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewStep {
    /// The receiver.
    pub organization: OrganizationId,
    /// By when it answers; none for one that waits for its turn.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Writes the receivers of a lead, in their order.
///
/// # Errors
/// Database faults.
pub async fn insert_steps_in<A: Action<Resource = LeadId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    steps: &[NewStep],
) -> Result<Vec<Step>, Fault> {
    let rows: Vec<Step> = (0..)
        .zip(steps)
        .map(|(position, new)| Step {
            lead_id: permit.resource(),
            position,
            organization_id: new.organization,
            state: if new.expires_at.is_some() { LeadStepState::Sent } else { LeadStepState::Waiting },
            sent_at: op.now(),
            expires_at: new.expires_at,
            answered_at: None,
            decline_reason: None,
            comment: None,
            skip_reason: None,
        })
        .collect();
    let written = rows.iter().cloned().map(IntoActiveModel::into_active_model);
    step::Entity::insert_many(written).exec_without_returning(tx).await?;
    Ok(rows)
}

/// What becomes of a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepChange {
    /// It is asked now, until then.
    Ask(DateTime<Utc>),
    /// It came to this state.
    Reach(LeadStepState),
    /// It said no.
    Decline(LeadDeclineReason, Option<String>),
    /// It is passed over.
    Skip(LeadSkipReason),
}

/// Changes a receiver's place.
///
/// # Errors
/// Database faults.
pub async fn update_step_in<A: Action<Resource = LeadId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Step,
    change: StepChange,
) -> Result<Step, Fault> {
    debug_assert_eq!(permit.resource(), before.lead_id, "the permit is for another lead");
    let mut row = before.clone().into_active_model();
    match change {
        StepChange::Ask(expires_at) => {
            row.state = Set(LeadStepState::Sent);
            row.sent_at = Set(op.now());
            row.expires_at = Set(Some(expires_at));
        }
        StepChange::Reach(state) => {
            row.state = Set(state);
            // When it was converted is said by the opportunity.
            if before.answered_at.is_none() {
                row.answered_at = Set(Some(op.now()));
            }
        }
        StepChange::Decline(reason, comment) => {
            row.state = Set(LeadStepState::Declined);
            row.answered_at = Set(Some(op.now()));
            row.decline_reason = Set(Some(reason));
            row.comment = Set(comment);
        }
        StepChange::Skip(reason) => {
            row.state = Set(LeadStepState::Skipped);
            row.skip_reason = Set(Some(reason));
        }
    }
    Ok(row.update(tx).await?)
}

/// Writes of all receivers that wait for their turn that they are not needed.
///
/// # Errors
/// Database faults.
pub async fn skip_waiting_in<A: Action<Resource = LeadId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
    before: &Lead,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another lead");
    if before.waiting == 0 {
        return Ok(());
    }
    step::Entity::update_many()
        .col_expr(step::Column::State, Expr::value(LeadStepState::Skipped))
        .col_expr(step::Column::SkipReason, Expr::value(LeadSkipReason::NotNeeded))
        .filter(step::Column::LeadId.eq(before.id))
        .filter(step::Column::State.eq(LeadStepState::Waiting))
        .exec(tx)
        .await?;
    Ok(())
}
