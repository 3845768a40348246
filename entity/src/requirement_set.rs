//! One version of what a tier requires. The set in force on a day is the highest version whose day has come.

use crate::id::TierId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requirement_sets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tier_id: TierId,
    /// From 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// The first day on which it counts.
    pub effective_from: Date,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
