//! Batched reads of leads, their receivers, interactions and contacts.

use crate::{
    contact::{self, model::Contact},
    lead::{
        model::{Interaction, Seen, Step},
        store,
    },
    op::Fault,
    schema::loader::{Batch, Found, grouped},
};
use async_graphql::dataloader::Loader;
use entity::id::LeadId;
use std::{collections::HashMap, sync::Arc};

#[async_trait::async_trait]
impl Loader<LeadId> for Batch {
    type Value = Seen;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[LeadId]) -> Found<LeadId, Seen> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|seen| (seen.lead.id, seen)).collect())
    }
}

/// The receivers of a lead, as far as the viewer may know of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StepsOf(pub LeadId);

#[async_trait::async_trait]
impl Loader<StepsOf> for Batch {
    type Value = Vec<Step>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[StepsOf]) -> Found<StepsOf, Vec<Step>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_steps(&self.op, &ids).await?;
        Ok(grouped(rows.into_iter().map(|row| (StepsOf(row.lead_id), row))))
    }
}

/// The interactions of a lead; which part of them the viewer may read is asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct InteractionsOf(pub LeadId);

#[async_trait::async_trait]
impl Loader<InteractionsOf> for Batch {
    type Value = Vec<Interaction>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[InteractionsOf]) -> Found<InteractionsOf, Vec<Interaction>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_interactions(&self.op, &ids).await?;
        Ok(grouped(rows.into_iter().map(|row| (InteractionsOf(row.lead_id), row))))
    }
}

/// The contact of a lead: the one that is whole, or what is left of the last one. Which part of it the viewer may read is
/// asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContactOfLead(pub LeadId);

#[async_trait::async_trait]
impl Loader<ContactOfLead> for Batch {
    type Value = Contact;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ContactOfLead]) -> Found<ContactOfLead, Contact> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<ContactOfLead, Contact> = HashMap::new();
        for row in contact::service::list_of_leads(&self.op, &ids).await? {
            let Some(id) = row.lead_id else { continue };
            let whole = row.erased_at.is_none();
            let kept = found.get(&ContactOfLead(id));
            if whole || kept.is_none_or(|kept| kept.erased_at.is_some()) {
                found.insert(ContactOfLead(id), row);
            }
        }
        Ok(found)
    }
}
