//! Batched reads of directories: what the programs of one level ask is answered together.

use crate::{
    directory::{
        model::{FacetCount, Partner},
        store::{self, FacetOf, PageOf, Question},
    },
    event::Versions,
    op::Fault,
    schema::loader::Batch,
};
use async_graphql::dataloader::Loader;
use entity::id::ProgramId;
use std::{collections::HashMap, hash::Hash, sync::Arc};

fn paired<K: Clone + Eq + Hash, V>(keys: &[K], values: Vec<V>) -> HashMap<K, V> {
    keys.iter().cloned().zip(values).collect()
}

#[async_trait::async_trait]
impl Loader<PageOf> for Batch {
    type Value = Vec<Partner>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[PageOf]) -> Result<HashMap<PageOf, Vec<Partner>>, Arc<Fault>> {
        Ok(paired(keys, store::list_partners(&self.op, keys).await?))
    }
}

/// How many partners a question leaves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountOf(pub Question);

#[async_trait::async_trait]
impl Loader<CountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[CountOf]) -> Result<HashMap<CountOf, u64>, Arc<Fault>> {
        let questions: Vec<_> = keys.iter().map(|key| key.0.clone()).collect();
        Ok(paired(keys, store::count_partners(&self.op, &questions).await?))
    }
}

#[async_trait::async_trait]
impl Loader<FacetOf> for Batch {
    type Value = Vec<FacetCount>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FacetOf]) -> Result<HashMap<FacetOf, Vec<FacetCount>>, Arc<Fault>> {
        Ok(paired(keys, store::count_facets(&self.op, keys).await?))
    }
}

/// The data versions that the public answers about a program depend on; none for a viewer who is no visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionsOf(pub ProgramId);

#[async_trait::async_trait]
impl Loader<VersionsOf> for Batch {
    type Value = Versions;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[VersionsOf]) -> Result<HashMap<VersionsOf, Versions>, Arc<Fault>> {
        let programs: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(store::public_versions(&self.op, &programs).await?.map(|read| paired(keys, read)).unwrap_or_default())
    }
}
