//! GraphQL over a WebSocket: the protocol `graphql-transport-ws` as PROTOCOL.md of graphql-ws has it, with all of its
//! close codes.
//!
//! `handshake` turns a request into a socket, and is the only module here that knows the HTTP library: the connection is
//! no longer its. `socket` hears what a client says, one task for each socket. What a client is told is the `front`'s: its
//! operations speak when there is news, on the `rounds` of the thread. How bytes come and go is `wire`'s, and what waits to
//! go is in an [`outbox`].

mod close;
mod frame;
mod front;
mod goodbye;
pub(super) mod handshake;
mod message;
mod operation;
mod outbox;
mod rounds;
mod socket;
mod wire;
