//! An organization that finds a limited listing, and keeps seeing a restricted one.

use crate::id::{ListingId, OrganizationId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "listing_audience")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_id: ListingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
}

impl ActiveModelBehavior for ActiveModel {}
