//! Something of a row that only one row should have: a website, a name.

use crate::id::ImportRunId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_labels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: ImportRunId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub kind: String,
    /// What is compared.
    pub label: String,
    /// What the source has.
    pub shown: String,
    /// The place of the file among the files of the run.
    pub file: i64,
    pub line: i64,
}

impl ActiveModelBehavior for ActiveModel {}
