//! Programs that an organization runs for its partners: tiers with benefits and requirements, and the memberships in them
//! with their whole history.
//!
//! Invariants: a slug is unique and never changes; an organization holds one membership of a program for each external id
//! (people make only the one without); what happened to a membership is a fact that is added and never changed; its
//! periods and its tier are worked out from the facts by `model::history` and by nothing else; what is planned (a
//! demotion within its grace period, an expiry) stays on the membership until its day has come, and reads decide by the
//! clock, so that no job has to run for an answer to be right. This room knows organizations, and no other domain.

pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod scope;
pub mod service;
pub mod store;
