//! The schema of sharing.

pub mod account;
pub mod enums;
pub mod exploratory;
pub mod input;
pub mod loader;
pub mod mutation;
pub mod nested;
pub mod query;
pub mod types;
