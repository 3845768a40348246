//! Organizations in the schema. Knows the service, the policy and the loaders of this room; no table.

pub mod loader;
pub mod mutation;
pub mod query;
pub mod types;
