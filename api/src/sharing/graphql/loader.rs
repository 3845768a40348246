//! Batched reads of sharing.

use crate::{
    op::Fault,
    schema::loader::{Batch, Found},
    sharing::{
        model::{ExploratoryMapping, SharingConsent, SharingDefault, SharingRule},
        store,
    },
};
use async_graphql::dataloader::Loader;
use entity::id::{AccountListId, ExploratoryMappingId, SharingConsentId, SharingDefaultId, SharingRuleId};
use std::{collections::HashMap, sync::Arc};

#[async_trait::async_trait]
impl Loader<SharingRuleId> for Batch {
    type Value = SharingRule;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[SharingRuleId]) -> Found<SharingRuleId, SharingRule> {
        let rows = store::list_rules_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<SharingDefaultId> for Batch {
    type Value = SharingDefault;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[SharingDefaultId]) -> Found<SharingDefaultId, SharingDefault> {
        let rows = store::list_defaults_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<SharingConsentId> for Batch {
    type Value = SharingConsent;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[SharingConsentId]) -> Found<SharingConsentId, SharingConsent> {
        let rows = store::list_consents_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<ExploratoryMappingId> for Batch {
    type Value = ExploratoryMapping;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ExploratoryMappingId]) -> Found<ExploratoryMappingId, ExploratoryMapping> {
        let rows = store::list_mappings_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The first rules of a list, one more than `first`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstRulesOf {
    /// The list.
    pub list: AccountListId,
    /// Rows of the page.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<FirstRulesOf> for Batch {
    type Value = Vec<SharingRule>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstRulesOf]) -> Found<FirstRulesOf, Vec<SharingRule>> {
        let mut found: HashMap<FirstRulesOf, Vec<SharingRule>> = HashMap::new();
        // One statement for each size of page; a document mostly has one.
        let sizes: std::collections::BTreeSet<u32> = keys.iter().map(|key| key.first).collect();
        for first in sizes {
            let lists: Vec<_> = keys.iter().filter(|key| key.first == first).map(|key| key.list).collect();
            for row in store::list_rules_of_lists(&self.op, &lists, u64::from(first) + 1).await? {
                found.entry(FirstRulesOf { list: row.list_id, first }).or_default().push(row);
            }
        }
        Ok(found)
    }
}
