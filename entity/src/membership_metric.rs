//! A measured value of a membership on a day, by which requirements are judged.

use crate::{id::MembershipId, requirement::Metric};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership_metrics")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub membership_id: MembershipId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: Metric,
    /// The currency of revenue, the folded name of a custom metric, else empty.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The day that the value is of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub as_of: Date,
    /// Ten-thousandths.
    pub value: i64,
    pub recorded_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
