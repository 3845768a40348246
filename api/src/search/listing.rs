//! The texts by which a listing is found. Pure.

use crate::text;
use entity::listing;
use std::collections::BTreeSet;

/// The words by which a listing is found, the important texts first. `vendor` is the name of the organization that
/// offers it; without one, the listing's own word for its vendor counts.
#[must_use]
pub fn listing_words(row: &listing::Model, vendor: Option<&str>) -> BTreeSet<String> {
    let texts = [Some(row.name.as_str()), row.summary.as_deref(), vendor.or(row.vendor_name.as_deref())];
    let tags = row.tags.0.iter().map(String::as_str);
    text::tokens_of(texts.into_iter().flatten().chain(tags).chain(row.description.as_deref()))
}
