//! A listing that an opportunity is about: one end, or both ends of an integration.

use crate::id::{ListingId, OpportunityId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_listings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    /// From 0, in the order in which the owner gave them.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub listing_id: ListingId,
    /// The other end of the integration that is sold.
    pub integrates_with_id: Option<ListingId>,
}

impl ActiveModelBehavior for ActiveModel {}
