//! Account lists in the schema.

pub mod account;
pub mod import;
pub mod input;
pub mod list;
pub mod loader;
pub mod mutation;
pub mod query;
