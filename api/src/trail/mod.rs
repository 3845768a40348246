//! The audit trail as it is read. It is written by [`crate::event::record`]; who reads which entry was said with the fact.

pub mod graphql;
pub mod store;
