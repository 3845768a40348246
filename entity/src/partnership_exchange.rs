//! A fact of a technology partnership: what goes from which party to which.

use crate::id::{OrganizationId, PartnershipId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExchangeKind {
    /// Records.
    Data,
    /// Steps of a process.
    Workflow,
    /// A signal that starts something.
    Trigger,
    /// Facts that are added to records.
    Enrichment,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_exchanges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: PartnershipId,
    /// From 0, in the order in which the parties gave them.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub what: ExchangeKind,
    pub from_organization_id: OrganizationId,
    pub to_organization_id: OrganizationId,
    /// At most 500 characters.
    pub description: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
