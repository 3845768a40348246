//! A person of one side of an opportunity, named by that side. Of a confidential one, these alone see it.

use crate::id::{OpportunityId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_team")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// What the person does in it, at most 80 characters.
    pub responsibility: Option<String>,
    pub added_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
