//! The schema of contacts.

pub mod mutation;
pub mod query;
pub mod types;
