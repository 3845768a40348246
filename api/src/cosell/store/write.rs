//! Writes of an opportunity's own row. Each raises its revision.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that writes opportunities")]

use crate::{
    cosell::{
        model::{Opportunity, ReviewStatus},
        policy::{CreateOpportunity, SubmitOpportunity},
    },
    op::{Action, Fault, Op, Outcome, Permit, taken},
};
use chrono::{DateTime, Utc};
use entity::{
    id::{OpportunityId, OrganizationId, ProgramId},
    opportunity,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter,
};

/// Writes a new opportunity of the permit's organization.
///
/// # Errors
/// `TAKEN` where another of the owner's has its external id; database faults.
pub async fn insert_in(
    tx: &DatabaseTransaction,
    permit: &Permit<CreateOpportunity>,
    row: Opportunity,
) -> Outcome<Opportunity> {
    let row = Opportunity { owner_organization_id: permit.resource(), ..row };
    let row = row.into_active_model().reset_all();
    row.insert(tx).await.map_err(|error| taken(error, "input.externalId"))
}

/// Whether another opportunity of the owner's has the external id of `row`.
///
/// # Errors
/// Database faults.
pub async fn external_id_taken_in(tx: &DatabaseTransaction, row: &Opportunity) -> Result<bool, Fault> {
    let Some(external_id) = &row.external_id else { return Ok(false) };
    Ok(opportunity::Entity::find()
        .filter(opportunity::Column::OwnerOrganizationId.eq(row.owner_organization_id))
        .filter(opportunity::Column::ExternalId.eq(external_id.as_str()))
        .filter(opportunity::Column::Id.ne(row.id))
        .count(tx)
        .await?
        > 0)
}

/// Writes the content of an opportunity as it is in `after`, and raises the revision.
///
/// # Errors
/// `TAKEN` where another of the owner's has its external id; database faults.
pub async fn update_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Opportunity,
    after: Opportunity,
) -> Outcome<Opportunity> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another opportunity");
    let after = Opportunity { id: before.id, updated_at: op.now(), revision: before.revision + 1, ..after };
    let row = after.into_active_model().reset_all();
    row.update(tx).await.map_err(|error| taken(error, "input.externalId"))
}

/// Raises the revision of an opportunity, of which something was written to another table.
///
/// # Errors
/// Database faults.
pub async fn touch_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    before: &Opportunity,
) -> Result<Opportunity, Fault> {
    let mut row = before.clone().into_active_model();
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}

/// How a review goes on; `None` leaves what is there.
#[derive(Clone, Debug)]
pub struct ReviewWrite {
    /// The new state.
    pub status: ReviewStatus,
    /// The program and its host, with the first submission.
    pub program: Option<(ProgramId, OrganizationId)>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When the host decided.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// What the host said.
    pub reason: Option<String>,
    /// What the host said.
    pub comment: Option<String>,
}

/// Writes how a review goes on. What was said with the step before goes.
///
/// # Errors
/// Database faults.
pub async fn review_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Opportunity,
    review: ReviewWrite,
) -> Result<Opportunity, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another opportunity");
    let mut row = before.clone().into_active_model();
    row.review_status = Set(review.status);
    if let Some((program, host)) = review.program {
        row.program_id = Set(Some(program));
        row.host_organization_id = Set(Some(host));
    }
    if review.submitted_at.is_some() {
        row.submitted_at = Set(review.submitted_at);
    }
    row.reviewed_at = Set(review.reviewed_at);
    row.review_reason = Set(review.reason);
    row.review_comment = Set(review.comment);
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}

/// Puts an opportunity away, or takes it back.
///
/// # Errors
/// Database faults.
pub async fn archive_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<SubmitOpportunity>,
    before: &Opportunity,
    archived: bool,
) -> Result<Opportunity, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another opportunity");
    let mut row = before.clone().into_active_model();
    row.archived_at = Set(archived.then(|| op.now()));
    touch(op, &mut row, before);
    Ok(row.update(tx).await?)
}

fn touch(op: &Op, row: &mut opportunity::ActiveModel, before: &Opportunity) {
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
}
