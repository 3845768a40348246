//! GraphQL over a WebSocket: the protocol `graphql-transport-ws` as PROTOCOL.md of graphql-ws has it, with all of its
//! close codes.
//!
//! `handshake` turns a request into a socket. `socket` speaks the protocol; it is given bytes and fills an [`outbox`], and
//! knows nothing of where the bytes come from and go to. That is `carrier`'s, the only other module here that knows the
//! HTTP library: the bytes of an upgraded request and the body of its answer.

mod carrier;
mod close;
mod frame;
mod goodbye;
pub(super) mod handshake;
mod message;
mod operation;
mod outbox;
mod socket;
