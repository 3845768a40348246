//! A person at a customer. The only table that holds such a person's data: whatever else tells of a contact names the id.

use crate::id::{ContactId, LeadId, OpportunityId, OrganizationId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    /// Who entered it, and answers for it.
    pub organization_id: OrganizationId,
    /// The lead that it belongs to, if any.
    pub lead_id: Option<LeadId>,
    /// The opportunity that it belongs to, if any.
    pub opportunity_id: Option<OpportunityId>,
    pub name: Option<String>,
    /// The position in the company; without the name it tells of nobody in particular.
    pub title: Option<String>,
    /// Lower case.
    pub email: Option<String>,
    /// As ITU-T E.164 writes it: `+` and digits.
    pub phone: Option<String>,
    /// Whether the person agreed that the data are handed on.
    pub may_be_shared: bool,
    /// Whether the person agreed to be written to or called.
    pub may_be_contacted: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// When the person's data were erased; the row stays as a tombstone.
    pub erased_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
