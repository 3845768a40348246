//! Edits of an opportunity made while its review runs, kept until the review ends.

use crate::{
    id::{OpportunityId, OrganizationId, PendingChangeId},
    value::ChangeStatus,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PendingChangeId,
    pub opportunity_id: OpportunityId,
    /// Set while it waits, so that one opportunity has one.
    #[sea_orm(unique)]
    pub open_key: Option<OpportunityId>,
    /// The side that edited.
    pub organization_id: OrganizationId,
    /// The edits, later ones over earlier ones.
    #[sea_orm(column_type = "JsonBinary")]
    pub patch: Json,
    pub status: ChangeStatus,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub settled_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
