//! Organizations in the schema. Knows the service, the policy and the loaders of this room; no table.

pub mod actor;
pub mod key;
pub mod loader;
pub mod member;
pub mod mutation;
pub mod nested;
pub mod profile;
pub mod query;
pub mod types;
pub mod viewer;
