//! The marketplace: categories, listings, the review of their changes, integrations between them, and what organizations
//! say about them.
//!
//! Invariants: a slug is unique and never changes; a listing that is or was published changes only by a change that the
//! operator approved; at most one change of a listing is open; an organization has at most one review of a listing and
//! none of its own; a listing's rating is what its published reviews add up to; the pairs of the category tree say the
//! same as its parents. This room reads organizations (who is visible, who is active) and knows no program and no
//! partnership.

pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod scope;
pub mod service;
pub mod store;
