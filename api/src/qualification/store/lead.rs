//! The SQL of what was qualified.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of qualified leads")]

use crate::{
    op::{Action, Fault, Op, Permit},
    page::{Page, Slice},
    qualification::{
        model::{Found, QualifiedLead, QualifiedLeadDismissReason, QualifiedLeadStatus, Rule},
        policy::ApplyRules,
    },
};
use entity::{
    id::{LeadId, OpportunityId, OrganizationId, QualificationRuleId, QualifiedLeadId},
    qualified_lead as lead,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};

/// Which qualified leads are wanted: those that all given parts agree on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadFilter {
    /// In one of these states; in any where there is none.
    pub statuses: Vec<QualifiedLeadStatus>,
    /// Because of this partner.
    pub partner: Option<OrganizationId>,
    /// By this rule.
    pub rule: Option<QualificationRuleId>,
}

/// What the actor may see: what its own organization's rules qualified.
fn visible(op: &Op) -> Select<lead::Entity> {
    match op.actor.organization() {
        // Whoever acts for no organization finds nothing.
        None => lead::Entity::find().filter(Expr::val(false)),
        Some(own) => lead::Entity::find().filter(lead::Column::OrganizationId.eq(own)),
    }
}

fn wanted(op: &Op, filter: &LeadFilter) -> Select<lead::Entity> {
    let mut query = visible(op);
    if !filter.statuses.is_empty() {
        query = query.filter(lead::Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(partner) = filter.partner {
        query = query.filter(lead::Column::PartnerId.eq(partner));
    }
    if let Some(rule) = filter.rule {
        query = query.filter(lead::Column::RuleId.eq(rule));
    }
    query
}

/// A page of what fits `filter`, newest first.
///
/// # Errors
/// Database faults.
pub async fn list_leads(
    op: &Op,
    filter: &LeadFilter,
    page: &Page<QualifiedLeadId>,
) -> Result<Slice<QualifiedLead, QualifiedLeadId>, Fault> {
    let mut query = wanted(op, filter);
    if let Some(after) = page.after {
        query = query.filter(lead::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(lead::Column::Id).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many [`list_leads`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_leads(op: &Op, filter: &LeadFilter) -> Result<u64, Fault> {
    Ok(wanted(op, filter).count(op.db().read()).await?)
}

/// The visible ones with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_leads_by_ids(op: &Op, ids: &[QualifiedLeadId]) -> Result<Vec<QualifiedLead>, Fault> {
    Ok(visible(op).filter(lead::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible one with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_lead_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: QualifiedLeadId,
) -> Result<Option<QualifiedLead>, Fault> {
    Ok(visible(op).filter(lead::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// How many of what a rule qualified wait for a decision.
///
/// # Errors
/// Database faults.
pub async fn count_waiting_in(
    tx: &DatabaseTransaction,
    _: &Permit<ApplyRules>,
    rule: QualificationRuleId,
) -> Result<u64, Fault> {
    let waiting = lead::Column::Status.eq(QualifiedLeadStatus::New);
    Ok(lead::Entity::find().filter(lead::Column::RuleId.eq(rule)).filter(waiting).count(tx).await?)
}

/// Writes what a rule found with a partner, and gives the ids of what is new: an account that it found before with the same
/// partner is left as it is.
///
/// # Errors
/// Database faults.
pub async fn insert_found_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ApplyRules>,
    rule: &Rule,
    partner: OrganizationId,
    found: Vec<Found>,
) -> Result<Vec<QualifiedLeadId>, Fault> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<QualifiedLeadId> = found.iter().map(|_| op.new_id()).collect();
    let rows = ids.iter().zip(found).map(|(id, found)| lead::ActiveModel {
        id: Set(*id),
        organization_id: Set(permit.resource()),
        rule_id: Set(rule.id),
        rule_name: Set(rule.name.clone()),
        partner_id: Set(partner),
        account_id: Set(found.account),
        account_name: Set(found.account_name),
        own_list_id: Set(found.own_list.0),
        own_kind: Set(found.own_list.1),
        partner_list_id: Set(found.partner_list.0),
        partner_kind: Set(found.partner_list.1),
        overlap_id: Set(found.overlap),
        confidence: Set(found.confidence),
        score: Set(found.score),
        reasons: Set(found.reasons),
        by_mail: Set(found.by_mail),
        found_at: Set(found.found_at),
        status: Set(QualifiedLeadStatus::New),
        dismiss_reason: Set(None),
        comment: Set(None),
        lead_id: Set(None),
        opportunity_id: Set(None),
        created_at: Set(op.now()),
        decided_at: Set(None),
        updated_at: Set(op.now()),
        revision: Set(1),
    });
    lead::Entity::insert_many(rows)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    // Which of them were new is known by the ids that are there.
    Ok(lead::Entity::find()
        .select_only()
        .column(lead::Column::Id)
        .filter(lead::Column::Id.is_in(ids))
        .into_tuple()
        .all(tx)
        .await?)
}

/// What becomes of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeadChange {
    /// Somebody works on it.
    Accept,
    /// It is none, for this reason and with these words.
    Dismiss(QualifiedLeadDismissReason, Option<String>),
    /// It became a lead to the partner.
    Send(LeadId),
    /// It became an opportunity.
    Convert(OpportunityId),
}

/// Changes one and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn update_lead_in<A: Action<Resource = QualifiedLeadId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &QualifiedLead,
    change: LeadChange,
) -> Result<QualifiedLead, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another qualified lead");
    let mut row = before.clone().into_active_model();
    match change {
        LeadChange::Accept => row.status = Set(QualifiedLeadStatus::Accepted),
        LeadChange::Dismiss(reason, comment) => {
            row.status = Set(QualifiedLeadStatus::Dismissed);
            row.dismiss_reason = Set(Some(reason));
            row.comment = Set(comment);
        }
        LeadChange::Send(made) => {
            row.status = Set(QualifiedLeadStatus::Converted);
            row.lead_id = Set(Some(made));
        }
        LeadChange::Convert(made) => {
            row.status = Set(QualifiedLeadStatus::Converted);
            row.opportunity_id = Set(Some(made));
        }
    }
    if before.decided_at.is_none() {
        row.decided_at = Set(Some(op.now()));
    }
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}
