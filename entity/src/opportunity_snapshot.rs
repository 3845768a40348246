//! What was shared of an opportunity with one organization at one moment. Never changed.

use crate::id::{OpportunityId, OrganizationId, SnapshotId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a snapshot was taken for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SnapshotTrigger {
    /// An invitation was accepted.
    Accepted,
    /// The opportunity was submitted to a program.
    Submitted,
    /// What is shared changed.
    Granted,
    /// Somebody asked for it.
    Taken,
    /// What the owner says of the deal changed.
    Updated,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_snapshots")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SnapshotId,
    pub opportunity_id: OpportunityId,
    /// The organization that it was shared with.
    pub organization_id: OrganizationId,
    /// From 1 without a gap for that organization.
    pub revision: i32,
    /// The opportunity's revision then.
    pub opportunity_revision: i32,
    pub trigger: SnapshotTrigger,
    /// The template: which fields were shared, a set of `OpportunityField`.
    pub fields: i32,
    /// The values of those fields. Contacts are erased here too.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// Who took it.
    pub taken_by: OrganizationId,
    pub taken_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
