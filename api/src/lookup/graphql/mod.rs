//! The schema of the account look-up.

pub mod query;
pub mod types;
