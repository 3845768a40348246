//! What came of comparing the two lists of a pair: how far they were compared, which run readers see, and the counts.

use crate::id::MappingPairId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mapping_results")]
pub struct Model {
    /// No foreign key: what is left of a pair that is no longer open is removed in batches.
    #[sea_orm(primary_key, auto_increment = false)]
    pub pair_id: MappingPairId,
    /// The version of the left list that was compared; 0 before the first run.
    pub left_version: i64,
    /// The version of the right list that was compared; 0 before the first run.
    pub right_version: i64,
    /// The run that readers see: the overlaps that begin with it or before, and do not end with it or before.
    pub run: i64,
    /// Raised by a dispute: a run that began before lays out what is stale, and begins anew.
    pub revision: i64,
    /// Overlaps that are seen.
    pub pair_count: i32,
    /// Accounts of the left list with at least one.
    pub left_count: i32,
    /// Accounts of the right list with at least one.
    pub right_count: i32,
    /// When the run that is seen was shown; none before the first one.
    pub computed_at: Option<DateTimeUtc>,
    /// With `skipped_right`: the versions that somebody stopped a run of; they are not compared by themselves.
    pub skipped_left: Option<i64>,
    pub skipped_right: Option<i64>,
    /// Runs that failed, one after the other, since the last that did not.
    pub failures: i32,
    /// After a failure: before this it is not tried again.
    pub next_attempt_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
