//! The audit trail in the schema.

pub mod loader;
pub mod types;
