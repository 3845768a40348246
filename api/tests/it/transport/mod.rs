//! GraphQL over HTTP, asked from outside: a real server on a free port, over a small schema, so that nothing but the
//! transport is under test. Tests are named after the pitfall of stock servers that they guard against.

mod audits;
mod body;
mod clients;
mod edges;
mod events;
mod files;
mod groups;
mod handover;
mod limits;
mod log_line;
mod media;
mod names;
mod persisted;
mod protocol;
mod request;
mod server;
mod session;
mod slow;
mod socket;
mod subscription;
mod toy;

pub(crate) use server::read_all as read_to_end;
