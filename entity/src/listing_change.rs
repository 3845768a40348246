//! An edit of a published listing that waits for the operator, or waited. At most one of a listing is pending.

use crate::{
    id::{ListingChangeId, ListingId},
    value::ChangeStatus,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "listing_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ListingChangeId,
    pub listing_id: ListingId,
    pub status: ChangeStatus,
    /// What would change, as `marketplace::model::ListingPatch` writes it.
    #[sea_orm(column_type = "JsonBinary")]
    pub proposal: Json,
    pub submitted_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
    /// Why it was rejected.
    pub reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
