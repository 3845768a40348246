//! The connections below an organization, read for all organizations of one level at once: their first pages with one
//! statement, their totals with another. Only a page behind a cursor is read alone.

use super::{key::ApiKey, member::Member};
use crate::{
    op::Fault,
    organization::{model, store},
    page::{Page, Slice},
    schema::{
        connection::{List, Total, list},
        error::ContextExt,
        loader::{Batch, load},
    },
};
use async_graphql::{Context, Result, dataloader::Loader};
use entity::id::OrganizationId;
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    sync::Arc,
};
use uuid::Uuid;

/// The arguments of a connection.
pub struct Wanted {
    /// Rows wanted.
    pub first: Option<i32>,
    /// The cursor behind which they start.
    pub after: Option<String>,
}

/// The first members of an organization.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MembersOf(OrganizationId, u32);

/// How many members an organization has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemberCountOf(OrganizationId);

/// The first API keys of an organization.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeysOf(OrganizationId, u32);

/// How many API keys an organization has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyCountOf(OrganizationId);

/// A page of an organization's members.
///
/// # Errors
/// `BAD_USER_INPUT` for a bad page; database faults.
pub async fn members(ctx: &Context<'_>, id: OrganizationId, wanted: Wanted) -> Result<List<Member>> {
    const ORDER: &str = "members.ID.ASC";
    let page = Page::<Uuid>::parse(ORDER, wanted.first, wanted.after.as_deref())?;
    let slice = match page.after {
        None => load(ctx, MembersOf(id, page.first)).await?.unwrap_or_else(|| page.slice(vec![], position)),
        after => page.slice(store::list_members_of(ctx.op()?, &[id], after, page.fetch()).await?, position),
    };
    return list(slice, ORDER, Total::loaded(MemberCountOf(id)), Member);

    fn position(row: &model::Member) -> Uuid {
        row.id.into()
    }
}

/// A page of an organization's API keys.
///
/// # Errors
/// `BAD_USER_INPUT` for a bad page; database faults.
pub async fn keys(ctx: &Context<'_>, id: OrganizationId, wanted: Wanted) -> Result<List<ApiKey>> {
    const ORDER: &str = "apiKeys.ID.ASC";
    let page = Page::<Uuid>::parse(ORDER, wanted.first, wanted.after.as_deref())?;
    let slice = match page.after {
        None => load(ctx, KeysOf(id, page.first)).await?.unwrap_or_else(|| page.slice(vec![], position)),
        after => page.slice(store::list_keys_of(ctx.op()?, &[id], after, page.fetch()).await?, position),
    };
    return list(slice, ORDER, Total::loaded(KeyCountOf(id)), ApiKey);

    fn position(row: &model::ApiKey) -> Uuid {
        row.id.into()
    }
}

#[async_trait::async_trait]
impl Loader<MembersOf> for Batch {
    type Value = Slice<model::Member, Uuid>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MembersOf]) -> Result<HashMap<MembersOf, Self::Value>, Arc<Fault>> {
        let mut found = HashMap::new();
        for (first, ids) in grouped(keys, |key| (key.1, key.0)) {
            let page = Page::<Uuid> { first, after: None };
            let rows = store::list_members_of(&self.op, &ids, None, page.fetch()).await?;
            for (id, rows) in by_organization(rows, |row| row.organization_id) {
                found.insert(MembersOf(id, first), page.slice(rows, |row| row.id.into()));
            }
        }
        Ok(found)
    }
}

#[async_trait::async_trait]
impl Loader<MemberCountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[MemberCountOf]) -> Result<HashMap<MemberCountOf, u64>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let counted = store::count_members_of(&self.op, &ids).await?;
        Ok(counted.into_iter().map(|(id, total)| (MemberCountOf(id), total)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<KeysOf> for Batch {
    type Value = Slice<model::ApiKey, Uuid>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[KeysOf]) -> Result<HashMap<KeysOf, Self::Value>, Arc<Fault>> {
        let mut found = HashMap::new();
        for (first, ids) in grouped(keys, |key| (key.1, key.0)) {
            let page = Page::<Uuid> { first, after: None };
            let rows = store::list_keys_of(&self.op, &ids, None, page.fetch()).await?;
            for (id, rows) in by_organization(rows, |row| row.organization_id) {
                found.insert(KeysOf(id, first), page.slice(rows, |row| row.id.into()));
            }
        }
        Ok(found)
    }
}

#[async_trait::async_trait]
impl Loader<KeyCountOf> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[KeyCountOf]) -> Result<HashMap<KeyCountOf, u64>, Arc<Fault>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let counted = store::count_keys_of(&self.op, &ids).await?;
        Ok(counted.into_iter().map(|(id, total)| (KeyCountOf(id), total)).collect())
    }
}

/// The organizations of the keys, by what else the keys say: nearly always one group, since a field's arguments are the
/// same for all parents.
fn grouped<K, G: Ord>(keys: &[K], part: impl Fn(&K) -> (G, OrganizationId)) -> BTreeMap<G, Vec<OrganizationId>> {
    let mut groups: BTreeMap<G, Vec<OrganizationId>> = BTreeMap::new();
    for (group, id) in keys.iter().map(part) {
        groups.entry(group).or_default().push(id);
    }
    groups
}

/// The rows of each organization, in their order.
fn by_organization<T>(rows: Vec<T>, of: impl Fn(&T) -> OrganizationId) -> HashMap<OrganizationId, Vec<T>> {
    let mut found: HashMap<OrganizationId, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(of(&row)).or_default().push(row);
    }
    found
}
