//! An account that the running import of a list has met and leaves as it is. Kept only while the import runs: in the
//! end it tells which accounts of the list the file no longer has.

use crate::id::{AccountId, AccountListId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_list_seen")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub list_id: AccountListId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
}

impl ActiveModelBehavior for ActiveModel {}
