//! Two accounts of the lists of a pair that are taken for the same company, as it was from one run to another.
//!
//! A reader sees the row where `since_run` is at most the run of the pair's result and `until_run` is null or beyond it.
//! So a run is laid out ahead, unseen, and shown as a whole by one update of the result.

use crate::id::{AccountId, MappingPairId, OrganizationId, OverlapId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How sure it is, in ascending order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MatchConfidence {
    /// More likely than not.
    Possible,
    /// Worth acting upon.
    Likely,
    /// Fewer than one of a hundred is wrong.
    Certain,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "overlaps")]
pub struct Model {
    /// The same as long as the two accounts match, through all runs.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OverlapId,
    /// The first run that has this row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub since_run: i64,
    /// The first run that no longer has it.
    pub until_run: Option<i64>,
    pub pair_id: MappingPairId,
    /// The organizations that own the lists, as the pair has them.
    pub left_id: OrganizationId,
    pub right_id: OrganizationId,
    pub left_account_id: AccountId,
    pub right_account_id: AccountId,
    /// What the engine says, 0.5 to 1; none where only a dispute says that they are the same.
    pub matched: Option<f64>,
    /// What readers see, 0.5 to 1.
    pub score: f64,
    pub confidence: MatchConfidence,
    /// A set of reasons, one bit each.
    pub reasons: i64,
    /// Whether a dispute says that they are not the same: then nobody sees it.
    pub hidden: bool,
    /// When the two accounts were first found to match.
    pub found_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
