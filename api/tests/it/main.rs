//! Behaviour through the public schema, on both databases. One binary, because linking is the slow part.

// The types of the roots are merged from many parts, and a future is as deep as they are.
#![recursion_limit = "256"]
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
