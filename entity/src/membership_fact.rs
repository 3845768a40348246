//! Something that happened to a membership on a day. Facts are added and never changed.

use crate::id::{MembershipFactId, MembershipId, TierId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactKind {
    /// Was a member when the record starts.
    Listed,
    /// Became a member.
    Joined,
    /// Is no longer a member.
    Left,
    /// Has another tier.
    TierChanged,
    /// Is set aside.
    Suspended,
    /// Is a member again.
    Reinstated,
    /// A source says that this is how things stand on that day.
    Snapshot,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership_facts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipFactId,
    pub membership_id: MembershipId,
    /// The first day on which it counts.
    pub effective_on: Date,
    /// Orders the facts of one day; unique in the membership, ascending in the order of recording.
    pub sequence: i32,
    pub kind: FactKind,
    /// The tier before, where the source says so.
    pub from_tier_id: Option<TierId>,
    /// The tier from that day on.
    pub tier_id: Option<TierId>,
    /// Who says so: `host`, `member`, `clock`, `import:events`, `import:snapshot`.
    pub source: String,
    pub recorded_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
