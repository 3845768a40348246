//! The marketplace in the schema. Knows the services, the policies and the loaders of this room; no table.

pub mod category;
pub mod change;
pub mod enums;
pub mod input;
pub mod listing;
pub mod loader;
pub mod mutation;
pub mod query;
pub mod review;
