//! What visitors read of the list of listings, kept for a minute. The catalog's data version was read before the rows and
//! is part of each key, so a change moves every reader to new keys at once; the minute only frees memory.
//!
//! Only questions with a version are kept, which are those of visitors: the answers are the same for all of them.

use super::catalog;
use crate::{
    cache::{CacheKey, DataVersion, KeyWriter, Scope},
    event::{DataScope, Versions, read_versions},
    marketplace::model::{Listing, ListingFilter, ListingOrder},
    op::{Actor, Fault, Op},
    page::{Page, Slice},
};
use entity::{flags::to_mask, id::ListingId};
use sea_orm::{ActiveEnum, Value};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(60);

/// What a position in the list begins with: a text or a number, as the order has it.
pub trait SortKey: Clone + Into<Value> + Serialize + DeserializeOwned {}

impl SortKey for String {}
impl SortKey for i64 {}

/// The data version that the public answers about listings depend on; `None` where the viewer is no visitor and may see
/// more. To be read before the answers are asked for.
///
/// # Errors
/// Database faults.
pub async fn public_version(op: &Op) -> Result<Option<Versions>, Fault> {
    if op.actor != Actor::Visitor {
        return Ok(None);
    }
    read_versions(op, &[DataScope::Catalog]).await.map(Some)
}

/// The page of visible listings that the filter lets through. The type of the position must be that of the order: text
/// for the name, a number otherwise.
///
/// # Errors
/// Database faults.
pub async fn list_listings<K: SortKey>(
    op: &Op,
    version: Option<&Versions>,
    filter: &ListingFilter,
    order: ListingOrder,
    page: &Page<(K, ListingId)>,
    position: fn(&Listing, ListingOrder) -> K,
) -> Result<Slice<Listing, (K, ListingId)>, Fault> {
    let rows = match version {
        None => catalog::list_listings(op, filter, order, page).await?,
        Some(version) => {
            let after = page.after.as_ref().map(serde_json::to_vec).transpose().map_err(Fault::internal)?;
            let entry = PageEntry { version, filter, order, first: page.first, after };
            let fill = async {
                let mut rows = catalog::list_listings(op, filter, order, page).await?;
                // Nothing that only its vendor may read of a row is kept.
                rows.iter_mut().for_each(|row| row.status_reason = None);
                Ok::<_, Fault>(rows)
            };
            op.cache().get_or_fill(&entry, fill).await?
        }
    };
    Ok(page.slice(rows, |row| (position(row, order), row.id)))
}

/// How many there are in all.
///
/// # Errors
/// Database faults.
pub async fn count_listings(op: &Op, version: Option<&Versions>, filter: &ListingFilter) -> Result<u64, Fault> {
    match version {
        None => catalog::count_listings(op, filter).await,
        Some(version) => {
            op.cache().get_or_fill(&CountEntry { version, filter }, catalog::count_listings(op, filter)).await
        }
    }
}

struct PageEntry<'a> {
    version: &'a Versions,
    filter: &'a ListingFilter,
    order: ListingOrder,
    first: u32,
    after: Option<Vec<u8>>,
}

impl CacheKey for PageEntry<'_> {
    type Value = Vec<Listing>;
    const NAME: &'static str = "marketplace-page";
    const SCHEMA: u32 = 1;

    fn scope(&self) -> Scope {
        Scope::Public
    }

    // The version is in the encoded part, as the text that it was read as.
    fn data_version(&self) -> DataVersion {
        DataVersion::NEVER_CHANGES
    }

    fn time_to_live(&self) -> Duration {
        KEPT
    }

    fn encode(&self, into: &mut KeyWriter) {
        encode(self.version, self.filter, into);
        into.text(self.order.name()).integer(self.first);
        into.optional(self.after.as_deref(), |into, after| _ = into.bytes(after));
    }
}

struct CountEntry<'a> {
    version: &'a Versions,
    filter: &'a ListingFilter,
}

impl CacheKey for CountEntry<'_> {
    type Value = u64;
    const NAME: &'static str = "marketplace-count";
    const SCHEMA: u32 = 1;

    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn data_version(&self) -> DataVersion {
        DataVersion::NEVER_CHANGES
    }

    fn time_to_live(&self) -> Duration {
        KEPT
    }

    fn encode(&self, into: &mut KeyWriter) {
        encode(self.version, self.filter, into);
    }
}

/// Every part of the filter: taking it apart by name makes a new part an error here.
fn encode(version: &Versions, filter: &ListingFilter, into: &mut KeyWriter) {
    let ListingFilter {
        query,
        categories,
        kinds,
        vendor,
        integrates_with,
        pricing_models,
        badges,
        open_source,
        min_rating,
        statuses,
    } = filter;
    into.text(&version.0).optional(query.as_deref(), |into, query| _ = into.text(query));
    into.list(categories, |into, slug| _ = into.text(slug)).list(kinds, |into, kind| _ = into.text(&kind.to_value()));
    for slug in [vendor, integrates_with] {
        into.optional(slug.as_deref(), |into, slug| _ = into.text(slug));
    }
    into.integer(to_mask(pricing_models.iter().copied()))
        .integer(to_mask(badges.iter().copied()))
        .optional(*open_source, |into, open| _ = into.boolean(open))
        .optional(*min_rating, |into, least| _ = into.bytes(&least.to_be_bytes()))
        .list(statuses, |into, status| _ = into.text(&status.to_value()));
}
