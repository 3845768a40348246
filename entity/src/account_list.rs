//! A list of accounts: whom an organization sells to, or wants to. Its accounts are rows of `account`.

use crate::{
    flags::Flag,
    id::{AccountListId, OrganizationId},
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What the accounts of a list are to whoever has it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountListKind {
    /// They buy already.
    Customers,
    /// A deal is open with them.
    OpenOpportunities,
    /// They may become customers.
    Prospects,
    /// Something else, as the list's name says.
    Custom,
}

impl Flag for AccountListKind {
    const ALL: &'static [Self] = &[Self::Customers, Self::OpenOpportunities, Self::Prospects, Self::Custom];
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_lists")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountListId,
    /// Who manages it.
    pub organization_id: OrganizationId,
    /// Whose accounts they are: the same organization, or an offline partner, which has no members and no keys.
    pub subject_id: OrganizationId,
    /// 1 to 100 characters; unique with the organization and the subject while the list is not deleted.
    pub name: String,
    /// The sort key of the name.
    pub name_key: String,
    pub kind: AccountListKind,
    /// What readers see: the accounts of this version. 0 while there are none.
    pub version: i64,
    /// Accounts of this version.
    pub account_count: i32,
    /// Rows whose `until` is this version or an earlier one may be gone: what changed since an earlier version can no
    /// longer be told, what changed since this one or a later one can.
    pub collected_version: i64,
    /// Rows whose `until` is this version or an earlier one are removed after `collect_after`.
    pub collect_version: i64,
    /// Set while rows wait to be removed.
    pub collect_after: Option<DateTimeUtc>,
    /// When the agreements about it were last settled; null where that is to be done: it is new, or was deleted.
    pub settled_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change, of its accounts as well.
    pub revision: i32,
    /// A deleted list is seen by nobody; its accounts are removed later.
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
