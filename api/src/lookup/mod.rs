//! The account look-up: one domain in, and out what the viewer's organization has and may see about that company: its own
//! accounts, overlaps with partners, open opportunities and leads.
//!
//! It has no table and no rule of its own. What may be seen is said by the room that something comes from, and asked there
//! with every read.

pub mod graphql;
pub mod model;
pub mod service;
