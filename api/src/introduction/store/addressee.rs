//! The SQL of whom a request is for: the receiver's partner managers towards the asker, as they are now.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of whom a request is for")]

use crate::op::Fault;
use entity::{
    id::{OrganizationId, PartnershipId, PersonId},
    member, partnership_party as party,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Who asks, and who is asked.
pub type Sides = (OrganizationId, OrganizationId);

/// For each two sides the people of the one that is asked who look after its partnerships with the other, each once, as
/// long as they are members. Two statements, whatever the number of sides.
///
/// # Errors
/// Database faults.
pub async fn list_addressees(
    connection: &impl ConnectionTrait,
    sides: &[Sides],
) -> Result<HashMap<Sides, Vec<PersonId>>, Fault> {
    let of_askers = party::Entity::find()
        .select_only()
        .column(party::Column::PartnershipId)
        .filter(party::Column::OrganizationId.is_in(sides.iter().map(|(asker, _)| *asker)))
        .filter(party::Column::LeftAt.is_null())
        .into_query();
    let parties = party::Entity::find()
        .filter(party::Column::PartnershipId.in_subquery(of_askers))
        .filter(party::Column::LeftAt.is_null())
        .all(connection)
        .await?;
    let mut together: BTreeMap<PartnershipId, Vec<party::Model>> = BTreeMap::new();
    for row in parties {
        together.entry(row.partnership_id).or_default().push(row);
    }
    let mut named: HashMap<Sides, BTreeSet<PersonId>> = HashMap::new();
    for (asker, receiver) in sides {
        let both = together.values().filter(|parties| parties.iter().any(|row| row.organization_id == *asker));
        let managers = both.flatten().filter(|row| row.organization_id == *receiver);
        named.entry((*asker, *receiver)).or_default().extend(managers.filter_map(|row| row.manager_person_id));
    }
    let people: BTreeSet<PersonId> = named.values().flatten().copied().collect();
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let members: HashSet<(OrganizationId, PersonId)> = member::Entity::find()
        .filter(member::Column::OrganizationId.is_in(sides.iter().map(|(_, receiver)| *receiver)))
        .filter(member::Column::PersonId.is_in(people))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| (row.organization_id, row.person_id))
        .collect();
    let still = |(sides, people): (Sides, BTreeSet<PersonId>)| {
        (sides, people.into_iter().filter(|person| members.contains(&(sides.1, *person))).collect())
    };
    Ok(named.into_iter().map(still).collect())
}
