//! Writes of lists.

#![expect(clippy::disallowed_methods, reason = "holds the SQL that writes lists")]

use crate::{
    account::{
        model::{AccountList, AccountListKind, KEPT},
        policy::{CreateAccountList, ManageAccountList},
    },
    op::{Op, Permit},
    text::sort_key,
};
use entity::{
    account_list as list_row,
    id::{AccountListId, OrganizationId},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseTransaction, DbErr, IntoActiveModel};

/// Writes a list without accounts.
///
/// # Errors
/// Database faults; a unique key where the organization has a list of this name about the same subject.
pub async fn insert_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<CreateAccountList>,
    id: AccountListId,
    subject: OrganizationId,
    name: String,
    kind: AccountListKind,
) -> Result<AccountList, DbErr> {
    let row = list_row::ActiveModel {
        id: Set(id),
        organization_id: Set(permit.resource()),
        subject_id: Set(subject),
        name_key: Set(sort_key(&name)),
        name: Set(name),
        kind: Set(kind),
        version: Set(0),
        account_count: Set(0),
        collected_version: Set(0),
        collect_version: Set(0),
        collect_after: Set(None),
        settled_at: Set(None),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
        deleted_at: Set(None),
    };
    row.insert(tx).await
}

/// Renames a list, or makes it one of another kind.
///
/// # Errors
/// As [`insert_in`].
pub async fn update_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ManageAccountList>,
    before: &AccountList,
    name: String,
    kind: AccountListKind,
) -> Result<AccountList, DbErr> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another list");
    let mut row = before.clone().into_active_model();
    row.name_key = Set(sort_key(&name));
    row.name = Set(name);
    row.kind = Set(kind);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    row.update(tx).await
}

/// Takes a list out of sight for good. Its accounts are collected later.
///
/// # Errors
/// Database faults.
pub async fn delete_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ManageAccountList>,
    before: &AccountList,
) -> Result<AccountList, DbErr> {
    debug_assert_eq!(permit.resource(), before.id, "the permit is for another list");
    let mut row = before.clone().into_active_model();
    row.deleted_at = Set(Some(op.now()));
    row.settled_at = Set(None);
    row.collect_after = Set(Some(op.now() + KEPT));
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    row.update(tx).await
}
