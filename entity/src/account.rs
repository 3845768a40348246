//! An account of a list, as it was from one version of the list to another.
//!
//! A reader of the list's version V sees the row where `since <= V` and `until` is null or greater than V. So a version
//! is laid out ahead, unseen, and shown as a whole by one update of `account_list.version`.

use crate::{
    id::{AccountId, AccountListId},
    texts::Texts,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    /// The same for the same external id of a list through all versions in which it stands.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// The first version of the list that has this row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub since: i64,
    /// The first version that no longer has it.
    pub until: Option<i64>,
    pub list_id: AccountListId,
    /// The id in the CRM, 1 to 200 characters; unique in a version. Worked out where the client gave none.
    pub external_id: String,
    /// 1 to 200 characters.
    pub name: String,
    /// The sort key of the name.
    pub name_key: String,
    /// As it was given, at most 500 characters.
    pub website: Option<String>,
    /// The registrable domain of the website, else of the e-mail domain.
    pub domain: Option<String>,
    /// The host behind the at sign, at most 253 characters.
    pub email_domain: Option<String>,
    /// Nine digits.
    pub duns: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// A label such as a team's name, at most 200 characters.
    pub owner: Option<String>,
    /// At most 100 characters.
    pub stage: Option<String>,
    /// In minor units of the currency; both or neither.
    pub amount_minor: Option<i64>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// At most 20 further fields: names of at most 100, texts of at most 500 characters.
    #[sea_orm(column_type = "JsonBinary")]
    pub custom: Option<Texts>,
    /// What it is matched by: `matching::Keys` as bytes, which say their version themselves.
    pub keys: Vec<u8>,
    /// When the id first stood in the list without a break.
    pub added_at: DateTimeUtc,
    /// When this row was written.
    pub changed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
