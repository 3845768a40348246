//! Lists, their accounts and imports: values and rules. Pure.

mod content;
mod country;
mod counts;
mod list;

pub use content::{AccountDraft, Content, Judged, judge};
pub use counts::{AccountImportProblem, Became, Counts, percent};
pub use entity::{
    account::Model as Account,
    account_list::{AccountListKind, Model as AccountList},
    account_list_import::{AccountImportMode, AccountImportState, Model as AccountImport},
};
pub use list::{ListPatch, NewList, checked_name};

use chrono::TimeDelta;

/// Accounts of one `accountListAdd`, and external ids of one `accountListRemoveAccounts`.
pub const ACCOUNTS_PER_CALL: usize = 10_000;
/// Accounts of a list.
pub const ACCOUNTS_MAX: i64 = 5_000_000;
/// Lists of an organization.
pub const LISTS_MAX: u64 = 200;
/// Characters of a list's name.
pub const LIST_NAME_MAX: usize = 100;
/// How long rows are kept that a version no longer has: readers of the version before, and the matching of what changed,
/// still need them.
pub const KEPT: TimeDelta = TimeDelta::hours(1);
/// How long a writer is taken to be alive after its last sign.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);

#[cfg(test)]
pub(in crate::account) mod tests {
    use super::*;
    use chrono::DateTime;
    use entity::id::{AccountListId, OrganizationId};
    use uuid::Uuid;

    pub(in crate::account) fn organization(number: u128) -> OrganizationId {
        Uuid::from_u128(number).into()
    }

    /// A list of organization 1.
    pub(in crate::account) fn list() -> AccountList {
        AccountList {
            id: AccountListId(Uuid::from_u128(7)),
            organization_id: organization(1),
            subject_id: organization(1),
            name: "Customers".to_owned(),
            name_key: "customers".to_owned(),
            kind: AccountListKind::Customers,
            version: 0,
            account_count: 0,
            collected_version: 0,
            collect_version: 0,
            collect_after: None,
            settled_at: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            revision: 1,
            deleted_at: None,
        }
    }
}
