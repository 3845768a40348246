//! A party of a partnership.

use crate::id::{OrganizationId, PartnershipId, PersonId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_parties")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: PartnershipId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    /// The partner manager of this side.
    pub manager_person_id: Option<PersonId>,
    /// The executive sponsor of this side.
    pub sponsor_person_id: Option<PersonId>,
    /// Whether this side wants the partnership to be public; it is when all present sides do.
    pub listed: bool,
    pub joined_at: DateTimeUtc,
    pub left_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
