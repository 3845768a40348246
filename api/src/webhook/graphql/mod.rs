//! Webhooks in the schema.

pub mod delivery;
pub mod endpoint;
pub mod loader;
pub mod mutation;
pub mod query;
