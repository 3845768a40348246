//! Which membership the events that a source gives under one key are the history of.

use crate::id::{MembershipId, ProgramId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_streams")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub program_id: ProgramId,
    /// As in [`crate::import_key`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    #[sea_orm(unique)]
    pub membership_id: MembershipId,
}

impl ActiveModelBehavior for ActiveModel {}
