//! Who sees what of whose account lists: rules, defaults for tiers and types of partners, exploratory mappings, the record
//! of consent, and which pairs of lists may be compared.
//!
//! Invariants: what a partner sees is asked with every read and kept nowhere; an organization sees nothing of another one's
//! list unless that one said so and the two are partners, or explore by the word of both; every change of what may be seen
//! leaves a record that never changes; a pair of lists is open only while both sides show each other something.
//!
//! This room decides, and shows no account by itself: it knows nothing of what two lists have in common.

pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod scope;
pub mod service;
pub mod store;
