//! What a list is called, and what it is made of.

use super::{AccountListKind, LIST_NAME_MAX};
use crate::op::{Refusal, check};
use serde::Serialize;

/// A list to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewList {
    /// As it was typed in.
    pub name: String,
    /// What its accounts are.
    pub kind: AccountListKind,
    /// The slug of the offline partner whose accounts they are; the own organization's where there is none.
    pub partner: Option<String>,
}

/// A change of a list; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPatch {
    /// Another name.
    pub name: Option<String>,
    /// Another kind.
    pub kind: Option<AccountListKind>,
}

/// The name, tidied.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG`.
pub fn checked_name(name: &str) -> Result<String, Refusal> {
    check::line("input.name", name, LIST_NAME_MAX)
}
