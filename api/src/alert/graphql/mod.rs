//! Alerts in the schema.

pub mod connection;
pub mod enums;
pub mod introduction;
pub mod loader;
pub mod mutation;
pub mod overlap;
pub mod qualification;
pub mod query;
pub mod reset;
pub mod sharing;
pub mod subscription;
mod told;
pub mod types;
