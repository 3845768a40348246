//! The schema of introductions.

pub mod enums;
pub mod input;
pub mod loader;
pub mod mutation;
pub mod query;
pub mod types;
