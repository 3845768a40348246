//! Batched reads of the marketplace.

use crate::{
    marketplace::{
        model::{Category, Integration, Listing, ListingChange, Review},
        store,
    },
    op::Fault,
    schema::loader::{self, Batch, Found},
};
use async_graphql::dataloader::Loader;
use entity::id::{CategoryId, ListingChangeId, ListingId, OrganizationId, ReviewId};
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    sync::Arc,
};

#[async_trait::async_trait]
impl Loader<ListingId> for Batch {
    type Value = Listing;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ListingId]) -> Found<ListingId, Listing> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<CategoryId> for Batch {
    type Value = Category;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[CategoryId]) -> Found<CategoryId, Category> {
        let rows = store::categories_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<ReviewId> for Batch {
    type Value = Review;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ReviewId]) -> Found<ReviewId, Review> {
        let rows = store::reviews_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

#[async_trait::async_trait]
impl Loader<ListingChangeId> for Batch {
    type Value = ListingChange;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ListingChangeId]) -> Found<ListingChangeId, ListingChange> {
        let rows = store::changes_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The categories that a listing is in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CategoriesOf(pub ListingId);

#[async_trait::async_trait]
impl Loader<CategoriesOf> for Batch {
    type Value = Vec<Category>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[CategoriesOf]) -> Found<CategoriesOf, Vec<Category>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(grouped(store::categories_of(&self.op, &ids).await?, CategoriesOf))
    }
}

/// The categories directly under a category.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChildrenOf(pub CategoryId);

#[async_trait::async_trait]
impl Loader<ChildrenOf> for Batch {
    type Value = Vec<Category>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ChildrenOf]) -> Found<ChildrenOf, Vec<Category>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::children_of(&self.op, &ids).await?;
        Ok(grouped(rows.into_iter().filter_map(|row| row.parent_id.map(|parent| (parent, row))), ChildrenOf))
    }
}

/// How many public listings are in a category or below it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListingCount(pub CategoryId);

#[async_trait::async_trait]
impl Loader<ListingCount> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ListingCount]) -> Found<ListingCount, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(counted(store::count_in_categories(&self.op, &ids).await?, ListingCount))
    }
}

/// The organizations that a listing names as its audience.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AudienceOf(pub ListingId);

#[async_trait::async_trait]
impl Loader<AudienceOf> for Batch {
    type Value = Vec<OrganizationId>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AudienceOf]) -> Found<AudienceOf, Vec<OrganizationId>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(grouped(store::audience_of(&self.op, &ids).await?, AudienceOf))
    }
}

/// The open change of a listing, where the viewer sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenChangeOf(pub ListingId);

#[async_trait::async_trait]
impl Loader<OpenChangeOf> for Batch {
    type Value = ListingChange;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[OpenChangeOf]) -> Found<OpenChangeOf, ListingChange> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::open_changes(&self.op, &ids).await?;
        Ok(rows.into_iter().map(|row| (OpenChangeOf(row.listing_id), row)).collect())
    }
}

/// The first `fetch` published listings of a vendor, by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstOfVendor {
    /// The vendor.
    pub vendor: OrganizationId,
    /// How many rows.
    pub fetch: u64,
}

#[async_trait::async_trait]
impl Loader<FirstOfVendor> for Batch {
    type Value = Vec<Listing>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstOfVendor]) -> Found<FirstOfVendor, Vec<Listing>> {
        let mut found = HashMap::new();
        for (fetch, vendors) in by_fetch(keys.iter().map(|key| (key.fetch, key.vendor))) {
            let rows = store::first_of_vendors(&self.op, &vendors, fetch).await?;
            let rows = rows.into_iter().filter_map(|row| row.vendor_id.map(|vendor| (vendor, row)));
            found.extend(grouped(rows, |vendor| FirstOfVendor { vendor, fetch }));
        }
        Ok(found)
    }
}

/// How many published listings a vendor has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountOfVendor(pub OrganizationId);

#[async_trait::async_trait]
impl Loader<CountOfVendor> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[CountOfVendor]) -> Found<CountOfVendor, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(counted(store::count_of_vendors(&self.op, &ids).await?, CountOfVendor))
    }
}

