//! What waits for an organization: invitations, leads and requests to introduce to answer, applications to decide on,
//! opportunities to review or to put right. Each is a matter of its own room; this one only puts them into one list.

pub mod graphql;
pub mod service;
