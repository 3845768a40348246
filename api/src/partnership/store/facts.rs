//! The SQL of facts: exchanges, channel roles and terms. Whoever sees a partnership was decided before.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of partnership facts")]

use crate::{
    op::{Fault, Permit},
    partnership::{
        model::{Exchange, Facts, Partnership, RolePart, Term},
        policy::ChangePartnership,
    },
};
use entity::{id::PartnershipId, partnership_exchange as exchange, partnership_role as role, partnership_term as term};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};

/// What is exchanged in these partnerships, in the order in which the parties gave it.
///
/// # Errors
/// Database faults.
pub async fn list_exchanges(
    connection: &impl ConnectionTrait,
    ids: &[PartnershipId],
) -> Result<Vec<(PartnershipId, Exchange)>, Fault> {
    let rows = exchange::Entity::find()
        .filter(exchange::Column::PartnershipId.is_in(ids.iter().copied()))
        .order_by_asc(exchange::Column::PartnershipId)
        .order_by_asc(exchange::Column::Position)
        .all(connection)
        .await?;
    let fact = |row: exchange::Model| Exchange {
        what: row.what,
        from: row.from_organization_id,
        to: row.to_organization_id,
        description: row.description,
    };
    Ok(rows.into_iter().map(|row| (row.partnership_id, fact(row))).collect())
}

/// Who plays which channel role in these partnerships.
///
/// # Errors
/// Database faults; an internal fault where the stored services are no list of texts.
pub async fn list_roles(
    connection: &impl ConnectionTrait,
    ids: &[PartnershipId],
) -> Result<Vec<(PartnershipId, RolePart)>, Fault> {
    let rows = role::Entity::find()
        .filter(role::Column::PartnershipId.is_in(ids.iter().copied()))
        .order_by_asc(role::Column::PartnershipId)
        .order_by_asc(role::Column::OrganizationId)
        .all(connection)
        .await?;
    let mut parts = Vec::with_capacity(rows.len());
    for row in rows {
        let services = serde_json::from_value(row.services).map_err(Fault::internal)?;
        parts.push((row.partnership_id, RolePart { role: row.role, organization: row.organization_id, services }));
    }
    // The order of the roles is that of the schema and not that of their spelling.
    parts.sort_by_key(|(id, part)| (*id, part.organization, part.role));
    Ok(parts)
}

/// Who earns what in these partnerships, by payee, basis and first day.
///
/// # Errors
/// Database faults.
pub async fn list_terms(
    connection: &impl ConnectionTrait,
    ids: &[PartnershipId],
) -> Result<Vec<(PartnershipId, Term)>, Fault> {
    let rows = term::Entity::find()
        .filter(term::Column::PartnershipId.is_in(ids.iter().copied()))
        .order_by_asc(term::Column::PartnershipId)
        .order_by_asc(term::Column::PayeeOrganizationId)
        .order_by_asc(term::Column::Basis)
        .order_by_asc(term::Column::EffectiveFrom)
        .all(connection)
        .await?;
    let fact = |row: term::Model| Term {
        payee: row.payee_organization_id,
        basis: row.basis,
        currency: row.currency,
        rate_basis_points: row.rate_basis_points,
        effective_from: row.effective_from,
        effective_to: row.effective_to,
    };
    Ok(rows.into_iter().map(|row| (row.partnership_id, fact(row))).collect())
}

/// All facts of a partnership whose row is locked.
///
/// # Errors
/// Database faults.
pub async fn read_facts_in(tx: &DatabaseTransaction, partnership: &Partnership) -> Result<Facts, Fault> {
    let id = [partnership.id];
    Ok(Facts {
        types: partnership.types,
        description: partnership.description.clone(),
        exchanges: list_exchanges(tx, &id).await?.into_iter().map(|(_, fact)| fact).collect(),
        roles: list_roles(tx, &id).await?.into_iter().map(|(_, fact)| fact).collect(),
        terms: list_terms(tx, &id).await?.into_iter().map(|(_, fact)| fact).collect(),
        aim: partnership.aim.clone(),
        term_starts_on: partnership.term_starts_on,
        term_ends_on: partnership.term_ends_on,
    })
}

/// Writes the facts that have rows of their own where they differ from `before`.
///
/// # Errors
/// Database faults.
pub async fn replace_facts_in(
    tx: &DatabaseTransaction,
    permit: &Permit<ChangePartnership>,
    before: &Facts,
    after: &Facts,
) -> Result<(), Fault> {
    let id = permit.resource();
    if before.exchanges != after.exchanges {
        exchange::Entity::delete_many().filter(exchange::Column::PartnershipId.eq(id)).exec(tx).await?;
    }
    if before.roles != after.roles {
        role::Entity::delete_many().filter(role::Column::PartnershipId.eq(id)).exec(tx).await?;
    }
    if before.terms != after.terms {
        term::Entity::delete_many().filter(term::Column::PartnershipId.eq(id)).exec(tx).await?;
    }
    let fresh = Facts {
        exchanges: if before.exchanges == after.exchanges { Vec::new() } else { after.exchanges.clone() },
        roles: if before.roles == after.roles { Vec::new() } else { after.roles.clone() },
        terms: if before.terms == after.terms { Vec::new() } else { after.terms.clone() },
        ..Facts::default()
    };
    insert_facts_in(tx, id, &fresh).await
}

/// Writes facts that are not there yet; for the writes of this store.
pub(super) async fn insert_facts_in(tx: &DatabaseTransaction, id: PartnershipId, facts: &Facts) -> Result<(), Fault> {
    let exchanges = facts.exchanges.iter().enumerate().map(|(position, fact)| exchange::ActiveModel {
        partnership_id: Set(id),
        position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
        what: Set(fact.what),
        from_organization_id: Set(fact.from),
        to_organization_id: Set(fact.to),
        description: Set(fact.description.clone()),
    });
    exchange::Entity::insert_many(exchanges).exec_without_returning(tx).await?;
    let roles = facts.roles.iter().map(|fact| role::ActiveModel {
        partnership_id: Set(id),
        organization_id: Set(fact.organization),
        role: Set(fact.role),
        services: Set(serde_json::json!(fact.services)),
    });
    role::Entity::insert_many(roles).exec_without_returning(tx).await?;
    let terms = facts.terms.iter().map(|fact| term::ActiveModel {
        partnership_id: Set(id),
        payee_organization_id: Set(fact.payee),
        basis: Set(fact.basis),
        effective_from: Set(fact.effective_from),
        effective_to: Set(fact.effective_to),
        rate_basis_points: Set(fact.rate_basis_points),
        currency: Set(fact.currency.clone()),
    });
    term::Entity::insert_many(terms).exec_without_returning(tx).await?;
    Ok(())
}
