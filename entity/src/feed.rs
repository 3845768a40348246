//! The feed of one organization: how far it goes, and from where it is still kept.

use crate::id::OrganizationId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feeds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    /// The number of the newest alert; the first one has 1. Raised under the row's lock, so the numbers have no gap and
    /// their order is the order of the commits.
    pub seq: i64,
    /// The number of the newest alert that is no longer kept; 0 where all are.
    pub trimmed: i64,
}

impl ActiveModelBehavior for ActiveModel {}
