//! Data versions: counters that the writing transaction raises and a cached read is keyed by, so that nothing stale can
//! be read: not after a crash between commit and invalidation, not after a fill that raced a commit.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of data versions")]

use crate::op::{Fault, Op};
use entity::{
    data_version,
    id::{OrganizationId, ProgramId},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a data version counts the changes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataScope {
    /// Everything public that is not one program's own: organizations, profiles, coverage, listings, categories.
    Catalog,
    /// One organization's own data.
    Organization(OrganizationId),
    /// One program: itself, its tiers, its memberships.
    Program(ProgramId),
    /// Who may act for one organization, and with which rights: members, roles, keys, its state. Whoever is connected for
    /// it is asked again who it is.
    Access(OrganizationId),
    /// What one organization is shown by others, by shares, invitations and partnerships. What was resolved for its
    /// readers before is not given to further ones. A fact that only adds something need not raise it.
    Sight(OrganizationId),
    /// Which organizations have a page that everybody may see: as `Sight`, for all of them.
    Pages,
}

impl DataScope {
    /// The scope as it is stored.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Catalog => "catalog".to_owned(),
            Self::Organization(id) => format!("organization:{}", id.0.simple()),
            Self::Program(id) => format!("program:{}", id.0.simple()),
            Self::Access(id) => format!("access:{}", id.0.simple()),
            Self::Sight(id) => format!("sight:{}", id.0.simple()),
            Self::Pages => "pages".to_owned(),
        }
    }
}

/// The versions of the scopes that were asked for, in one text: part of a cache key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Versions(pub String);

/// Reads the versions of `scopes` with one statement.
///
/// # Errors
/// Database faults.
pub async fn read_versions(op: &Op, scopes: &[DataScope]) -> Result<Versions, Fault> {
    let mut read = read_versions_each(op, &[scopes]).await?;
    read.pop().ok_or_else(|| Fault::internal("the versions of one group of scopes are missing"))
}

/// As [`read_versions`] for many groups of scopes at once, in their order: for lists whose rows are cached one by one.
///
/// # Errors
/// Database faults.
pub async fn read_versions_each<S: AsRef<[DataScope]>>(op: &Op, groups: &[S]) -> Result<Vec<Versions>, Fault> {
    let wanted: BTreeSet<String> = groups.iter().flat_map(AsRef::as_ref).map(|scope| scope.key()).collect();
    let rows =
        data_version::Entity::find().filter(data_version::Column::Scope.is_in(wanted)).all(op.db().read()).await?;
    let found: BTreeMap<String, i64> = rows.into_iter().map(|row| (row.scope, row.version)).collect();
    let version = |scope: &DataScope| found.get(&scope.key()).copied().unwrap_or_default().to_string();
    Ok(groups.iter().map(|group| Versions(group.as_ref().iter().map(version).collect::<Vec<_>>().join("."))).collect())
}

/// Raises the versions of `scopes`, in one fixed order so that two transactions cannot wait for each other in a circle.
pub(super) async fn raise(tx: &DatabaseTransaction, scopes: impl IntoIterator<Item = DataScope>) -> Result<(), DbErr> {
    let keys: BTreeSet<String> = scopes.into_iter().map(DataScope::key).collect();
    for key in keys {
        let raised = Expr::col((data_version::Entity, data_version::Column::Version)).add(1);
        data_version::Entity::insert(data_version::ActiveModel { scope: Set(key), version: Set(1) })
            .on_conflict(
                OnConflict::column(data_version::Column::Scope).value(data_version::Column::Version, raised).to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
