//! Batched reads of organizations and of what belongs to one.

use crate::{
    op::Fault,
    organization::{
        model::{Aliases, ApiKey, CoverageLine, Member, Organization, Person, Profile, ProfileChange},
        store,
    },
    schema::loader::Batch,
};
use async_graphql::dataloader::Loader;
use entity::id::{ApiKeyId, MemberId, OrganizationId, PersonId, ProfileChangeId};
use std::{collections::HashMap, sync::Arc};

#[async_trait::async_trait]
impl Loader<OrganizationId> for Batch {
    type Value = Organization;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[OrganizationId]) -> Result<HashMap<OrganizationId, Organization>, Arc<Fault>> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<PersonId> for Batch {
    type Value = Person;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[PersonId]) -> Result<HashMap<PersonId, Person>, Arc<Fault>> {
        let rows = store::list_people_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<MemberId> for Batch {
    type Value = Member;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[MemberId]) -> Result<HashMap<MemberId, Member>, Arc<Fault>> {
        let rows = store::list_members_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<ApiKeyId> for Batch {
    type Value = ApiKey;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ApiKeyId]) -> Result<HashMap<ApiKeyId, ApiKey>, Arc<Fault>> {
        let rows = store::list_keys_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<ProfileChangeId> for Batch {
    type Value = ProfileChange;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ProfileChangeId]) -> Result<HashMap<ProfileChangeId, ProfileChange>, Arc<Fault>> {
        let rows = store::list_changes_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The coverage of an organization.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CoverageOf(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<CoverageOf> for Batch {
    type Value = Vec<CoverageLine>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[CoverageOf]) -> Result<HashMap<CoverageOf, Vec<CoverageLine>>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for line in store::list_coverage(&self.op, &ids).await? {
            found.entry(CoverageOf(line.organization_id)).or_default().push(line);
        }
        Ok(found)
    }
}

/// What an organization is also known by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AliasesOf(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<AliasesOf> for Batch {
    type Value = Aliases;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AliasesOf]) -> Result<HashMap<AliasesOf, Aliases>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut rows: HashMap<_, Vec<_>> = HashMap::new();
        for row in store::list_aliases(&self.op, &ids).await? {
            rows.entry(AliasesOf(row.organization_id)).or_default().push(row);
        }
        Ok(rows.into_iter().map(|(key, rows)| (key, Aliases::of(rows))).collect())
    }
}

/// The public profile of an organization.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProfileOf(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<ProfileOf> for Batch {
    type Value = Arc<Profile>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ProfileOf]) -> Result<HashMap<ProfileOf, Arc<Profile>>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = store::list_profiles(&self.op, &ids).await?;
        Ok(found.into_iter().map(|(id, profile)| (ProfileOf(id), Arc::new(profile))).collect())
    }
}

/// The profile change of an organization that waits for a moderator.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PendingChangeOf(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<PendingChangeOf> for Batch {
    type Value = ProfileChange;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[PendingChangeOf]) -> Result<HashMap<PendingChangeOf, ProfileChange>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = store::list_pending_changes(&self.op, &ids).await?;
        Ok(found.into_iter().map(|change| (PendingChangeOf(change.organization_id), change)).collect())
    }
}
