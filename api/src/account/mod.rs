//! Account lists: whom an organization sells to or wants to, and whom an offline partner does, kept in versions.
//!
//! Invariants: a reader sees a version of a list whole, and never one that is half written: a version is laid out ahead,
//! unseen, and shown by one update; one writer a list at a time; what a writer that died has laid out is cleared away
//! before another begins; an account has the same id for the same external id in all versions; what an account is matched
//! by is worked out when it is written. Only the list's own organization sees this room's objects: what a partner sees of
//! them is said elsewhere.

pub mod csv;
pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod service;
pub mod store;
