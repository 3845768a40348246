//! An organization: the tenant of everything else.

use crate::{
    id::{ImportRunId, OrganizationId},
    value::OrganizationStatus,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizationId,
    /// Unique in the installation; lower-case letters, digits and hyphens, 1 to 80.
    #[sea_orm(unique)]
    pub slug: String,
    /// Display name, 1 to 200 characters.
    pub name: String,
    /// What the name sorts by: NFKD, accents off, lower case; compared bytewise.
    pub sort_name: String,
    /// Seat, ISO 3166-1 alpha-2.
    pub country_code: Option<String>,
    pub status: OrganizationStatus,
    /// Why it was suspended or terminated.
    pub status_reason: Option<String>,
    /// Runs this installation: its managers moderate, its administrators decide on other organizations.
    pub operator: bool,
    /// Has a public page.
    pub listed: bool,
    /// Whether changes of its profile wait for a moderator.
    pub profile_moderated: bool,
    /// The key in the source that it was imported from, unique.
    #[sea_orm(unique)]
    pub external_id: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
    /// The run of an import that laid it out: nobody sees it unless that run is applied. None for all others.
    pub import_run_id: Option<ImportRunId>,
}

impl ActiveModelBehavior for ActiveModel {}
