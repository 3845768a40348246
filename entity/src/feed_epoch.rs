//! Which life of the database the feeds belong to: one row. After a restore the numbers of the feeds are given out a
//! second time, so another epoch makes the cursors of the former life known as such.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feed_epochs")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Drawn by chance.
    pub epoch: i64,
}

impl ActiveModelBehavior for ActiveModel {}
