//! Behaviour through the public schema, on both databases. One binary, because linking is the slow part.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may stop where it is, and sets up its rows itself"
)]

mod authz;
mod cases;
mod schema;
mod support;
mod tidy;
mod transport;
