//! A stretch of days in which an organization is a member with one tier: worked out from the facts, so that "who was Gold
//! on day D" is `starts_on <= D AND ends_on > D`. The periods of a membership never overlap.

use crate::id::{MembershipId, OrganizationId, ProgramId, TierId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership_periods")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub membership_id: MembershipId,
    /// The first day.
    #[sea_orm(primary_key, auto_increment = false)]
    pub starts_on: Date,
    /// The first day after it; 9999-12-31 where no end is known.
    pub ends_on: Date,
    pub program_id: ProgramId,
    /// The member.
    pub organization_id: OrganizationId,
    pub tier_id: Option<TierId>,
}

impl ActiveModelBehavior for ActiveModel {}
