//! A category of the marketplace. The tree is held twice: by parent, and as all pairs in [`crate::category_ancestor`].

use crate::id::CategoryId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "categories")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CategoryId,
    /// None for a category at the top.
    pub parent_id: Option<CategoryId>,
    /// The slugs of its names from the top, joined by hyphens when it was made; unique, never changed.
    #[sea_orm(unique)]
    pub slug: String,
    /// Display name, 1 to 80 characters.
    pub name: String,
    /// What the name sorts by, bytewise.
    pub sort_name: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
