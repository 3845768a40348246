//! The texts of a profile in one locale.

use crate::id::OrganizationId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_texts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    /// BCP 47 tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub locale: String,
    /// At most 160 characters.
    pub headline: Option<String>,
    /// At most 2,000 characters.
    pub description: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
