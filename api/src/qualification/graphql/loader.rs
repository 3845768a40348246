//! Batched reads of rules and of what they qualified.

use crate::{
    op::Fault,
    qualification::{
        model::{QualifiedLead, Rule},
        store,
    },
    schema::loader::{Batch, Found},
};
use async_graphql::dataloader::Loader;
use entity::id::{QualificationRuleId, QualifiedLeadId};
use std::sync::Arc;

#[async_trait::async_trait]
impl Loader<QualificationRuleId> for Batch {
    type Value = Rule;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[QualificationRuleId]) -> Found<QualificationRuleId, Rule> {
        let rows = store::list_rules_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<QualifiedLeadId> for Batch {
    type Value = QualifiedLead;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[QualifiedLeadId]) -> Found<QualifiedLeadId, QualifiedLead> {
        let rows = store::list_leads_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
