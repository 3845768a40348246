//! Other names and domains.

use crate::{
    op::{Fault, Op, Permit},
    organization::{
        model::{Alias, AliasKind, Aliases},
        policy::UpdateOrganization,
    },
};
use entity::{id::OrganizationId, organization_alias};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};

/// What these organizations are also known by, ordered by kind and value.
///
/// # Errors
/// Database faults.
pub async fn list_aliases(op: &Op, ids: &[OrganizationId]) -> Result<Vec<Alias>, Fault> {
    rows(op.db().read(), ids).await
}

/// What an organization is also known by, inside a transaction.
///
/// # Errors
/// Database faults.
pub async fn aliases_in(tx: &DatabaseTransaction, id: OrganizationId) -> Result<Aliases, Fault> {
    Ok(Aliases::of(rows(tx, &[id]).await?))
}

async fn rows(connection: &impl ConnectionTrait, ids: &[OrganizationId]) -> Result<Vec<Alias>, Fault> {
    Ok(organization_alias::Entity::find()
        .filter(organization_alias::Column::OrganizationId.is_in(ids.iter().copied()))
        .order_by_asc(organization_alias::Column::Kind)
        .order_by_asc(organization_alias::Column::Value)
        .all(connection)
        .await?)
}

/// Replaces all aliases of one kind.
///
/// # Errors
/// Database faults.
pub async fn set_aliases_in(
    tx: &DatabaseTransaction,
    permit: &Permit<UpdateOrganization>,
    kind: AliasKind,
    values: Vec<String>,
) -> Result<(), Fault> {
    organization_alias::Entity::delete_many()
        .filter(organization_alias::Column::OrganizationId.eq(permit.resource()))
        .filter(organization_alias::Column::Kind.eq(kind))
        .exec(tx)
        .await?;
    let rows: Vec<_> = values
        .into_iter()
        .map(|value| organization_alias::ActiveModel {
            organization_id: Set(permit.resource()),
            kind: Set(kind),
            value: Set(value),
        })
        .collect();
    if !rows.is_empty() {
        organization_alias::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
