//! Two account lists that may be compared: the row is there while both sides show each other something, and no longer.

use crate::id::{AccountListId, MappingPairId, OrganizationId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mapping_pairs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MappingPairId,
    /// With an offline partner: the list of the organization's own accounts.
    pub left_list_id: AccountListId,
    /// With an offline partner: the list of the partner's accounts.
    pub right_list_id: AccountListId,
    /// The organization that owns the left list; never greater than `right_id`.
    pub left_id: OrganizationId,
    /// The organization that owns the right list; the same as `left_id` with an offline partner.
    pub right_id: OrganizationId,
    pub opened_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
