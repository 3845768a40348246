//! What one side of an opportunity wrote to do next, the last 50 of each side.

use crate::id::{NextStepId, OpportunityId, OrganizationId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_next_steps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NextStepId,
    pub opportunity_id: OpportunityId,
    pub organization_id: OrganizationId,
    /// 1 to 255 characters.
    pub text: String,
    pub written_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
