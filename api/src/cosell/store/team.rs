//! The SQL of the people of each side.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of teams")]

use crate::{
    cosell::model::TeamMember,
    op::{Action, Fault, Op, Permit},
};
use entity::{
    id::{OpportunityId, OrganizationId, PersonId},
    opportunity_team as team,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

/// The people of these opportunities, each side's in the order of being named. Who may know them was decided before.
///
/// # Errors
/// Database faults.
pub async fn list_team(connection: &impl ConnectionTrait, ids: &[OpportunityId]) -> Result<Vec<TeamMember>, Fault> {
    Ok(team::Entity::find()
        .filter(team::Column::OpportunityId.is_in(ids.iter().copied()))
        .order_by_asc(team::Column::OpportunityId)
        .order_by_asc(team::Column::AddedAt)
        .order_by_asc(team::Column::PersonId)
        .all(connection)
        .await?)
}

/// Names a person of a side, unless that is done already.
///
/// # Errors
/// Database faults.
pub async fn add_to_team_in<A: Action>(
    tx: &DatabaseTransaction,
    op: &Op,
    _permit: &Permit<A>,
    opportunity: OpportunityId,
    organization: OrganizationId,
    person: PersonId,
) -> Result<(), Fault> {
    let row = named(op, opportunity, organization, (person, None));
    team::Entity::insert(row).on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(tx).await?;
    Ok(())
}

/// Puts these people in the place of those of a side.
///
/// # Errors
/// Database faults.
pub async fn replace_team_in<A: Action<Resource = OpportunityId>>(
    tx: &DatabaseTransaction,
    op: &Op,
    permit: &Permit<A>,
    organization: OrganizationId,
    people: Vec<(PersonId, Option<String>)>,
) -> Result<(), Fault> {
    team::Entity::delete_many()
        .filter(team::Column::OpportunityId.eq(permit.resource()))
        .filter(team::Column::OrganizationId.eq(organization))
        .exec(tx)
        .await?;
    if !people.is_empty() {
        let rows = people.into_iter().map(|person| named(op, permit.resource(), organization, person));
        team::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn named(
    op: &Op,
    opportunity: OpportunityId,
    organization: OrganizationId,
    (person, responsibility): (PersonId, Option<String>),
) -> team::ActiveModel {
    team::ActiveModel {
        opportunity_id: Set(opportunity),
        organization_id: Set(organization),
        person_id: Set(person),
        responsibility: Set(responsibility),
        added_at: Set(op.now()),
    }
}
