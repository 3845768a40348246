//! The schema of activities.

pub mod loader;
pub mod mutation;
pub mod nested;
pub mod query;
pub mod types;
