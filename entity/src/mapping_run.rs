//! One comparison of the two lists of a pair: a job that any replica may take, and what came of it.

use crate::id::{MappingPairId, MappingRunId, OrganizationId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MappingRunKind {
    /// Both lists as a whole.
    Full,
    /// What changed since the run before, and what that touches.
    Changes,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MappingRunState {
    /// It waits for a replica with room.
    Queued,
    /// A replica works on it; one whose lease is over has died, and another one begins anew.
    Running,
    /// What it found is what readers see.
    Done,
    /// It broke off; another one is made a little later.
    Failed,
    /// Somebody stopped it, or the lists are no longer compared.
    Canceled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mapping_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MappingRunId,
    pub pair_id: MappingPairId,
    /// The organizations whose lists are compared, as the pair has them.
    pub left_id: OrganizationId,
    pub right_id: OrganizationId,
    /// Counts the runs of the pair, from 1.
    pub number: i64,
    pub kind: MappingRunKind,
    pub state: MappingRunState,
    /// 0 to 100.
    pub percent: i32,
    /// Accounts of the left list that were read so far.
    pub left_rows: i64,
    /// Accounts of the right list that were read so far.
    pub right_rows: i64,
    /// Overlaps that it found and that were not seen before.
    pub found: i64,
    /// Overlaps that it found no more.
    pub lost: i64,
    /// Why it failed: a code.
    pub problem: Option<String>,
    pub requested_at: DateTimeUtc,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    /// Who works on it.
    pub lease_holder: Option<Uuid>,
    /// Until when; whoever holds it and crashes lets go by that.
    pub lease_until: Option<DateTimeUtc>,
    /// Whether somebody asked the replica that works on it to stop.
    pub cancel_requested: bool,
}

impl ActiveModelBehavior for ActiveModel {}
