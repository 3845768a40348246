//! Alerts as clients read them: as pages, one by one, and live.
//!
//! What an alert says was stored with the fact; the objects that it names are shown as they are now, and are null where
//! the reader may no longer see them: a fact is never skipped. What is confidential is told only to those who may see
//! the opportunity now. The feed itself belongs to [`crate::event::feed`]; this room has no table of its own.

pub mod graphql;
pub mod model;
