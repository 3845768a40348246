//! Overlaps: which accounts of two organizations are the same company, found by runs over pairs of lists, shown as far as
//! each side's rules say at the moment of the read, disputed where they are wrong. What an organization does about one, its
//! plays and its notes, is its own: the other side sees neither.
//!
//! What is compared at all, and what is shown of it, is asked of `sharing` and decided nowhere here. Whatever a run lays
//! out is unseen until it is whole; whatever is read is read for pairs of lists that are open now.

pub mod engine;
pub mod event;
pub mod export;
pub mod fit;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod preview;
pub mod scope;
pub mod seen;
pub mod service;
pub mod store;
