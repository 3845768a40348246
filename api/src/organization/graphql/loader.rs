//! Batched reads of organizations.

use crate::{
    op::Fault,
    organization::{
        model::{CoverageLine, Organization},
        store,
    },
    schema::loader::Batch,
};
use async_graphql::dataloader::Loader;
use entity::id::OrganizationId;
use std::{collections::HashMap, sync::Arc};

impl Loader<OrganizationId> for Batch {
    type Value = Organization;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[OrganizationId]) -> Result<HashMap<OrganizationId, Organization>, Arc<Fault>> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The coverage of an organization.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CoverageOf(pub OrganizationId);

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
