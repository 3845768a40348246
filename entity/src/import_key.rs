//! A key by which a source names an organization in its history: a key proper, or a name where it has none.

use crate::id::OrganizationId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// `KEY` or `NAME`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The key as written, or the sort key of the name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    pub organization_id: OrganizationId,
}

impl ActiveModelBehavior for ActiveModel {}
