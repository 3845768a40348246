//! One run of an import. At most one is running; another one finds out by a unique key.
//!
//! Rows of this table are kept for good: an organization that a run laid out is there if its run is [`Applied`].
//!
//! [`Applied`]: ImportStatus::Applied

use crate::id::ImportRunId;
use sea_orm::entity::prelude::*;

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ImportStatus {
    /// Reads, compares, or applies.
    Running,
    /// Applied as a whole.
    Applied,
    /// Ended without applying anything: a fault, a refusal, or a trial.
    Dropped,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportRunId,
    pub status: ImportStatus,
    pub started_at: DateTimeUtc,
    /// When it last gave a sign of life.
    pub seen_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    /// Whether its staged rows are gone.
    pub cleaned: bool,
}

impl ActiveModelBehavior for ActiveModel {}
