//! "This listing integrates with that one", or with something that is only a name so far.

use crate::id::{IntegrationId, ListingId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "integrations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IntegrationId,
    pub listing_id: ListingId,
    /// The other listing; none where it is only a name so far.
    pub target_id: Option<ListingId>,
    /// The other end as the listing's owners wrote it, 1 to 200 characters.
    pub target_name: String,
    /// The sort key of that name: what the list sorts by and what finds a listing of that name.
    pub target_key: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
