//! One normalized word (or pair of characters) of a text that can be searched for.

use crate::value::SearchSubject;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_kind: SearchSubject,
    /// Compared bytewise on both databases.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
