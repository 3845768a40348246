//! Batched reads of trails.

use super::types::AuditEntry;
use crate::{
    event,
    op::Fault,
    page::{Page, Slice},
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::{Batch, Found, grouped, load},
    },
    trail::store,
};
use async_graphql::{Context, Result, dataloader::Loader};
use entity::id::{AuditEntryId, OrganizationId};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// The newest entries of an organization's trail, of one object where it is named.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EntriesOf(OrganizationId, Option<String>, u32);

/// How many entries an organization's trail has, of one object where it is named.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EntryCountOf(OrganizationId, Option<String>);

/// A page of an organization's trail.
///
/// # Errors
/// `BAD_USER_INPUT` for a bad page; database faults.
pub async fn entries_of(
    ctx: &Context<'_>,
    id: OrganizationId,
    subject: Option<String>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<AuditEntry>> {
    const ORDER: &str = "auditEntries.ID.DESC";
    let page = Page::<Uuid>::parse(ORDER, first, after.as_deref())?;
    let slice = match page.after {
        None => {
            let first = load(ctx, EntriesOf(id, subject.clone(), page.first)).await?;
            first.unwrap_or_else(|| page.slice(vec![], |row: &event::AuditEntry| row.id.into()))
        }
        Some(_) => store::list(ctx.op()?, id, subject.as_deref(), &page).await?,
    };
    list(slice, ORDER, Total::loaded(EntryCountOf(id, subject)), AuditEntry)
}

#[async_trait::async_trait]
impl Loader<AuditEntryId> for Batch {
    type Value = event::AuditEntry;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[AuditEntryId]) -> Found<AuditEntryId, event::AuditEntry> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<EntriesOf> for Batch {
    type Value = Slice<event::AuditEntry, Uuid>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[EntriesOf]) -> Found<EntriesOf, Self::Value> {
        let mut found = HashMap::new();
        for ((subject, first), ids) in grouped(keys.iter().map(|key| ((key.1.clone(), key.2), key.0))) {
            let page = Page::<Uuid> { first, after: None };
            let rows = store::list_of_each(&self.op, &ids, subject.as_deref(), page.fetch()).await?;
            for (id, rows) in grouped(rows.into_iter().map(|row| (row.organization_id, row))) {
                found.insert(EntriesOf(id, subject.clone(), first), page.slice(rows, |row| row.id.into()));
            }
        }
        Ok(found)
    }
}

#[async_trait::async_trait]
impl Loader<EntryCountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[EntryCountOf]) -> Found<EntryCountOf, u64> {
        let mut found = HashMap::new();
        for (subject, ids) in grouped(keys.iter().map(|key| (key.1.clone(), key.0))) {
            let counted = store::count_of_each(&self.op, &ids, subject.as_deref()).await?;
            found.extend(counted.into_iter().map(|(id, total)| (EntryCountOf(id, subject.clone()), total)));
        }
        Ok(found)
    }
}
