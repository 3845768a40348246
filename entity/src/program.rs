//! A program that an organization runs for its partners.

use crate::{
    id::{OrganizationId, ProgramId},
    value::PartnerTypes,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The lifecycle of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProgramStatus {
    /// Being written; only the host sees it.
    Draft,
    /// Public; takes members.
    Published,
    /// Over: the host and its members still read it, and it takes nobody.
    Retired,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgramId,
    /// The host.
    pub organization_id: OrganizationId,
    /// Unique in the installation; lower-case letters, digits and hyphens, 1 to 80.
    #[sea_orm(unique)]
    pub slug: String,
    /// 1 to 200 characters.
    pub name: String,
    /// What the name sorts by; compared bytewise.
    pub sort_name: String,
    /// At most 4,000 characters.
    pub description: Option<String>,
    pub status: ProgramStatus,
    /// The kinds of partners that it is for; empty where it is for all.
    pub types: PartnerTypes,
    /// Whether a change of a member's public profile waits for a moderator of the installation.
    pub moderates_profiles: bool,
    /// Days before a lower tier counts, 0 to 365.
    pub grace_days: i32,
    /// Days that must pass after a rejection before the same organization may apply again, 0 to 365.
    pub reapply_days: i32,
    /// The first day on which it takes members.
    pub starts_on: Option<Date>,
    /// The day from which it takes no members any more.
    pub ends_on: Option<Date>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
