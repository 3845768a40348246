//! A file on its way into an account list. At most one runs for a list.

use crate::id::{AccountListId, AccountListImportId, OrganizationId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What becomes of accounts that the file does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountImportMode {
    /// They go: the list is what the file says.
    Replace,
    /// They stay.
    Merge,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountImportState {
    /// It lays out the next version, which nobody sees; a run whose lease is over has died, and counts as failed.
    Running,
    /// Its version was shown.
    Applied,
    /// A dry run came to its end, and what it laid out was taken back.
    Checked,
    /// It broke off, and what it laid out was taken back.
    Failed,
    /// The list was deleted meanwhile.
    Canceled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_list_imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountListImportId,
    pub list_id: AccountListId,
    /// Who manages the list.
    pub organization_id: OrganizationId,
    pub mode: AccountImportMode,
    pub dry_run: bool,
    pub state: AccountImportState,
    /// The version that it lays out; of an applied one the version that was shown.
    pub version: i64,
    /// Rows read so far.
    pub read: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub removed: i64,
    pub rejected: i64,
    /// Bytes of the file read so far.
    pub bytes_read: i64,
    /// Bytes of the whole file, where they were told.
    pub bytes_total: Option<i64>,
    pub started_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    /// Until when the one that writes it is taken to be alive; set while it runs.
    pub lease_until: Option<DateTimeUtc>,
    /// Why it failed: a code.
    pub problem: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
