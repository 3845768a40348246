//! A fact of a history as a run read it, before its organization is known.

use crate::{
    id::{ImportRunId, ProgramId, TierId},
    membership_fact::FactKind,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: ImportRunId,
    /// Ascending in the order of reading.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub source: String,
    pub program_id: ProgramId,
    /// As in [`crate::import_key`].
    pub kind: String,
    pub value: String,
    /// The organization's name at that time.
    pub name: String,
    pub happened_on: Date,
    pub fact: FactKind,
    pub from_tier_id: Option<TierId>,
    pub tier_id: Option<TierId>,
    /// The place of the file among the files of the run.
    pub file: i64,
    pub line: i64,
}

impl ActiveModelBehavior for ActiveModel {}
