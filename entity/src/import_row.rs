//! A row that a run has taken: what it is called in its source, what it is here, where it was read.

use crate::id::ImportRunId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: ImportRunId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The external id, after its source and a colon.
    #[sea_orm(primary_key, auto_increment = false)]
    pub external_key: String,
    /// The place among all that the run staged.
    pub seq: i64,
    pub object_id: Uuid,
    /// The place of the file among the files of the run.
    pub file: i64,
    pub line: i64,
}

impl ActiveModelBehavior for ActiveModel {}
