//! "That category is above this one": every pair of the tree, each category with itself included, so that a filter by a
//! category finds its descendants with one join.

use crate::id::CategoryId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category_ancestors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub category_id: CategoryId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ancestor_id: CategoryId,
}

impl ActiveModelBehavior for ActiveModel {}
