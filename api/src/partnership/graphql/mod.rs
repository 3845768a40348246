//! Partnerships in the schema. Knows the service, the policy and the loaders of this room; no table.

pub mod facts;
pub mod input;
pub mod invitation;
pub mod loader;
pub mod mutation;
pub mod query;
pub mod types;
