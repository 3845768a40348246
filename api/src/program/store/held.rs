//! Who holds which tier of whose programs, for many organizations at once, and how high tiers are.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of held tiers")]

use crate::{
    op::Fault,
    program::model::{
        Membership, MembershipStatus,
        standing::{status_on, tier_on},
    },
};
use chrono::NaiveDate;
use entity::{
    id::{OrganizationId, TierId},
    membership, program, tier,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;

/// A tier that an organization has in a program of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldTier {
    /// Whose program it is.
    pub host: OrganizationId,
    /// Who has it.
    pub member: OrganizationId,
    /// The tier.
    pub tier: TierId,
}

/// The tiers that these organizations hold in programs of each other on the day `today`, as active members.
///
/// # Errors
/// Database faults.
pub async fn list_held_tiers(
    connection: &impl ConnectionTrait,
    today: NaiveDate,
    organizations: &[OrganizationId],
) -> Result<Vec<HeldTier>, Fault> {
    let hosts: HashMap<_, _> = program::Entity::find()
        .filter(program::Column::OrganizationId.is_in(organizations.iter().copied()))
        .all(connection)
        .await?
        .into_iter()
        .map(|program| (program.id, program.organization_id))
        .collect();
    if hosts.is_empty() {
        return Ok(Vec::new());
    }
    let memberships = membership::Entity::find()
        .filter(membership::Column::OrganizationId.is_in(organizations.iter().copied()))
        .filter(membership::Column::ProgramId.is_in(hosts.keys().copied()))
        .filter(membership::Column::Status.eq(MembershipStatus::Active))
        .all(connection)
        .await?;
    let held = |row: Membership| {
        let active = status_on(&row, today) == MembershipStatus::Active;
        let (host, tier) = (hosts.get(&row.program_id).copied()?, tier_on(&row, today)?);
        active.then_some(HeldTier { host, member: row.organization_id, tier })
    };
    Ok(memberships.into_iter().filter_map(held).collect())
}

/// How high each of these tiers stands in its program; 1 is the lowest.
///
/// # Errors
/// Database faults.
pub async fn list_ranks(
    connection: &impl ConnectionTrait,
    tiers: impl IntoIterator<Item = TierId>,
) -> Result<Vec<(TierId, i32)>, Fault> {
    let wanted: Vec<_> = tiers.into_iter().collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tier::Entity::find().filter(tier::Column::Id.is_in(wanted)).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.rank)).collect())
}
