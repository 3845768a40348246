//! Co-selling: opportunities that organizations work on together, and the invitations that lead there.
//!
//! Invariants: an opportunity has one id and one owner; nobody takes part without having accepted an invitation, except
//! the host of the program that its owner submitted it to; who takes part sees exactly the fields of the share, and who
//! no longer does sees nothing; of a confidential one only the named people of each side see anything; each side writes
//! its own stage, day, next steps, team and loss reason and nobody else's; every change of whichever side raises the
//! opportunity's revision; a snapshot never changes; an organization has one open invitation into an opportunity.
//!
//! Whoever writes locks the opportunity's row first and an invitation's row after it, so that two cannot wait for each
//! other in a circle. This room knows organizations, partnerships, programs and listings.

pub mod csv;
pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod scope;
pub mod service;
pub mod store;
