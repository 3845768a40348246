//! The facts that this room publishes: to the trail of the list's own organization alone, and with no name of an account.
//! None has an alert: the organization did it itself.

use super::model::{AccountImport, AccountList, Counts};
use crate::event::{Discretion, Fact, subject};
use entity::id::TypedId;
use serde_json::{Value, json};

/// Something that happened to a list.
pub enum AccountListEvent<'a> {
    /// It was made.
    Created(&'a AccountList),
    /// It was renamed, or is of another kind.
    Updated(&'a AccountList, &'a AccountList),
    /// Its accounts changed, by single entries or, where one is given, by an import.
    AccountsChanged(&'a AccountList, &'a AccountList, Counts, Option<&'a AccountImport>),
    /// It was deleted.
    Deleted(&'a AccountList),
}

impl AccountListEvent<'_> {
    /// The fact to record. The match is exhaustive, so that a new event forces the question of what it makes stale;
    /// nothing of this is kept in a cache.
    #[must_use]
    pub fn fact(&self) -> Fact {
        match self {
            Self::Created(after) => of(after, "account_list.created", None, Some(shown(after))),
            Self::Updated(before, after) => of(after, "account_list.updated", Some(shown(before)), Some(shown(after))),
            Self::AccountsChanged(before, after, counts, import) => {
                let before = json!({"version": before.version, "accountCount": before.account_count});
                let changed = json!({
                    "version": after.version,
                    "accountCount": after.account_count,
                    "created": counts.created,
                    "updated": counts.updated,
                    "removed": counts.removed,
                    "import": import.map(|import| import.id.global()),
                });
                of(after, "account_list.accounts_changed", Some(before), Some(changed))
            }
            Self::Deleted(before) => of(before, "account_list.deleted", Some(shown(before)), None),
        }
    }
}

fn of(list: &AccountList, action: &'static str, before: Option<Value>, after: Option<Value>) -> Fact {
    Fact {
        action,
        organization: list.organization_id,
        subject: subject(list.id),
        before,
        after,
        stale: Vec::new(),
        alert: None,
        discretion: Discretion::PRIVATE,
    }
}

fn shown(list: &AccountList) -> Value {
    json!({
        "name": list.name,
        "kind": list.kind,
        "subject": list.subject_id.global(),
        "accountCount": list.account_count,
    })
}
