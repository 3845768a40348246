//! Webhooks: the alerts of an organization, sent by HTTP to where it says.
//!
//! Invariants: an endpoint gets the alerts that it wants in the order of the feed, each at least once, and the next one
//! only when the one before was taken (answered with 2xx) or given up after three days; how far it has come is a position
//! in the feed, so that nothing is queued and nothing lost; one replica at a time sends to an endpoint, held by a lease
//! that ends by itself; every message is signed as Standard Webhooks says; what is sent again is marked. A test, or one
//! message again, goes out aside from that order and is tried once.
//!
//! The database holds no secret: an endpoint's secret is worked out from a key of the installation's configuration and a
//! salt beside the endpoint, so that a copy of the database lets nobody sign. A key that changed is noticed, and nothing
//! is sent with signatures that nobody could check. This room knows organizations and the feed, and no other domain.

pub mod courier;
pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod service;
pub mod store;
