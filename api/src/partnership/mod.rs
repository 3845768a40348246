//! Partnerships: two or more organizations that agreed to work together, and the invitations that lead there.
//!
//! Invariants: nobody is in a partnership without having said yes, except in one that the operator recorded from a public
//! source; two organizations have at most one partnership of just the two at a time, and at most one open invitation into
//! one, whoever sent it; a partnership has at least one type, and facts of its types only; a channel term that has begun
//! never changes but for its end; all parties see the same facts, and others see none unless every party lists it.
//!
//! Days are days in UTC. A span of days ends on the first day that is no longer in it. This room knows organizations and
//! no other domain.

pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod scope;
pub mod service;
pub mod store;
