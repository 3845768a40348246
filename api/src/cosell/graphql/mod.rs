//! Co-selling in the schema. Knows the service, the policy and the loaders of this room; no table.

pub mod contact;
pub mod enums;
pub mod input;
pub mod invitation;
pub mod loader;
pub mod mutation;
pub mod query;
mod read;
pub mod record;
pub mod share;
pub mod side;
pub mod types;
