//! Writes of leads and their interactions.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that writes leads")]

use crate::{
    cosell::model::registrable_domain,
    lead::{
        model::{ANSWER_DAYS_DEFAULT, Content, Description, InteractionDraft, Lead, LeadStatus},
        policy::CreateLead,
    },
    op::{Action, Fault, Op, Permit},
};
use chrono::{DateTime, Utc};
use entity::{
    id::{LeadId, OpportunityId, OrganizationId},
    lead, lead_interaction as interaction,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};

/// Writes a lead that is with nobody yet, and its interactions.
///
/// # Errors
/// Database faults.
pub async fn insert_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<CreateLead>,
    id: LeadId,
    content: &Content,
) -> Result<Lead, Fault> {
    let company = content.company.clone();
    let row = lead::ActiveModel {
        id: Set(id),
        organization_id: Set(permit.resource()),
        receiver_id: Set(None),
        status: Set(LeadStatus::New),
        company_name: Set(company.name),
        company_domain: Set(company.website.as_deref().and_then(registrable_domain)),
        website: Set(company.website),
        country_code: Set(company.country_code),
        industry: Set(company.industry),
        readiness: Set(content.readiness),
        qualification: Set(content.qualification),
        answer_days: Set(ANSWER_DAYS_DEFAULT),
        expires_at: Set(None),
        waiting: Set(0),
        opportunity_id: Set(None),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    let lead = row.insert(tx).await?;
    insert_interactions_in(tx, id, &content.interactions).await?;
    Ok(lead)
}

async fn insert_interactions_in(
    tx: &DatabaseTransaction,
    id: LeadId,
    interactions: &[InteractionDraft],
) -> Result<(), Fault> {
    let rows = (0..).zip(interactions.iter().cloned()).map(|(position, draft)| interaction::ActiveModel {
        lead_id: Set(id),
        position: Set(position),
        source: Set(draft.source),
        occurred_on: Set(draft.occurred_on),
        use_case: Set(draft.use_case),
        customer_action: Set(draft.customer_action),
        business_problem: Set(draft.business_problem),
    });
    interaction::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Puts other interactions in the place of those that are there.
///
/// # Errors
/// Database faults.
pub async fn replace_interactions_in<A: Action<Resource = LeadId>>(
    tx: &DatabaseTransaction,
    permit: &Permit<A>,
    interactions: &[InteractionDraft],
) -> Result<(), Fault> {
    let id = permit.resource();
    interaction::Entity::delete_many().filter(interaction::Column::LeadId.eq(id)).exec(tx).await?;
    insert_interactions_in(tx, id, interactions).await
}

/// A change of a lead's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What it says.
    Describe(Description),
    /// It goes to a receiver, who has until then.
    Ask {
        /// The receiver.
        receiver: OrganizationId,
        /// Days that each receiver has.
        answer_days: i32,
        /// By when this one answers.
        expires_at: DateTime<Utc>,
        /// How many wait behind it.
        waiting: i32,
    },
    /// It came to this state, in which nobody's time runs and nobody waits.
    Reach(LeadStatus),
    /// It became this opportunity.
    Convert(OpportunityId),
}

/// Changes a lead and raises its revision.
///
/// # Errors
/// Database faults.
pub async fn update_in<A: Action<Resource = LeadId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    before: &Lead,
    change: Change,
) -> Result<Lead, Fault> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another lead");
    let mut row = before.clone().into_active_model();
    match change {
        Change::Describe(description) => {
            row.company_name = Set(description.company.name);
            row.company_domain = Set(description.company.website.as_deref().and_then(registrable_domain));
            row.website = Set(description.company.website);
            row.country_code = Set(description.company.country_code);
            row.industry = Set(description.company.industry);
            row.readiness = Set(description.readiness);
            row.qualification = Set(description.qualification);
        }
        Change::Ask { receiver, answer_days, expires_at, waiting } => {
            row.status = Set(LeadStatus::Sent);
            row.receiver_id = Set(Some(receiver));
            row.answer_days = Set(answer_days);
            row.expires_at = Set(Some(expires_at));
            row.waiting = Set(waiting);
        }
        Change::Reach(status) => {
            row.status = Set(status);
            row.expires_at = Set(None);
            row.waiting = Set(0);
        }
        Change::Convert(opportunity) => {
            row.status = Set(LeadStatus::Converted);
            row.opportunity_id = Set(Some(opportunity));
        }
    }
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}
