//! The schema of leads.

pub mod enums;
pub mod input;
pub mod loader;
pub mod mutation;
pub mod query;
pub mod types;
