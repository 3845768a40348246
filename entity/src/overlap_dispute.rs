//! The word of one of two organizations that two accounts are, or are not, the same company: against what was found.

use crate::id::{AccountId, AccountListId, OrganizationId, OverlapDisputeId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is said of two accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisputeVerdict {
    /// They are two companies.
    NotSame,
    /// They are one company.
    Same,
}

/// How far a dispute has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisputeStatus {
    /// The other organization has not answered; it holds.
    Open,
    /// The other organization agreed; it holds.
    Agreed,
    /// The other organization did not agree; it holds no longer.
    Rejected,
    /// Whoever raised it took it back.
    Withdrawn,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "overlap_disputes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OverlapDisputeId,
    /// The organizations that own the lists, as their pair has them.
    pub left_id: OrganizationId,
    pub right_id: OrganizationId,
    /// The lists: what was said is remembered when they are compared again.
    pub left_list_id: AccountListId,
    pub right_list_id: AccountListId,
    pub left_account_id: AccountId,
    pub right_account_id: AccountId,
    pub verdict: DisputeVerdict,
    pub status: DisputeStatus,
    pub raised_by: OrganizationId,
    /// At most 500 characters.
    pub note: Option<String>,
    /// At most 500 characters.
    pub answer: Option<String>,
    pub raised_at: DateTimeUtc,
    pub answered_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
