//! Whose rules over overlaps are looked after, by which replica, and when again.

use crate::id::OrganizationId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "qualification_turns")]
pub struct Model {
    /// The organization whose rules they are; there from its first rule on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    /// When they are looked after at the latest, whether or not a run was shown.
    pub look_at: DateTimeUtc,
    /// Who looks after them now.
    pub lease_holder: Option<Uuid>,
    /// Until when; whoever holds it and crashes lets go by that. Without a holder: the rest after a failure.
    pub lease_until: Option<DateTimeUtc>,
    /// Turns that failed, one after the other, since the last that did not.
    pub failures: i32,
}

impl ActiveModelBehavior for ActiveModel {}
