//! The SQL of the marketplace: scoped reads, permitted writes, by subject.

mod cached;
mod catalog;
mod category;
mod change;
mod integration;
mod link;
mod listing;
mod nested;
mod review;
mod scope;

pub use cached::{SortKey, count_listings, list_listings, public_version};
pub use catalog::{number_position, text_position};
pub use category::{
    ancestors_in, categories_by_ids, category_by_slug, children_in, children_of, count_categories, count_in_categories,
    create_category_in, find_category_in, list_categories, lock_categories_in, move_category_in, rename_category_in,
};
pub use change::{
    ChangeFilter, changes_by_ids, close_change_in, count_changes, find_change_in, list_changes, open_change_in,
    open_change_of_in, open_changes,
};
pub use integration::{count_integrations, first_integrations, page_integrations, resolve_in};
pub use link::{audience_of, categories_of, category_slugs_of_in};
pub use listing::{
    apply_in, create_in, find_by_slug, find_in, free_slug_in, list_by_ids, operator_in, set_badges_in, set_status_in,
    vendor_in, verify_in,
};
pub use nested::{count_of_vendors, count_targets, first_of_vendors, first_targets, page_of_vendor, page_targets};
pub use review::{
    author_review_in, count_of_listings, count_reviews, create_review_in, find_review_in, first_reviews, list_reviews,
    listing_of_review_in, page_reviews, rate_in, remove_review_in, reviews_by_ids, set_review_status_in,
    update_review_in,
};
pub use scope::{in_categories, offered, offered_categories, public_condition, visible_condition, visible_slug};
