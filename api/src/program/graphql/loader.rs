//! Batched reads of programs, tiers and memberships.

use crate::{
    op::Fault,
    organization::model::Organization,
    program::{
        model::{Benefit, Membership, MetricValue, Program, Requirement, RequirementSet, StoredPeriod, Tier},
        store::{self, MembershipFilter, OrganizationPosition},
    },
    schema::loader::{self, Batch, Found},
};
use async_graphql::dataloader::Loader;
use entity::id::{MembershipId, OrganizationId, ProgramId, TierId};
use std::{collections::HashMap, hash::Hash, sync::Arc};

/// Rows by what they belong to, in the order of the rows.
fn grouped<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, Vec<T>> {
    loader::grouped(rows.into_iter().map(|row| (key(&row), row)))
}

#[async_trait::async_trait]
impl Loader<ProgramId> for Batch {
    type Value = Program;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ProgramId]) -> Found<ProgramId, Program> {
        let rows = store::list_programs_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<TierId> for Batch {
    type Value = Tier;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[TierId]) -> Found<TierId, Tier> {
        let rows = store::list_tiers_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<MembershipId> for Batch {
    type Value = Membership;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[MembershipId]) -> Found<MembershipId, Membership> {
        let rows = store::list_memberships_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The tiers of a program, the highest first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TiersOf(pub ProgramId);

#[async_trait::async_trait]
impl Loader<TiersOf> for Batch {
    type Value = Vec<Tier>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[TiersOf]) -> Found<TiersOf, Vec<Tier>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(grouped(store::list_tiers(&self.op, &ids).await?, |row| TiersOf(row.program_id)))
    }
}

/// What a tier gives, in order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BenefitsOf(pub TierId);

#[async_trait::async_trait]
impl Loader<BenefitsOf> for Batch {
    type Value = Vec<Benefit>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[BenefitsOf]) -> Found<BenefitsOf, Vec<Benefit>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(grouped(store::list_benefits(&self.op, &ids).await?, |row| BenefitsOf(row.tier_id)))
    }
}

/// The versions of what a tier requires, the newest first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SetsOf(pub TierId);

#[async_trait::async_trait]
impl Loader<SetsOf> for Batch {
    type Value = Vec<RequirementSet>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[SetsOf]) -> Found<SetsOf, Vec<RequirementSet>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(grouped(store::list_requirement_sets(&self.op, &ids).await?, |row| SetsOf(row.tier_id)))
    }
}

/// The requirements of all versions of a tier, in order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequirementsOf(pub TierId);

#[async_trait::async_trait]
impl Loader<RequirementsOf> for Batch {
    type Value = Vec<Requirement>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[RequirementsOf]) -> Found<RequirementsOf, Vec<Requirement>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(grouped(store::list_requirements(&self.op, &ids).await?, |row| RequirementsOf(row.tier_id)))
    }
}

/// The periods of a membership, the earliest first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PeriodsOf(pub MembershipId);

#[async_trait::async_trait]
impl Loader<PeriodsOf> for Batch {
    type Value = Vec<StoredPeriod>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[PeriodsOf]) -> Found<PeriodsOf, Vec<StoredPeriod>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(grouped(store::list_periods(&self.op, &ids).await?, |row| PeriodsOf(row.membership_id)))
    }
}

/// The measured values of a membership.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MetricsOf(pub MembershipId);

#[async_trait::async_trait]
impl Loader<MetricsOf> for Batch {
    type Value = Vec<MetricValue>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MetricsOf]) -> Found<MetricsOf, Vec<MetricValue>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(grouped(store::list_metrics(&self.op, &ids).await?, |row| MetricsOf(row.membership_id)))
    }
}

/// The organization of a membership, which the host of the program sees although it may have no public page.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemberOf(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<MemberOf> for Batch {
    type Value = Organization;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MemberOf]) -> Found<MemberOf, Organization> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_counterparts(&self.op, &ids).await?;
        Ok(rows.into_iter().map(|row| (MemberOf(row.id), row)).collect())
    }
}

/// The first memberships of a program, `fetch` at most.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MembersOfProgram {
    /// The program.
    pub program: ProgramId,
    /// Which of them.
    pub filter: MembershipFilter,
    /// How many.
    pub fetch: u64,
}

#[async_trait::async_trait]
impl Loader<MembersOfProgram> for Batch {
    type Value = Vec<Membership>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MembersOfProgram]) -> Found<MembersOfProgram, Vec<Membership>> {
        let mut found = HashMap::new();
        // Fields with other arguments are other statements: as many as the document has, not as many as there are rows.
        for ((filter, fetch), keys) in grouped(keys.to_vec(), |key| (key.filter.clone(), key.fetch)) {
            let ids: Vec<_> = keys.iter().map(|key| key.program).collect();
            let rows = store::first_by_program(&self.op, &ids, &filter, fetch).await?;
            let key = |program| MembersOfProgram { program, filter: filter.clone(), fetch };
            found.extend(grouped(rows, |row| key(row.program_id)));
        }
        Ok(found)
    }
}

/// How many memberships a program has.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MemberCount {
    /// The program.
    pub program: ProgramId,
    /// Which of them.
    pub filter: MembershipFilter,
}

#[async_trait::async_trait]
impl Loader<MemberCount> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MemberCount]) -> Found<MemberCount, u64> {
        let mut found = HashMap::new();
        for (filter, keys) in grouped(keys.to_vec(), |key| key.filter.clone()) {
            let ids: Vec<_> = keys.iter().map(|key| key.program).collect();
            let counts = store::count_by_program(&self.op, &ids, &filter).await?;
            let key = |program| MemberCount { program, filter: filter.clone() };
            found.extend(counts.into_iter().map(|(program, count)| (key(program), count)));
        }
        Ok(found)
    }
}

/// The first memberships of an organization, `fetch` at most, by rank and then by the program's name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MembershipsOf {
    /// The organization.
    pub organization: OrganizationId,
    /// How many.
    pub fetch: u64,
}

#[async_trait::async_trait]
impl Loader<MembershipsOf> for Batch {
    type Value = Vec<(OrganizationPosition, Membership)>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MembershipsOf]) -> Found<MembershipsOf, Vec<(OrganizationPosition, Membership)>> {
        let mut found = HashMap::new();
        for (fetch, keys) in grouped(keys.to_vec(), |key| key.fetch) {
            let ids: Vec<_> = keys.iter().map(|key| key.organization).collect();
            let rows = store::first_by_organization(&self.op, &ids, fetch).await?;
            found.extend(grouped(rows, |(_, row)| MembershipsOf { organization: row.organization_id, fetch }));
        }
        Ok(found)
    }
}

/// How many memberships an organization has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MembershipCount(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<MembershipCount> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MembershipCount]) -> Found<MembershipCount, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let counts = store::count_by_organization(&self.op, &ids).await?;
        Ok(counts.into_iter().map(|(id, count)| (MembershipCount(id), count)).collect())
    }
}
