//! A change of a profile that waits for moderation, or waited.

use crate::{
    id::{OrganizationId, ProfileChangeId},
    value::ChangeStatus,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProfileChangeId,
    pub organization_id: OrganizationId,
    pub status: ChangeStatus,
    /// The whole profile as it would be.
    #[sea_orm(column_type = "JsonBinary")]
    pub proposal: Json,
    pub submitted_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
    /// Why it was rejected.
    pub reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
