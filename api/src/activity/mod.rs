//! The log of what was done about an opportunity or in a partnership: calls, demos, joint pitches, events, meetings, notes.
//!
//! Whoever sees the opportunity or is a party of the partnership reads it, and each side writes; a note may be for one's own
//! side only. Where the owner of an opportunity hides its participants from each other, they do not read each other's
//! entries either. An entry is addressed to the people who answer for each side: the partner managers, the team.

pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod service;
pub mod store;
