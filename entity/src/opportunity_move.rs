//! A move of one side of an opportunity to another stage. Never changed, never removed.

use super::opportunity::LossReason;
use crate::{
    id::{OpportunityId, OpportunityMoveId, OrganizationId},
    value::OpportunityStage,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_moves")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpportunityMoveId,
    pub opportunity_id: OpportunityId,
    /// The side that moved.
    pub organization_id: OrganizationId,
    /// Where it stood; none where it began.
    pub from_stage: Option<OpportunityStage>,
    pub to_stage: OpportunityStage,
    pub loss_reason: Option<LossReason>,
    /// `person`, `key`, `operator` or `system`.
    pub actor_kind: String,
    /// The person or key.
    pub actor_id: Option<Uuid>,
    pub moved_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
