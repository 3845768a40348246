//! The schema of qualification.

pub mod enums;
pub mod input;
pub mod loader;
pub mod mutation;
pub mod query;
pub mod rule;
pub mod types;
