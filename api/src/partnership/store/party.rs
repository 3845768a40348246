//! The SQL of parties, their people, and the organizations that may become parties.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of parties")]

use crate::{
    op::{Fault, Op},
    organization::model::Organization,
    partnership::model::Party,
};
use entity::{
    id::{OrganizationId, PartnershipId, PersonId},
    member, organization, partnership_party as party, person,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, LockType},
};

/// The present parties of these partnerships, each one's in the order of joining. Whoever sees a partnership sees who is
/// in it.
///
/// # Errors
/// Database faults.
pub async fn list_parties(connection: &impl ConnectionTrait, ids: &[PartnershipId]) -> Result<Vec<Party>, Fault> {
    Ok(party::Entity::find()
        .filter(party::Column::PartnershipId.is_in(ids.iter().copied()))
        .filter(party::Column::LeftAt.is_null())
        .order_by_asc(party::Column::PartnershipId)
        .order_by_asc(party::Column::JoinedAt)
        .order_by_asc(party::Column::OrganizationId)
        .all(connection)
        .await?)
}

/// Slug and id of these organizations, whether or not the actor sees their pages: parties know each other.
///
/// # Errors
/// Database faults.
pub async fn list_slugs_in(
    tx: &DatabaseTransaction,
    ids: &[OrganizationId],
) -> Result<Vec<(String, OrganizationId)>, Fault> {
    let rows = organization::Entity::find()
        .filter(organization::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(organization::Column::Id)
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.slug, row.id)).collect())
}

/// An organization that takes part in the use case, its row locked until the transaction ends.
///
/// The lock lets others refer to the row. A stronger one would make two organizations that invite each other at once wait
/// in a circle, each for the row that the other's invitation refers to.
///
/// # Errors
/// Database faults.
pub async fn lock_organization_in(tx: &DatabaseTransaction, id: OrganizationId) -> Result<Option<Organization>, Fault> {
    Ok(organization::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?)
}

/// A person whom a side has named.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Contact {
    /// The side.
    pub organization_id: OrganizationId,
    /// The person.
    pub person_id: PersonId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

/// The people of these sides that are still members there.
///
/// # Errors
/// Database faults.
pub async fn list_contacts(op: &Op, people: &[(OrganizationId, PersonId)]) -> Result<Vec<Contact>, Fault> {
    let on = Expr::col((person::Entity, person::Column::Id)).equals((member::Entity, member::Column::PersonId));
    let mut query = member::Entity::find()
        .select_only()
        .column(member::Column::OrganizationId)
        .column(member::Column::PersonId)
        .column(person::Column::Name)
        .column(person::Column::Email)
        .filter(member::Column::OrganizationId.is_in(people.iter().map(|(organization, _)| *organization)))
        .filter(member::Column::PersonId.is_in(people.iter().map(|(_, person)| *person)));
    QuerySelect::query(&mut query).inner_join(person::Entity, on);
    Ok(query.into_model::<Contact>().all(op.db().read()).await?)
}
