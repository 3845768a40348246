//! Ecosystem-qualified leads: rules of an organization over its overlaps ("my prospect is their customer"), and the
//! accounts that such a rule found worth a lead, each once, with the evidence of that moment.
//!
//! A rule and what it qualified are known to their organization alone. What a partner shows is asked of `overlap`, in the
//! moment in which a rule is applied and again whenever the evidence is read.

pub mod engine;
pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod service;
pub mod store;
