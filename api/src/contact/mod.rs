//! People at customers: their data, kept in one place, whether they may be handed on, and how they are forgotten.
//!
//! What a contact belongs to (a lead, an opportunity) is a matter of the rooms that come after; this one knows their tables
//! by name only where it forgets a person. Who may see a contact is decided where its lead or opportunity is shown.

pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod service;
pub mod store;
