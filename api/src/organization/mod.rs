//! Organizations: the tenants, their members, keys, profiles and coverage.
//!
//! Invariants: a slug is unique and never changes; an organization always has an owner once it had one; an organization
//! that is not active changes nothing; what is not listed has no public page. This room knows no other domain.

pub mod accounts;
pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod scope;
pub mod service;
pub mod store;
