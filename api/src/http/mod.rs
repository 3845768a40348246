//! The only room that knows HTTP: who calls, in which media type, how long, how much; and what a status says. What a
//! request asks for and how it is answered is [`crate::schema::request`]'s.

pub mod auth;
mod body;
mod compress;
pub mod cors;
mod early;
mod event_stream;
mod graphql;
pub mod health;
mod language;
mod leaving;
pub mod live;
mod live_metrics;
mod log;
mod look;
mod media;
pub mod metrics;
mod outer;
pub mod page;
mod patient;
mod port;
mod request_id;
mod respond;
mod security;
pub mod server;
mod session;
mod tcp;
mod transfer;
mod unread;
mod websocket;
