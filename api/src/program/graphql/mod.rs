//! Programs in the schema. Knows the service, the policy and the loaders of this room; no table.

pub mod explain;
pub mod loader;
pub mod membership;
pub mod membership_mutation;
pub mod membership_requests;
pub mod mutation;
pub mod payload;
pub mod query;
pub mod requests;
pub mod tier;
pub mod types;