/// The first `fetch` listings that a listing says it integrates with, by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstTargets {
    /// The listing that says so.
    pub of: ListingId,
    /// How many rows.
    pub fetch: u64,
}

#[async_trait::async_trait]
impl Loader<FirstTargets> for Batch {
    type Value = Vec<Listing>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstTargets]) -> Found<FirstTargets, Vec<Listing>> {
        let mut found = HashMap::new();
        for (fetch, of) in by_fetch(keys.iter().map(|key| (key.fetch, key.of))) {
            let rows = store::first_targets(&self.op, &of, fetch).await?;
            found.extend(grouped(rows, |of| FirstTargets { of, fetch }));
        }
        Ok(found)
    }
}

/// How many listings a listing says it integrates with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountTargets(pub ListingId);

#[async_trait::async_trait]
impl Loader<CountTargets> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[CountTargets]) -> Found<CountTargets, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(counted(store::count_targets(&self.op, &ids).await?, CountTargets))
    }
}

/// The first `fetch` integrations of a listing, by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstIntegrations {
    /// The listing that says so.
    pub of: ListingId,
    /// How many rows.
    pub fetch: u64,
}

#[async_trait::async_trait]
impl Loader<FirstIntegrations> for Batch {
    type Value = Vec<Integration>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstIntegrations]) -> Found<FirstIntegrations, Vec<Integration>> {
        let mut found = HashMap::new();
        for (fetch, of) in by_fetch(keys.iter().map(|key| (key.fetch, key.of))) {
            let rows = store::first_integrations(&self.op, &of, fetch).await?;
            let rows = rows.into_iter().map(|row| (row.listing_id, row));
            found.extend(grouped(rows, |of| FirstIntegrations { of, fetch }));
        }
        Ok(found)
    }
}

/// How many integrations a listing has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountIntegrations(pub ListingId);

#[async_trait::async_trait]
impl Loader<CountIntegrations> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[CountIntegrations]) -> Found<CountIntegrations, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(counted(store::count_integrations(&self.op, &ids).await?, CountIntegrations))
    }
}

/// The newest `fetch` reviews of a visible listing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FirstReviews {
    /// The listing.
    pub of: ListingId,
    /// How many rows.
    pub fetch: u64,
}

#[async_trait::async_trait]
impl Loader<FirstReviews> for Batch {
    type Value = Vec<Review>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[FirstReviews]) -> Found<FirstReviews, Vec<Review>> {
        let mut found = HashMap::new();
        for (fetch, of) in by_fetch(keys.iter().map(|key| (key.fetch, key.of))) {
            let rows = store::first_reviews(&self.op, &of, fetch).await?;
            let rows = rows.into_iter().map(|row| (row.listing_id, row));
            found.extend(grouped(rows, |of| FirstReviews { of, fetch }));
        }
        Ok(found)
    }
}

/// How many reviews of a visible listing the viewer sees.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountReviews(pub ListingId);

#[async_trait::async_trait]
impl Loader<CountReviews> for Batch {
    type Value = u64;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[CountReviews]) -> Found<CountReviews, u64> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        Ok(counted(store::count_of_listings(&self.op, &ids).await?, CountReviews))
    }
}

/// Parents by how many rows are wanted of each: one statement for each number that a document asks for.
fn by_fetch<P>(keys: impl Iterator<Item = (u64, P)>) -> BTreeMap<u64, Vec<P>> {
    let mut parents: BTreeMap<u64, Vec<P>> = BTreeMap::new();
    for (fetch, parent) in keys {
        parents.entry(fetch).or_default().push(parent);
    }
    parents
}

/// Rows by their parent, in their order.
fn grouped<P, K: Eq + Hash, T>(rows: impl IntoIterator<Item = (P, T)>, key: impl Fn(P) -> K) -> HashMap<K, Vec<T>> {
    loader::grouped(rows.into_iter().map(|(parent, row)| (key(parent), row)))
}

/// Totals by their parent.
fn counted<P, K: Eq + Hash>(rows: Vec<(P, i64)>, key: impl Fn(P) -> K) -> HashMap<K, u64> {
    rows.into_iter().map(|(parent, total)| (key(parent), total.unsigned_abs())).collect()
}
