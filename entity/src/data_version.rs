//! A counter that says whether something read earlier is still what the database holds.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_versions")]
pub struct Model {
    /// For example `catalog` or `program:0192...`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
