//! The SQL of defaults. Only the organization whose lists they are about reads them.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of defaults")]

use crate::{
    db::{self, Direction},
    op::{Fault, Op, Outcome, Permit, taken},
    page::{Page, Slice},
    sharing::{
        model::{DefaultTarget, SharingDefault, Shown},
        policy::ShareLists,
    },
};
use entity::{
    id::{AccountListId, OrganizationId, SharingDefaultId, TierId},
    program, sharing_default as default, tier,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, ModelTrait,
    PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select, sea_query::Expr,
};

/// The defaults that the actor may see: those of its own organization.
fn visible(op: &Op) -> Select<default::Entity> {
    match op.actor.organization() {
        None => default::Entity::find().filter(Expr::val(false)),
        Some(own) => default::Entity::find().filter(default::Column::OrganizationId.eq(own)),
    }
}

/// A page of the defaults of the actor's own organization, oldest first.
///
/// # Errors
/// Database faults.
pub async fn list_defaults(
    op: &Op,
    page: &Page<SharingDefaultId>,
) -> Result<Slice<SharingDefault, SharingDefaultId>, Fault> {
    let keys = [Expr::col((default::Entity, default::Column::Id))];
    let mut query = visible(op);
    if let Some(id) = page.after {
        query = query.filter(db::after(&keys, vec![id.into()], Direction::Ascending));
    }
    let rows = db::order_by(query, &keys, Direction::Ascending).limit(page.fetch()).all(op.db().read()).await?;
    Ok(page.slice(rows, |row| row.id))
}

/// How many defaults [`list_defaults`] goes through.
///
/// # Errors
/// Database faults.
pub async fn count_defaults(op: &Op) -> Result<u64, Fault> {
    Ok(visible(op).count(op.db().read()).await?)
}

/// How many defaults an organization has.
///
/// # Errors
/// Database faults.
pub async fn count_defaults_in(tx: &DatabaseTransaction, organization: OrganizationId) -> Result<u64, Fault> {
    Ok(default::Entity::find().filter(default::Column::OrganizationId.eq(organization)).count(tx).await?)
}

/// The visible defaults with these ids, in no order.
///
/// # Errors
/// Database faults.
pub async fn list_defaults_by_ids(op: &Op, ids: &[SharingDefaultId]) -> Result<Vec<SharingDefault>, Fault> {
    Ok(visible(op).filter(default::Column::Id.is_in(ids.iter().copied())).all(op.db().read()).await?)
}

/// The visible default with this id, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_default_in(
    tx: &DatabaseTransaction,
    op: &Op,
    id: SharingDefaultId,
) -> Result<Option<SharingDefault>, Fault> {
    Ok(visible(op).filter(default::Column::Id.eq(id)).lock_exclusive().one(tx).await?)
}

/// The default with this key, its row locked until the transaction ends.
///
/// # Errors
/// Database faults.
pub async fn find_default_by_key_in(tx: &DatabaseTransaction, key: &str) -> Result<Option<SharingDefault>, Fault> {
    Ok(default::Entity::find().filter(default::Column::ScopeKey.eq(key)).lock_exclusive().one(tx).await?)
}

/// The tier with this id, where it is one of a program of this organization.
///
/// # Errors
/// Database faults.
pub async fn find_own_tier_in(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: TierId,
) -> Result<Option<TierId>, Fault> {
    let own = program::Entity::find()
        .select_only()
        .column(program::Column::Id)
        .filter(program::Column::OrganizationId.eq(organization))
        .into_query();
    let found = tier::Entity::find_by_id(id).filter(tier::Column::ProgramId.in_subquery(own)).one(tx).await?;
    Ok(found.map(|row| row.id))
}

/// Writes a default of the permit's organization.
///
/// # Errors
/// `TAKEN` where another one came first; database faults.
pub async fn insert_default_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ShareLists>,
    (list, target, key): (Option<AccountListId>, DefaultTarget, String),
    shown: Shown,
) -> Outcome<SharingDefault> {
    let (tier, kind) = match target {
        DefaultTarget::Tier(tier) => (Some(tier), None),
        DefaultTarget::Type(kind) => (None, Some([kind].into_iter().collect())),
    };
    let row = default::ActiveModel {
        id: Set(op.new_id()),
        organization_id: Set(permit.resource()),
        list_id: Set(list),
        tier_id: Set(tier),
        partner_type: Set(kind),
        scope_key: Set(key),
        level: Set(shown.level),
        fields: Set(shown.fields),
        created_at: Set(op.now()),
        updated_at: Set(op.now()),
        revision: Set(1),
    };
    row.insert(tx).await.map_err(|error| taken(error, "input"))
}

/// Changes a default.
///
/// # Errors
/// Database faults.
pub async fn update_default_in(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<ShareLists>,
    before: &SharingDefault,
    shown: Shown,
) -> Result<SharingDefault, Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    let mut row = before.clone().into_active_model();
    row.level = Set(shown.level);
    row.fields = Set(shown.fields);
    row.updated_at = Set(op.now());
    row.revision = Set(before.revision + 1);
    Ok(row.update(tx).await?)
}

/// Removes a default.
///
/// # Errors
/// Database faults.
pub async fn delete_default_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ShareLists>,
    before: &SharingDefault,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.resource(), before.organization_id, "the permit is for another organization");
    before.clone().delete(tx).await?;
    Ok(())
}
