//! Whom the companies of the bundled files know, and what each shows the other of it.

use entity::{
    account_list::AccountListKind,
    sharing_rule::{AccountField, SharingLevel},
};
use rust_decimal::Decimal;
use serde::Deserialize;

/// An account list of a company, as it is today.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct ListData {
    pub(in crate::demo) owner: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) kind: AccountListKind,
    pub(in crate::demo) accounts: Vec<KnownAccount>,
}

/// An account, as its company writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct KnownAccount {
    pub(in crate::demo) id: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) website: Option<String>,
    pub(in crate::demo) country: String,
    pub(in crate::demo) owner: String,
    pub(in crate::demo) stage: Option<String>,
    pub(in crate::demo) amount: Option<DealValue>,
}

/// What an open opportunity is worth.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct DealValue {
    pub(in crate::demo) value: Decimal,
    pub(in crate::demo) currency: String,
}

/// What a company shows a partner of all its lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct SharingData {
    pub(in crate::demo) owner: String,
    pub(in crate::demo) partner: String,
    pub(in crate::demo) level: SharingLevel,
    pub(in crate::demo) fields: Vec<AccountField>,
}
